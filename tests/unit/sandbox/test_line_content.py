"""Pictures that customers send: the stand-in tells of them and hands them out as LINE does, and as our channel asks."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sync.delivery.line_content import fetch
from sync.model.outreach import Reason
from sync.ports import Fetched
from tests.conformance.channels.sides import line
from tests.conformance.channels.test_webhooks import line_body, line_event
from tests.unit.sandbox.contracts import check_answer, check_request, line_api, line_webhook
from tests.unit.sandbox.outside import Outside

DATA = "https://api-data.line.me"
JPEG = b"\xff\xd8\xff" + b"x" * 100


def sent(outside: Outside) -> str:
    """Let her send a picture and return LINE's id of it."""
    answer = outside.request("POST", "/phone/100001/picture/line", content=JPEG, headers={"content-type": "image/jpeg"})
    assert answer.status_code == 202
    outside.pass_time()
    [request] = outside.server.requests
    kind: dict[str, Any] = {"data": request.content, "content_type": "application/json"}
    check_request(line_webhook, "https://example.com", "post", "/callback", **kind)
    [event] = outside.server.events()
    assert event["message"]["contentProvider"] == {"type": "line"}
    return str(event["message"]["id"])


def test_a_picture_as_line_hands_it_out(outside: Outside) -> None:
    """The webhook names it, the content is there for our token alone, and both are as LINE's documents say."""
    path = f"/v2/bot/message/{sent(outside)}/content"
    ours = {"Authorization": f"Bearer {outside.config.line_channel_token}"}
    answer = outside.request("GET", f"/line{path}", headers=ours)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, JPEG, "image/jpeg")
    check_request(line_api, DATA, "get", path, headers=ours)
    check_answer(line_api, DATA, "get", path, answer)
    assert outside.request("GET", f"/line{path}").status_code == 401
    assert outside.request("GET", "/line/v2/bot/message/1/content", headers=ours).status_code == 404


def test_her_phone_shows_what_she_sent(outside: Outside) -> None:
    """The page of her phone has the picture; what is none is refused with a message."""
    sent(outside)
    [letter] = outside.request("GET", "/phone/100001/state.json").json()["letters"]
    assert letter["sent_picture"]
    assert outside.request("GET", f"/phone/100001/sent/{letter['n']}").content == JPEG
    for media_type, body in (("text/html", b"x"), ("image/png", b"")):
        headers = {"content-type": media_type}
        refused = outside.request("POST", "/phone/100001/picture/line", content=body, headers=headers)
        assert (refused.status_code, bool(refused.json()["message"])) == (422, True)


class Trickle(httpx.SyncByteStream):
    """A body without a length that goes on for long; it remembers how much of it was read."""

    def __init__(self, first: bytes) -> None:
        self.first, self.given = first, 0

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(100):
            self.given += 1000
            yield self.first + b"x" * (1000 - len(self.first))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(404), "attachment_gone"),
        (httpx.Response(410), "attachment_gone"),
        (httpx.Response(302, headers={"location": "http://169.254.169.254/"}), "attachment_not_fetched"),
        (httpx.Response(400), "attachment_not_fetched"),
        (httpx.Response(200, headers={"content-length": "9" * 40}), "attachment_too_large"),
        (httpx.Response(200, headers={"content-length": "5001"}, stream=Trickle(b"")), "attachment_too_large"),
        (httpx.Response(200, stream=Trickle(JPEG)), "attachment_too_large"),
        (httpx.Response(200, stream=Trickle(b"\0\0\0\x18ftypmp42")), "attachment_type"),
        (httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Trickle(b"\x1f\x8b")), "attachment_type"),
        *((httpx.Response(status), "") for status in (202, 401, 429, 500, 503)),
    ],
    ids=lambda value: str(getattr(value, "status_code", value)),
)
def test_what_line_may_answer(answer: httpx.Response, code: str) -> None:
    """Gone, elsewhere, endless, squeezed or not ready: a reason, or another attempt; never more is read than is kept."""
    asked: list[httpx.Request] = []

    def ask(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer

    with httpx.Client(base_url=DATA, transport=httpx.MockTransport(ask)) as http:
        found = fetch(http, "1", 5000)
    assert found.content is None
    assert (found.reason.code if found.reason else "") == code
    assert [str(request.url) for request in asked] == [f"{DATA}/v2/bot/message/1/content"]
    assert not isinstance(answer.stream, Trickle) or answer.stream.given <= 6000


def test_nobody_there_is_asked_again() -> None:
    """A broken line is no reason to give up."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with httpx.Client(base_url=DATA, transport=httpx.MockTransport(fail)) as http:
        assert fetch(http, "1", 5000) == Fetched()


@pytest.mark.parametrize(
    ("message", "remote_id", "reason"),
    [
        ({"id": "123", "type": "image", "contentProvider": {"type": "line"}}, "123", None),
        ({"id": "124", "type": "file", "fileName": "../x.pdf", "fileSize": 3}, "124", None),
        (
            {
                "id": "1",
                "type": "image",
                "contentProvider": {"type": "external", "originalContentUrl": "http://10.0.0.1/"},
            },
            "",
            "attachment_elsewhere",
        ),
        ({"id": "../quota", "type": "video", "contentProvider": {"type": "line"}}, "", "attachment_elsewhere"),
    ],
    ids=["line", "file", "external", "no id"],
)
def test_only_what_line_holds_is_asked_for(message: dict[str, object], remote_id: str, reason: str | None) -> None:
    """Content elsewhere is nobody's that we know: its address is never followed."""
    [event] = line("http://x").parse_webhook("", *line_body(line_event(message=message)))
    [came] = event.attachments
    assert (came.remote_id, came.reason) == (remote_id, Reason(code=reason) if reason else None)
