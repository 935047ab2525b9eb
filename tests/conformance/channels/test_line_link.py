"""LINE's account link: our requests and the stand-in's answers and events, held to LINE's published contract."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest

from sync.delivery.line import LineChannel
from sync.ports import Acknowledgement, ChannelEvent
from tests.conformance.channels.sides import line
from tests.unit.sandbox.conftest import outside
from tests.unit.sandbox.contracts import check_answer, check_request, line_api, line_webhook
from tests.unit.sandbox.outside import DAUGHTER, FAR, MIDORI, Outside

__all__ = ["outside"]

HOST, PAGE, NONCE = "https://api.line.me", "https://elm.example/line/n", "abcdefghijklmnop"
PATH = f"/v2/bot/user/{MIDORI['line_user_id']}/linkToken"


def over(outside: Outside) -> LineChannel:
    """Return the channel over the stand-in's routes."""

    def carry(request: httpx.Request) -> httpx.Response:
        path, body = f"/line{request.url.path}", request.content
        answer = outside.request(request.method, path, content=body, headers=dict(request.headers))
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    config = outside.config
    return line(HOST, config.line_channel_token, config.line_channel_secret, transport=httpx.MockTransport(carry))


def ask(outside: Outside, user_id: str = MIDORI["line_user_id"]) -> httpx.Response:
    auth = {"Authorization": f"Bearer {outside.config.line_channel_token}"}
    return outside.request("POST", f"/line/v2/bot/user/{user_id}/linkToken", headers=auth)


def events(outside: Outside) -> list[ChannelEvent]:
    """Return what our channel makes of the account link events that came, each of which LINE's document allows."""
    outside.pass_time()
    found: list[ChannelEvent] = []
    for request in outside.server.requests:
        parts: dict[str, Any] = {"data": request.content, "content_type": "application/json"}
        check_request(line_webhook, "https://example.com", "post", "/callback", **parts)
        found += over(outside).parse_webhook("", dict(request.headers), request.content)
    return [one for one in found if one.type == "account_link"]


def test_our_answer_carries_lines_token(outside: Outside) -> None:
    """She wrote; the answer is our address with a token that LINE issued for her, and both requests are LINE's to take."""
    person = outside.world.people.find(MIDORI["member_number"])
    assert person is not None
    outside.world.line.say(person, "LINK-x")
    outside.pass_time()
    token = outside.server.events()[-1]["replyToken"]
    said = Acknowledgement(
        text="どうぞ", answer_token=token, link=PAGE, link_user=person.line_user_id, otherwise="後ほど"
    )
    assert over(outside).acknowledge(said)
    lead, _, address = outside.inbox()[-1]["text"].partition("\n")
    assert (lead, address.partition("?")[0]) == ("どうぞ", PAGE)
    [given] = parse_qs(urlsplit(address).query)["linkToken"]
    assert outside.world.line.linking.owner(given) == person.line_user_id
    answer = ask(outside)
    check_request(line_api, HOST, "post", PATH, headers={"Authorization": "Bearer t"})
    check_answer(line_api, HOST, "post", PATH, answer)


def test_without_a_token_she_is_told(outside: Outside) -> None:
    """LINE gives none (here: she is nobody there): she is asked to try again, and gets no address."""
    person = outside.world.people.find(MIDORI["member_number"])
    assert person is not None
    outside.world.line.say(person, "LINK-x")
    outside.pass_time()
    token = outside.server.events()[-1]["replyToken"]
    said = Acknowledgement(text="どうぞ", answer_token=token, link=PAGE, link_user="U0", otherwise="後ほど")
    assert over(outside).acknowledge(said)
    assert outside.inbox()[-1]["text"] == "後ほど"


