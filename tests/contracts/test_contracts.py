"""The stand-ins and our channels, held to our own contracts; these, to the providers' published documents."""

import base64
import json
import re
import tomllib
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from sync.delivery import google_account
from sync.delivery import line as line_channel
from sync.delivery import push as push_channel
from sync.delivery import sms as sms_channel
from sync.delivery.email import POLICY
from sync.model.customer import Channel
from sync.policy.wordcheck import LONGEST
from sync.sandbox import fcm, fcm_rules, line_rules
from sync.sandbox import twilio as twilio_stand_in
from sync.sandbox.fcm_account import PROJECT, new_key
from sync.sandbox.keys import app_token
from sync.sandbox.provider_routes import fcm_routes, line_routes, twilio_routes
from tests.conformance.channels.sides import app, mail
from tests.conformance.channels.test_requests import LETTER, MESSAGES, outgoing
from tests.unit.sandbox.conftest import outside
from tests.unit.sandbox.contracts import check_answer, check_request, line_api, twilio_api
from tests.unit.sandbox.outside import MIDORI, Outside

__all__ = ["outside"]

FOLDER = Path(__file__).parent
LINE, TWILIO, FCM, MAIL = (
    tomllib.loads((FOLDER / f"{name}.toml").read_text()) for name in ("line", "twilio", "fcm", "mail")
)
HER_NUMBER = "+819011112222"
SID = "AC" + "0" * 32


def meant(value: Any, her: str) -> Any:
    """Write out what the contract abbreviates."""
    if isinstance(value, dict):
        return {name: meant(each, her) for name, each in value.items()}
    if isinstance(value, list):
        return [meant(each, her) for each in value]
    many = re.fullmatch(r"(.)\*(\d+)", value) if isinstance(value, str) else None
    if many:
        return many[1] * int(many[2])
    if value == "@nobody":
        return app_token(7, "nobody")
    return her if value == "@her" else value


@pytest.mark.parametrize("case", LINE["push"], ids=lambda case: case["says"])
def test_line_pushes(outside: Outside, case: dict[str, Any]) -> None:
    """The stand-in takes and refuses what the contract says, in LINE's shapes, and LINE's document agrees."""
    path, kind = "/v2/bot/message/push", "application/json"
    data = json.dumps(meant(case["body"], MIDORI["line_user_id"])).encode()
    headers = {"Authorization": f"Bearer {outside.config.line_channel_token}", "Content-Type": kind}
    answer = outside.request("POST", f"/line{path}", content=data, headers=headers | case.get("headers", {}))
    assert answer.status_code == case["status"]
    taken = case["status"] == 200
    assert bool(outside.inbox()) is taken
    if case.get("document", True):
        check_request(
            line_api, LINE["host"], "post", path, allowed=taken, headers=headers, data=data, content_type=kind
        )
        check_answer(line_api, LINE["host"], "post", path, answer)
    else:
        assert case["source"].startswith("https://developers.line.biz/")


@pytest.mark.parametrize("case", TWILIO["message"], ids=lambda case: case["says"])
def test_twilio_messages(outside: Outside, case: dict[str, Any]) -> None:
    """The stand-in takes and refuses what the contract says, with Twilio's own numbers, and Twilio's document agrees."""
    account, kind = outside.config.twilio_account_sid, "application/x-www-form-urlencoded"
    path = f"/2010-04-01/Accounts/{account}/Messages.json"
    data = urlencode(meant(case["form"], HER_NUMBER)).encode()
    basic = base64.b64encode(f"{account}:{outside.config.twilio_auth_token}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": kind}
    answer = outside.request("POST", f"/twilio{path}", content=data, headers=headers | case.get("headers", {}))
    assert (answer.status_code, answer.json().get("code")) == (case["status"], case.get("code"))
    taken = case["status"] == 201
    if case.get("document", True):
        parts: dict[str, Any] = {"headers": headers, "data": data, "content_type": kind}
        check_request(twilio_api, TWILIO["host"], "post", path, allowed=taken, **parts)
        if taken:
            check_answer(twilio_api, TWILIO["host"], "post", path, answer)
    else:
        assert case["source"].startswith("https://www.twilio.com/docs/")


