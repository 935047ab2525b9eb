"""The stand-in of LINE's push, held to LINE's published contract."""

import copy
import json
from typing import Any

import pytest

from sync.sandbox.line_rules import faults_of_push
from tests.unit.sandbox.contracts import check_answer, check_request, line_api
from tests.unit.sandbox.outside import MIDORI, Outside, greeting

HOST, PATH = "https://api.line.me", "/v2/bot/message/push"
KEY = "123e4567-e89b-12d3-a456-426614174000"

VALID: list[dict[str, Any]] = [
    greeting(),
    greeting("あ" * 5000),
    greeting(sender={"name": "髙橋（銀座本店）", "iconUrl": "https://example.com/icon.png"}),
    {**greeting(), "notificationDisabled": True},
    {"to": MIDORI["line_user_id"], "messages": [{"type": "text", "text": str(n)} for n in range(5)]},
    {
        "to": MIDORI["line_user_id"],
        "messages": [
            {
                "type": "image",
                "originalContentUrl": "https://example.com/a.jpg",
                "previewImageUrl": "https://example.com/b.jpg",
            },
            {"type": "sticker", "packageId": "446", "stickerId": "1988"},
            {"type": "location", "title": "銀座本店", "address": "中央区銀座", "latitude": 35.67, "longitude": 139.76},
        ],
    },
]

MALFORMED: list[tuple[str, Any]] = [
    ("to", {"messages": greeting()["messages"]}),
    ("to", {**greeting(), "to": 7}),
    ("messages", {"to": MIDORI["line_user_id"]}),
    ("messages", {**greeting(), "messages": []}),
    ("messages", {**greeting(), "messages": greeting()["messages"] * 6}),
    ("messages", {**greeting(), "messages": "hello"}),
    ("messages[0].type", {**greeting(), "messages": [{"text": "no type"}]}),
    ("messages[0].type", {**greeting(), "messages": [{"type": "telegram", "text": "x"}]}),
    ("messages[0].text", {**greeting(), "messages": [{"type": "text"}]}),
    ("messages[0].text", greeting(text=["a", "list"])),  # type: ignore[arg-type]
    (
        "messages[0].originalContentUrl",
        {**greeting(), "messages": [{"type": "image", "previewImageUrl": "https://e.jp/a"}]},
    ),
    ("messages[0].sender.name", greeting(sender={"name": "あ" * 21})),
    ("messages[0].sender", greeting(sender="Midori")),
    ("notificationDisabled", {**greeting(), "notificationDisabled": "yes"}),
    ("messages[0].duration", {**greeting(), "messages": [{"type": "audio", "originalContentUrl": "https://e.jp/a"}]}),
]


def _contract(body: Any, *, allows: bool) -> None:
    data, headers = json.dumps(body).encode(), {"Authorization": "Bearer x"}
    kind = "application/json"
    check_request(line_api, HOST, "post", PATH, allowed=allows, headers=headers, data=data, content_type=kind)


@pytest.mark.parametrize("body", VALID, ids=range(len(VALID)))
def test_takes_what_the_contract_allows(outside: Outside, body: dict[str, Any]) -> None:
    """A request that LINE's document allows is accepted, and the answer is one that the document promises."""
    _contract(body, allows=True)
    answer = outside.push(body)
    assert answer.status_code == 200
    assert len(answer.json()["sentMessages"]) == len(body["messages"])
    check_answer(line_api, HOST, "post", PATH, answer)


@pytest.mark.parametrize(("at", "body"), MALFORMED, ids=range(len(MALFORMED)))
def test_refuses_what_the_contract_forbids(outside: Outside, at: str, body: Any) -> None:
    """A request that LINE's document forbids is refused in LINE's shape, naming the property, and reaches no phone."""
    _contract(body, allows=False)
    answer = outside.push(body)
    assert answer.status_code == 400
    assert at in [detail["property"] for detail in answer.json()["details"]]
    check_answer(line_api, HOST, "post", PATH, answer)
    assert outside.inbox() == []


@pytest.mark.parametrize(
    ("at", "body"),
    [
        ("messages[0].text", greeting("あ" * 5001)),
        ("messages[0].text", greeting("😀" * 2501)),
        ("messages[0].text", greeting("")),
        ("messages[0].sender.name", greeting(sender={"name": "LINE髙橋"})),
        (
            "messages[0].originalContentUrl",
            {
                **greeting(),
                "messages": [
                    {"type": "image", "originalContentUrl": "http://e.jp/a", "previewImageUrl": "https://e.jp/b"}
                ],
            },
        ),
    ],
)
def test_refuses_what_only_the_reference_forbids(at: str, body: dict[str, Any]) -> None:
    """Lengths in UTF-16 units, the forbidden word in names and HTTPS stand in LINE's reference, not in its document."""
    assert [detail["property"] for detail in faults_of_push(body)] == [at]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe"])
