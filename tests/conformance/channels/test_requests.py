"""Every request we make, held against the providers' published contracts; mail held byte for byte."""

import base64
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sync.delivery.base import DurableChannel
from sync.model.outreach import MessageState
from sync.ports import Outgoing
from sync.sandbox.keys import app_token
from tests.conformance.channels.sides import FROM, line, mail, sms
from tests.unit.sandbox.contracts import SPECS, line_api, request_error, twilio_api

KEY = "123e4567-e89b-52d3-a456-426614174000"
TO = {"line": "U" + "a" * 32, "sms": "+819011112222", "app": app_token(7, "100001")}

needs_contracts = pytest.mark.skipif(
    not SPECS.is_dir(), reason=f"MISSING: the providers' published contracts; expected the folder {SPECS}"
)

MESSAGES: dict[str, dict[str, Any]] = {
    "plain": {},
    "with pictures": {"images": ("https://elm.example/a.png", "https://elm.example/b.png")},
    "at the limit": {"body": "あ" * 5000},
    "emoji": {"body": "お待ちしております😊👩‍👩‍👧"},
    "a long name": {"sender_name": "とても長い名前の担当者でございます（銀座本店）"},
    "a name LINE refuses": {"sender_name": "Caroline, Ginza"},
    "no name": {"sender_name": ""},
    "no callback": {"status_url": ""},
}


def outgoing(name: str, **fields: Any) -> Outgoing:
    values = {
        "message_id": "m1",
        "idempotency_key": KEY,
        "to": TO[name],
        "sender_name": "髙橋（銀座本店）",
        "account": "エルム公式",
        "body": "お直しができあがりました。",
        "status_url": "https://elm.example/webhooks/twilio/status?message=m1",
        **fields,
    }
    return Outgoing.model_validate(values)


def captured(make: Callable[..., DurableChannel], api: str, message: Outgoing) -> list[httpx.Request]:
    """Send through a transport that keeps the request and refuses it."""
    requests: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(400)

    make(api, transport=httpx.MockTransport(keep)).send(message)
    return requests


@needs_contracts
@pytest.mark.parametrize("fields", MESSAGES.values(), ids=MESSAGES)
def test_line_requests_are_valid(fields: dict[str, Any]) -> None:
    """LINE's contract takes each request; the sender's name is within 20 characters and without "LINE"."""
    [request] = captured(line, "https://api.line.me", outgoing("line", **fields))
    assert (request.method, request.url.path) == ("POST", "/v2/bot/message/push")
    assert request.headers["x-line-retry-key"] == KEY
    assert request.headers["authorization"] == "Bearer t"
    problem = request_error(
        line_api(),
        "https://api.line.me",
        "post",
        "/v2/bot/message/push",
        headers=dict(request.headers),
        data=request.content,
        content_type=request.headers["content-type"],
    )
    assert problem == ""
    name = fields.get("sender_name", "髙橋（銀座本店）")
    text = request.content.decode()
    assert ('"sender"' in text) == (bool(name) and "line" not in name.lower())


@needs_contracts
@pytest.mark.parametrize("fields", [f for n, f in MESSAGES.items() if n not in ("with pictures", "at the limit")])
def test_twilio_requests_are_valid(fields: dict[str, Any]) -> None:
    """Twilio's contract takes each request."""
    [request] = captured(sms, "https://api.twilio.com", outgoing("sms", **fields))
    path = f"/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"
    assert (request.method, request.url.path) == ("POST", path)
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == f"AC{'0' * 32}:t".encode()
    problem = request_error(
        twilio_api(),
        "https://api.twilio.com",
        "post",
        path,
        headers=dict(request.headers),
        data=request.content,
        content_type=request.headers["content-type"],
    )
    assert problem == ""


@needs_contracts
def test_the_contracts_would_notice() -> None:
    """A request with a message of an unknown type, and one without a receiver, are refused by the contracts."""
    for body in (b'{"to": "x", "messages": [{"type": "fax"}]}', b'{"messages": [{"type": "text", "text": "x"}]}'):
        problem = request_error(
            line_api(),
            "https://api.line.me",
            "post",
            "/v2/bot/message/push",
            headers={"Authorization": "Bearer x"},
            data=body,
            content_type="application/json",
        )
        assert problem


class Relay:
    """A mail relay that keeps what it got, and answers at DATA what it is told."""

    def __init__(self) -> None:
        self.got: list[Envelope] = []
        self.answers: dict[str, str] = {}
        self.hang_up = False
        self.lock = threading.Lock()

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        with self.lock:
            self.got.append(envelope)
        transport: Any = server.transport
        if self.hang_up:
            transport.abort()
        return self.answers.get("DATA", "250 OK")