def from_account(outside: Outside) -> Any:
    """Return the push channel over the outside world's own routes."""

    def carry(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        answer = outside.request(request.method, path, content=request.content, headers=dict(request.headers))
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    world = outside.config.world_url
    transport = httpx.MockTransport(carry)
    return app(f"{world}/fcm", world, outside.config.fcm_key, transport, clock=lambda: outside.now)


@pytest.mark.parametrize("case", FCM["message"], ids=lambda case: case["says"])
def test_fcm_messages(outside: Outside, case: dict[str, Any]) -> None:
    """The stand-in takes and refuses what the contract says, in the shape of google.rpc.Status with FCM's own detail."""
    token = from_account(outside)._tokens.get()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | case.get("headers", {})
    data = json.dumps(meant(case["body"], MIDORI["app_token"])).encode()
    answer = outside.request("POST", f"/fcm/v1/projects/{PROJECT}/messages:send", content=data, headers=headers)
    assert answer.status_code == case["status"]
    taken = case["status"] == 200
    assert bool(outside.inbox()) is taken
    if taken:
        assert re.fullmatch(rf"projects/{PROJECT}/messages/.+", answer.json()["name"])
        return
    error = answer.json()["error"]
    assert error["code"] == case["status"]
    details = {each["@type"].rpartition(".")[2]: each for each in error.get("details", [])}
    assert details.get("FcmError", {}).get("errorCode") == case.get("code")
    if "field" in case:
        assert [one["field"] for one in details["BadRequest"]["fieldViolations"]] == [case["field"]]
    assert case["source"].startswith("https://firebase.google.com/docs/")


@pytest.mark.parametrize("case", FCM["answer"], ids=lambda case: case["says"])
def test_what_an_answer_of_fcm_means(case: dict[str, Any]) -> None:
    """State, reason, whether the token is taken off and when to ask again; the token stands in no reason."""
    body: Any = case.get("body")
    if "error" in case:
        details = [{"@type": push_channel._FCM_ERROR, "errorCode": case["fcm"]}] if "fcm" in case else []
        if "field" in case:
            details.append({"@type": push_channel._BAD_REQUEST, "fieldViolations": [{"field": case["field"]}]})
        body = {"error": {"code": case["status"], "message": "x", "status": case["error"], "details": details}}
    asked: list[httpx.Request] = []

    def carry(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/fcm/token":
            return httpx.Response(200, json={"access_token": "ya29.x", "expires_in": 3599})
        asked.append(request)
        given = {"content": b"<html>"} if body is None else {"json": body}
        return httpx.Response(case["status"], headers=case.get("headers"), **given)

    message = outgoing("app")
    receipt = app("https://fcm.example", transport=httpx.MockTransport(carry)).send(message)
    assert (receipt.state.value, receipt.reason and receipt.reason.code) == (case["state"], case.get("reason"))
    assert receipt.gone == (message.to if case.get("gone") else "")
    assert receipt.retry_after_seconds == case.get("after")
    assert message.to not in repr(receipt)
    assert len(asked) == 1
    assert "source" in case or case["status"] == 200


@pytest.mark.parametrize("fields", [f for n, f in MESSAGES.items() if n not in ("with pictures", "at the limit")])
def test_our_pushes_keep_the_contract(fields: dict[str, Any]) -> None:
    """Every request that the channel makes is one that FCM takes, the longest text with both links included."""
    bodies: list[bytes] = []

    def carry(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/fcm/token":
            return httpx.Response(200, json={"access_token": "ya29.x", "expires_in": 3599})
        bodies.append(request.content)
        return httpx.Response(200, json={"name": "projects/x/messages/1"})

    links = {"link": "https://elm.example/p/" + "x" * 200, "opt_out_url": "https://elm.example/c/" + "x" * 200}
    channel = app("https://fcm.example", transport=httpx.MockTransport(carry))
    channel.send(outgoing("app", **{"body": "あ" * push_channel.TEXT_LIMIT, **links, **fields}))
    [request] = map(json.loads, bodies)
    assert fcm_rules.fault_of(request) is None
    assert request["message"]["data"]["stop"] == links["opt_out_url"]


def test_an_access_token_is_fetched_once_and_again_when_it_is_refused(outside: Outside) -> None:
    """Good for an hour; when the outside world forgets it (it was restarted), the message still goes, once."""
    channel = from_account(outside)
    for number in (1, 2):
        assert channel.send(outgoing("app", to=MIDORI["app_token"], message_id=f"m{number}")).state.value == "sent"
    assert len(outside.world.fcm._good_until) == 1
    outside.world.fcm._good_until.clear()
    assert channel.send(outgoing("app", to=MIDORI["app_token"])).state.value == "sent"
    assert len(outside.inbox()) == 3
    outside.now += fcm.CLAIM_LIFE
    assert channel.send(outgoing("app", to=MIDORI["app_token"])).state.value == "sent"
    assert len(outside.world.fcm._good_until) == 2


def test_a_claim_signed_by_another_key_gets_no_token(outside: Outside) -> None:
    """The message has failed, and the reason holds no more than a code."""
    other = outside.config.model_copy(update={"fcm_key": new_key.__wrapped__()})
    outside.config = other
    receipt = from_account(outside).send(outgoing("app", to=MIDORI["app_token"]))
    assert receipt.reason is not None
    assert (receipt.reason.code, receipt.reason.params) == (
        "refused_by_provider",
        {"status": 400, "error": "invalid_grant"},
    )
    assert outside.inbox() == []


def calls(router: APIRouter, prefix: str) -> set[tuple[str, str]]:
    return {
        (method, route.path.removeprefix(prefix))
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


def test_the_stand_ins_offer_what_the_contracts_list(outside: Outside) -> None:
    """No more, or something would be used that nobody has looked up; no less."""
    world = outside.world
    assert calls(line_routes(world.line, world.faults, world.config.line_basic_id), "/line") == {
        (c["method"], c["path"]) for c in LINE["call"]
    }
    offered = calls(twilio_routes(world.twilio, world.faults), "/twilio")
    assert offered == {(c["method"], c["path"]) for c in TWILIO["call"]}
    assert calls(fcm_routes(world.fcm, world.faults), "/fcm") == {(c["method"], c["path"]) for c in FCM["call"]}
    listed = [*LINE["call"], *TWILIO["call"], *FCM["call"]]
    assert all(c["source"].startswith("https://") and c["why"] for c in listed)


def test_limits_are_the_same_on_both_sides() -> None:
    """The channels stop before a provider would, and the stand-ins where it would."""
    limits = LINE["limits"]
    ours = (line_channel.TEXT_LIMIT, line_channel.SENDER_LIMIT, line_channel.MESSAGES_LIMIT)
    assert ours == (limits["text"], limits["sender_name"], limits["messages"])
    theirs = (line_rules.MAX_TEXT, line_rules.MAX_SENDER, line_rules.MAX_MESSAGES)
    assert theirs == ours
    assert sms_channel.TEXT_LIMIT == TWILIO["limits"]["japan"] <= TWILIO["limits"]["text"]
    assert TWILIO["limits"]["text"] == twilio_stand_in.MAX_BODY
    limits = FCM["limits"]
    assert (limits["bytes"], limits["ttl"]) == (fcm_rules.MAX_BYTES, fcm_rules.MAX_TTL_SECONDS)
    assert LONGEST[Channel.APP] == push_channel.TEXT_LIMIT
    assert push_channel.KEPT_FOR.total_seconds() <= limits["ttl"]
    assert limits["quota_pause"] == push_channel.DEFAULT_PAUSE
    assert google_account.CLAIM_LIFE.total_seconds() == limits["claim"] == fcm.CLAIM_LIFE.total_seconds()


@pytest.mark.parametrize("header", MAIL["header"], ids=lambda header: header["name"])
def test_mail_headers(header: dict[str, str]) -> None:
    """Each header of a mail as our channel writes it is there once and looks as the contract says."""
    raw = mail("127.0.0.1", 9).compose(LETTER).as_bytes(policy=POLICY)
    [value] = message_from_bytes(raw).get_all(header["name"], [])
    assert re.fullmatch(header["matches"], " ".join(str(value).split()))
    assert header["source"]
