"""The stand-ins and our channels, held to our own contracts; these, to the providers' published documents."""

import base64
import json
import re
import tomllib
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from sync.delivery import line as line_channel
from sync.delivery import sms as sms_channel
from sync.delivery.email import POLICY
from sync.sandbox import line_rules
from sync.sandbox import twilio as twilio_stand_in
from sync.sandbox.provider_routes import line_routes, twilio_routes
from tests.conformance.channels.sides import mail
from tests.conformance.channels.test_requests import LETTER
from tests.unit.sandbox.conftest import outside
from tests.unit.sandbox.contracts import check_answer, check_request, line_api, twilio_api
from tests.unit.sandbox.outside import MIDORI, Outside

__all__ = ["outside"]

FOLDER = Path(__file__).parent
LINE, TWILIO, MAIL = (tomllib.loads((FOLDER / f"{name}.toml").read_text()) for name in ("line", "twilio", "mail"))
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
    assert calls(line_routes(world.line, world.faults), "/line") == {(c["method"], c["path"]) for c in LINE["call"]}
    offered = calls(twilio_routes(world.twilio, world.faults), "/twilio")
    assert offered == {(c["method"], c["path"]) for c in TWILIO["call"]}
    assert all(c["source"].startswith("https://") and c["why"] for c in [*LINE["call"], *TWILIO["call"]])


def test_limits_are_the_same_on_both_sides() -> None:
    """The channels stop before a provider would, and the stand-ins where it would."""
    limits = LINE["limits"]
    ours = (line_channel.TEXT_LIMIT, line_channel.SENDER_LIMIT, line_channel.MESSAGES_LIMIT)
    assert ours == (limits["text"], limits["sender_name"], limits["messages"])
    theirs = (line_rules.MAX_TEXT, line_rules.MAX_SENDER, line_rules.MAX_MESSAGES)
    assert theirs == ours
    assert sms_channel.TEXT_LIMIT == TWILIO["limits"]["japan"] <= TWILIO["limits"]["text"]
    assert TWILIO["limits"]["text"] == twilio_stand_in.MAX_BODY


@pytest.mark.parametrize("header", MAIL["header"], ids=lambda header: header["name"])
def test_mail_headers(header: dict[str, str]) -> None:
    """Each header of a mail as our channel writes it is there once and looks as the contract says."""
    raw = mail("127.0.0.1", 9).compose(LETTER).as_bytes(policy=POLICY)
    [value] = message_from_bytes(raw).get_all(header["name"], [])
    assert re.fullmatch(header["matches"], " ".join(str(value).split()))
    assert header["source"]
