"""What customers do in LINE reaches the server as LINE's signed webhooks."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from sync.sandbox.post import MAX_REFUSALS
from tests.unit.sandbox.contracts import check_request, line_webhook
from tests.unit.sandbox.outside import MIDORI, Outside


def reply(outside: Outside, text: str, channel: str = "line", member: str = "100001", **more: Any) -> int:
    body = {"channel": channel, "text": text, **more}
    return outside.request("POST", f"/phone/{member}/reply", json=body).status_code


def test_reply_is_a_signed_webhook_of_the_published_shape(outside: Outside) -> None:
    """A reply is posted to /webhooks/line, signed over the raw body, and LINE's document allows it."""
    assert reply(outside, "金曜に伺います") == 202
    outside.pass_time()
    [request] = outside.server.requests
    wanted = hmac.digest(outside.config.line_channel_secret.encode(), request.content, hashlib.sha256)
    assert request.headers["x-line-signature"] == base64.b64encode(wanted).decode()
    assert str(request.url) == "http://127.0.0.1:3/webhooks/line"
    check_request(
        line_webhook,
        "https://example.com",
        "post",
        "/callback",
        data=request.content,
        content_type="application/json",
    )
    [event] = outside.server.events()
    assert event["message"]["text"] == "金曜に伺います"
    assert event["source"] == {"type": "user", "userId": MIDORI["line_user_id"]}
    assert event["deliveryContext"] == {"isRedelivery": False}
    assert event["timestamp"] == 1793847600000


def test_webhook_is_redelivered_until_the_server_is_back(outside: Outside) -> None:
    """While the server is down nothing is lost, restart included; it then arrives once, in order, as a redelivery."""
    outside.server.status = None
    reply(outside, "ひとつめ")
    reply(outside, "ふたつめ")
    for _ in range(5):
        outside.pass_time(5)
    outside.restart()
    outside.server.status = 200
    for _ in range(5):
        outside.pass_time(5)
    events = outside.server.events()
    assert [event["message"]["text"] for event in events] == ["ひとつめ", "ふたつめ"]
    assert [event["deliveryContext"]["isRedelivery"] for event in events] == [True, False]
    assert outside.world.post.waiting() == 0


def test_repeated_delivery_keeps_its_event_id(outside: Outside) -> None:
    """An event that was answered with 500 comes again under the same id, so that the server can tell."""
    outside.server.status = 500
    reply(outside, "もう一度")
    outside.pass_time(5)
    outside.server.status = 200
    outside.pass_time(5)
    first, second = outside.server.events()
    assert first["webhookEventId"] == second["webhookEventId"]
    assert len(first["webhookEventId"]) == 26
    assert (first["deliveryContext"]["isRedelivery"], second["deliveryContext"]["isRedelivery"]) == (False, True)


def test_refused_webhook_is_given_up(outside: Outside) -> None:
    """An event that the server keeps refusing (4xx) is given up, so that later ones get through."""
    outside.server.status = 401
    reply(outside, "だめ")
    for _ in range(MAX_REFUSALS + 3):
        outside.pass_time(5)
    assert len(outside.server.requests) == MAX_REFUSALS
    outside.server.status = 200
    reply(outside, "これは届く")
    outside.pass_time()
    assert outside.server.events()[-1]["message"]["text"] == "これは届く"


def test_block_and_unblock_are_unfollow_and_follow(outside: Outside) -> None:
    """Blocking tells `unfollow`, unblocking `follow` with isUnblocked; doing it twice tells nothing new."""
    for blocked in (True, True, False):
        outside.request("POST", "/phone/100001/line", json={"blocked": blocked})
    outside.pass_time()
    outside.pass_time()
    events = outside.server.events()
    assert [event["type"] for event in events] == ["unfollow", "follow"]
    assert events[1]["follow"] == {"isUnblocked": True}
    for request in outside.server.requests:
        parts: dict[str, Any] = {"data": request.content, "content_type": "application/json"}
        check_request(line_webhook, "https://example.com", "post", "/callback", **parts)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"channel": "line", "text": "   "}, 422),
        ({"channel": "line", "text": "あ" * 5001}, 422),
        ({"channel": "sms", "text": "はい"}, 400),
        ({"channel": "fax", "text": "はい"}, 422),
        ({"channel": "email", "text": "はい"}, 400),
        ({"text": "はい"}, 422),
        ([], 422),
    ],
)
def test_replies_that_cannot_be_sent_say_why(outside: Outside, body: Any, status: int) -> None:
    """No text, too long, one-way SMS, an unknown channel, no mail to answer: each is refused with a message."""
    answer = outside.request("POST", "/phone/100001/reply", json=body)
    assert answer.status_code == status
    assert answer.json()["message"]
    outside.pass_time()
    assert outside.server.requests == []


def test_who_blocks_or_has_no_line_cannot_write(outside: Outside) -> None:
    """A customer without LINE gets 400, one who blocks the account 409."""
    assert reply(outside, "もしもし", member="100002") == 400
    outside.request("POST", "/phone/100001/line", json={"blocked": True})
    assert reply(outside, "もしもし") == 409


def test_own_words_stay_out_of_the_inbox(outside: Outside) -> None:
    """inbox.json holds what she received; the page's state holds what she wrote too."""
    reply(outside, "わたしの言葉")
    assert outside.inbox() == []
    state = json.loads(outside.request("GET", "/phone/100001/state.json").content)
    assert [(letter["text"], letter["outgoing"]) for letter in state["letters"]] == [("わたしの言葉", True)]