def test_survives_bodies_that_are_no_request(outside: Outside, body: bytes) -> None:
    """A body that is not a JSON object gets a 400 with a message."""
    answer = outside.push(body)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_message_arrives_in_the_staff_members_name(outside: Outside) -> None:
    """The phone shows NAME from ACCOUNT, the text as sent and the links in it."""
    outside.push(greeting("新作です https://example.com/a。", sender={"name": "髙橋（銀座本店）"}))
    [letter] = outside.inbox()
    assert letter == {
        "channel": "line",
        "from": "髙橋（銀座本店） from かざね公式",
        "reply_to": "",
        "subject": "",
        "text": "新作です https://example.com/a。",
        "links": ["https://example.com/a"],
        "received_at": "2026-11-05T03:00:00+00:00",
    }


@pytest.mark.parametrize("token", ["", "wrong"])
def test_refuses_a_wrong_token(outside: Outside, token: str) -> None:
    """Without the channel's token nothing is accepted."""
    answer = outside.push(greeting(), token=token)
    assert answer.status_code == 401
    assert "Authentication failed" in answer.json()["message"]
    assert outside.inbox() == []


def test_retry_key_is_accepted_once(outside: Outside) -> None:
    """A repeat answers 409 with the accepted request's id and messages, and nothing arrives twice, restart or not."""
    first = outside.push(greeting(), key=KEY)
    outside.restart()
    second = outside.push(greeting(), key=KEY)
    assert (first.status_code, second.status_code) == (200, 409)
    assert second.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert second.json()["sentMessages"] == first.json()["sentMessages"]
    assert second.json()["message"] == "The retry key is already accepted"
    check_answer(line_api, HOST, "post", PATH, second)
    assert len(outside.inbox()) == 1


def test_retry_key_is_forgotten_after_a_day(outside: Outside) -> None:
    """Keys are kept for 24 hours."""
    outside.push(greeting(), key=KEY)
    outside.ticks += 24 * 3600 + 1
    assert outside.push(greeting(), key=KEY).status_code == 200
    assert len(outside.inbox()) == 2


def test_retry_key_of_a_refused_request_stays_free(outside: Outside) -> None:
    """Only acceptance uses a key up: a 400 before does not."""
    assert outside.push(greeting(""), key=KEY).status_code == 400
    assert outside.push(greeting(), key=KEY).status_code == 200


def test_retry_key_is_a_uuid(outside: Outside) -> None:
    """A key that is no UUID is refused, as the document's format says."""
    assert outside.push(greeting(), key="once").status_code == 400


def test_unknown_user_is_refused(outside: Outside) -> None:
    """LINE answers 400 for a user id that it never issued to this provider."""
    answer = outside.push(greeting(to="U" + "f" * 32))
    assert (answer.status_code, answer.json()) == (400, {"message": "Failed to send messages"})


def test_blocked_user_is_accepted_but_gets_nothing(outside: Outside) -> None:
    """200 does not mean delivered: whoever blocks gets nothing and does not count, and has no profile any more."""
    auth = {"Authorization": f"Bearer {outside.config.line_channel_token}"}
    outside.request("POST", "/phone/100001/line", json={"blocked": True})
    assert outside.push(greeting()).status_code == 200
    assert outside.inbox() == []
    used = outside.request("GET", "/line/v2/bot/message/quota/consumption", headers=auth)
    assert used.json() == {"totalUsage": 0}
    assert outside.request("GET", f"/line/v2/bot/profile/{MIDORI['line_user_id']}", headers=auth).status_code == 404


def test_quota_consumption_and_profile_keep_the_contract(outside: Outside) -> None:
    """The other calls answer in the document's shapes; consumption counts people, not message objects."""
    auth = {"Authorization": f"Bearer {outside.config.line_channel_token}"}
    outside.push(copy.deepcopy(VALID[4]))
    paths = ["/v2/bot/message/quota", "/v2/bot/message/quota/consumption", f"/v2/bot/profile/{MIDORI['line_user_id']}"]
    answers = [outside.request("GET", f"/line{path}", headers=auth) for path in paths]
    for path, answer in zip(paths, answers, strict=True):
        check_answer(line_api, HOST, "get", path, answer, headers=auth)
        assert outside.request("GET", f"/line{path}").status_code == 401
    assert answers[1].json() == {"totalUsage": 1}
    assert answers[2].json()["displayName"] == MIDORI["name"]