def test_the_dialog_tells_our_webhook(outside: Outside) -> None:
    """Following the address links once: `ok` with our nonce and a reply token; a second time the dialog refuses."""
    token = ask(outside).json()["linkToken"]
    address = f"/line/dialog/bot/accountLink?linkToken={token}&nonce={NONCE}"
    assert [outside.request("GET", address).status_code for _ in range(2)] == [200, 400]
    [event] = events(outside)
    assert (event.linked, event.nonce, event.sender) == (True, NONCE, MIDORI["line_user_id"])
    assert event.answer_token


def test_somebody_elses_token_fails(outside: Outside) -> None:
    """Another LINE user who follows the address gets `failed`, without a reply token."""
    token = ask(outside).json()["linkToken"]
    other = outside.world.people.find(DAUGHTER["member_number"])
    assert other is not None
    assert outside.world.line.link(other, token, NONCE) == "failed"
    [event] = events(outside)
    assert (event.linked, event.sender, event.answer_token) == (False, DAUGHTER["line_user_id"], "")


@pytest.mark.parametrize("wrong", ["old", "unknown", "short nonce", "long nonce"])
def test_what_the_dialog_refuses(outside: Outside, wrong: str) -> None:
    """A token that is too old or none, a nonce of a length LINE does not take: nothing is told."""
    token = "none" if wrong == "unknown" else ask(outside).json()["linkToken"]
    nonce = {"short nonce": "n" * 9, "long nonce": "n" * 256}.get(wrong, NONCE)
    outside.ticks += 601 if wrong == "old" else 0
    address = f"/line/dialog/bot/accountLink?linkToken={token}&nonce={nonce}"
    assert outside.request("GET", address).status_code == 400
    assert events(outside) == []


def test_a_token_needs_somebody_and_our_own(outside: Outside) -> None:
    """Nobody's id is answered with 404, another channel's access token with 401."""
    assert ask(outside, "U" + "9" * 32).status_code == 404
    assert outside.request("POST", f"/line{PATH}", headers={"Authorization": "Bearer x"}).status_code == 401


def test_who_becomes_a_friend_can_link(outside: Outside) -> None:
    """She who has no LINE in the retailer's files adds the account, once: LINE tells it, knows her from then on, and her
    account can be linked and written to."""
    member = FAR["member_number"]
    for _ in range(2):
        assert outside.request("POST", f"/phone/{member}/friend").status_code == 202
    outside.pass_time()
    [event] = outside.server.events()
    assert (event["type"], event["follow"]) == ("follow", {"isUnblocked": False})
    user = event["source"]["userId"]
    address = f"/line/dialog/bot/accountLink?linkToken={ask(outside, user).json()['linkToken']}&nonce={NONCE}"
    assert outside.request("GET", address).status_code == 200
    [linked] = events(outside)
    assert (linked.linked, linked.sender) == (True, user)
    assert outside.push({"to": user, "messages": [{"type": "text", "text": "ようこそ"}]}).status_code == 200
    assert [one["text"] for one in outside.inbox(member)] == ["ようこそ"]
    assert outside.inbox() == []


def test_the_chats_address_opens_a_phone_with_the_text(outside: Outside) -> None:
    """LINE's address of a chat leads, with the text it carries, to the question on whose phone; another account's is none."""
    said = "つなげてください。\nLINK-a_b&c+d"
    address = f"/line/R/oaMessage/{quote(outside.config.line_basic_id, safe='')}/?{quote(said, safe='')}"
    to = urlsplit(outside.request("GET", address).headers["location"])
    assert (to.path, parse_qs(to.query)) == ("/phone", {"text": [said]})
    page = outside.request("GET", f"/phone/{FAR['member_number']}?{to.query}").text
    assert "友だちに追加" in page
    assert "LINK-" not in page.partition('id="view-sms"')[0].partition("<textarea")[2], (
        "no field before she is a friend"
    )
    outside.request("POST", f"/phone/{FAR['member_number']}/friend")
    assert "LINK-a_b&amp;c+d</textarea>" in outside.request("GET", f"/phone/{FAR['member_number']}?{to.query}").text
    assert outside.request("GET", "/line/R/oaMessage/%40other/?x").status_code == 404
