"""LINE's reply: an answer to what she just wrote, held to LINE's contract and to the stand-in."""

from functools import partial
from typing import Any

import httpx
import pytest

from sync.delivery.line import LineChannel
from sync.policy.quota import Quota
from sync.ports import Acknowledgement
from tests.conformance.channels.sides import SIDES, Side, line
from tests.conformance.channels.test_requests import outgoing
from tests.integration.sandbox.conftest import Served
from tests.unit.sandbox.conftest import outside
from tests.unit.sandbox.contracts import check_request, line_api
from tests.unit.sandbox.outside import MIDORI, Outside

__all__ = ["outside"]

HOST, PATH = "https://api.line.me", "/v2/bot/message/reply"
STOPPED = "LINEでのご連絡を停止いたしました。"


def token_of_what_she_wrote(outside: Outside) -> str:
    person = outside.world.people.find(MIDORI["member_number"])
    assert person is not None
    outside.world.line.say(person, "配信停止")
    outside.pass_time()
    token: str = outside.server.events()[-1]["replyToken"]
    return token


def ask(outside: Outside, body: Any) -> httpx.Response:
    auth = {"Authorization": f"Bearer {outside.config.line_channel_token}"}
    return outside.request("POST", f"/line{PATH}", headers=auth, json=body)


def test_our_request_is_valid() -> None:
    """What the channel sends is a request that LINE's document allows, and it says so where LINE refuses it."""
    requests: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(400)

    channel = line(HOST, transport=httpx.MockTransport(keep))
    assert not channel.acknowledge(Acknowledgement(text=STOPPED, answer_token="rt"))
    [request] = requests
    assert (request.method, request.url.path) == ("POST", PATH)
    kind, headers = request.headers["content-type"], dict(request.headers)
    check_request(line_api, HOST, "post", PATH, headers=headers, data=request.content, content_type=kind)


def test_nobody_is_asked_without_a_token() -> None:
    """An event that takes no answer gets none."""
    assert not line("http://127.0.0.1:9").acknowledge(Acknowledgement(text=STOPPED))


def test_an_answer_is_taken_once_and_soon(outside: Outside) -> None:
    """It is on her phone and counts into no quota; a second one, and one after the minute, are refused."""
    token = token_of_what_she_wrote(outside)
    body = {"replyToken": token, "messages": [{"type": "text", "text": STOPPED}]}
    assert ask(outside, body).status_code == 200
    assert outside.inbox()[-1]["text"] == STOPPED
    assert ask(outside, body).json() == {"message": "Invalid reply token"}
    auth = {"Authorization": f"Bearer {outside.config.line_channel_token}"}
    used = outside.request("GET", "/line/v2/bot/message/quota/consumption", headers=auth)
    assert used.json() == {"totalUsage": 0}
    late = token_of_what_she_wrote(outside)
    outside.ticks += 61
    assert ask(outside, {**body, "replyToken": late}).status_code == 400


@pytest.mark.parametrize(
    "change",
    [{"replyToken": ""}, {"replyToken": None}, {"messages": []}, {"messages": [{"type": "text"}]}],
    ids=["empty", "no token", "no message", "no text"],
)
def test_malformed_answers_are_refused(outside: Outside, change: dict[str, Any]) -> None:
    """With LINE's shape of a refusal; the token stays good."""
    token = token_of_what_she_wrote(outside)
    body = {"replyToken": token, "messages": [{"type": "text", "text": STOPPED}]}
    answer = ask(outside, body | change)
    assert answer.status_code == 400
    assert answer.json()["details"]
    assert ask(outside, body).status_code == 200


def test_the_quota_as_line_tells_it(served: Served) -> None:
    """Limit and use of the month; None where LINE does not answer."""
    side: Side = SIDES["line"](served)
    assert isinstance(side.channel, LineChannel)
    assert side.channel.quota() == Quota(30_000, 0)
    side.channel.send(side.outgoing())
    assert side.channel.quota() == Quota(30_000, 1)
    assert line("http://127.0.0.1:9").quota() is None


def _answer(answer: httpx.Response, _request: httpx.Request) -> httpx.Response:
    return answer


def test_the_months_end_is_told_from_too_fast() -> None:
    """Both are 429: one fails with its own code, since no waiting of hours helps; the other is tried again."""
    for words, code, again in (
        ("You have reached your monthly limit.", "quota_out", False),
        ("The API rate limit has been exceeded. Try again later.", "throttled", True),
    ):
        answer = httpx.Response(429, json={"message": words})
        channel = line(HOST, transport=httpx.MockTransport(partial(_answer, answer)))
        receipt = channel.send(outgoing("line"))
        assert receipt.reason is not None
        assert (receipt.reason.code, receipt.state.value == "queued") == (code, again)