class _Controller(Controller):
    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def relay() -> Iterator[tuple[Relay, int]]:
    handler = Relay()
    controller = _Controller(handler, hostname="127.0.0.1", port=0, server_hostname="relay.example")
    controller.start()
    yield handler, controller.port
    controller.stop()


LETTER = Outgoing(
    message_id="m1",
    idempotency_key=KEY,
    to="hana@example.jp",
    sender_name="髙橋",
    account="株式会社エルム 銀座本店",
    subject="お直しができあがりました",
    body="佐々木様\n\nお直しができあがりました。\n.点で始まる行\n\n-- \n株式会社エルム\n配信停止：https://elm.example/c/abc\n",
    reply_to="reply+abc@reply.elm.example",
    opt_out_url="https://elm.example/c/" + "a" * 80,
)


def test_mail_byte_for_byte(relay: tuple[Relay, int]) -> None:
    """From, Reply-To, Subject, one-click headers and the body with its opt-out line, as they crossed the wire."""
    handler, port = relay
    assert mail("127.0.0.1", port).send(LETTER).state is MessageState.SENT
    [envelope] = handler.got
    assert (envelope.mail_from, envelope.rcpt_tos) == ("bounce+abc@reply.elm.example", ["hana@example.jp"])
    raw = envelope.original_content
    assert isinstance(raw, bytes)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    for line_ in (
        b"To: hana@example.jp",
        b"Reply-To: reply+abc@reply.elm.example",
        b"Date: Sun, 22 Nov 2026 03:00:00 +0000",
        f"Message-ID: <{KEY}@elm.example>".encode(),
        b"List-Unsubscribe: <https://elm.example/c/" + b"a" * 80 + b">",
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        b'Content-Type: text/plain; charset="utf-8"',
        b"Content-Transfer-Encoding: base64",
    ):
        assert line_ in lines
    assert base64.b64decode(body).decode().replace("\r\n", "\n") == LETTER.body
    parsed = message_from_bytes(raw, policy=default)
    assert str(parsed["From"].addresses[0].display_name) == "髙橋 / 株式会社エルム 銀座本店"
    assert str(parsed["From"].addresses[0].addr_spec) == FROM
    assert str(parsed["Subject"]) == LETTER.subject
    encoded = next(one for one in lines if one.startswith(b"Subject: ")).removeprefix(b"Subject: ")
    assert str(make_header(decode_header(encoded.decode()))) == LETTER.subject


def test_a_plain_english_mail_keeps_its_dots(relay: tuple[Relay, int]) -> None:
    """Lines that begin with a dot arrive as they were written, and nothing ends the mail early."""
    handler, port = relay
    body = "Dear Emma\n.\n..two\nend\n"
    assert mail("127.0.0.1", port).send(LETTER.model_copy(update={"body": body})).state is MessageState.SENT
    raw = handler.got[0].original_content
    assert isinstance(raw, bytes)
    assert raw.partition(b"\r\n\r\n")[2] == body.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "state"),
    [("451 4.7.1 later", MessageState.QUEUED), ("550 5.1.1 no", MessageState.FAILED)],
)
def test_each_step_of_the_exchange(relay: tuple[Relay, int], step: str, answer: str, state: MessageState) -> None:
    """4xx at any step means another attempt, 5xx the end; the words of the relay are not kept."""
    handler, port = relay
    handler.answers[step] = answer
    receipt = mail("127.0.0.1", port).send(LETTER)
    assert receipt.state is state
    assert "hana" not in repr(receipt)


def test_a_connection_lost_after_the_text_left(relay: tuple[Relay, int]) -> None:
    """Nobody knows whether it was accepted: UNKNOWN."""
    handler, port = relay
    handler.hang_up = True
    assert mail("127.0.0.1", port).send(LETTER).state is MessageState.UNKNOWN


@pytest.mark.parametrize("to", ["", "no-at", "a@b\r\nBcc: x@y", "佐々木@example.jp", "a@b\x00c"])
def test_an_impossible_address_never_raises(relay: tuple[Relay, int], to: str) -> None:
    """Whatever stands where an address should be, the answer is a receipt and no header is smuggled in."""
    handler, port = relay
    receipt = mail("127.0.0.1", port).send(LETTER.model_copy(update={"to": to}))
    assert receipt.state in (MessageState.FAILED, MessageState.SENT)
    for envelope in handler.got:
        assert isinstance(envelope.original_content, bytes)
        assert b"\r\nBcc" not in envelope.original_content
