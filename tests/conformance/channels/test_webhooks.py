"""Callbacks: what providers really send is read; anything else is BadInput or NotSignedIn, and nothing else."""

import base64
import contextlib
import hashlib
import hmac
import json
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.delivery.base import DurableChannel
from sync.delivery.mail_reply import without_quote
from sync.errors import BadInput, NotSignedIn
from sync.model.customer import Channel
from sync.model.outreach import MessageState
from sync.ports import Receipt
from sync.sandbox.line import signature as line_signature
from sync.sandbox.twilio import signature as twilio_signature
from tests.conformance.channels.sides import app, line, mail, sms
from tests.conformance.channels.test_requests import outgoing

URL = "https://elm.example/webhooks/twilio/status?message=m1"
CHANNELS: dict[str, DurableChannel] = {
    "line": line("http://x"),
    "sms": sms("http://x"),
    "email": mail("127.0.0.1", 1),
}
HEADERS = st.dictionaries(st.sampled_from(["x-line-signature", "x-twilio-signature", "content-type"]), st.text())
MANY = settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
line_events = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["message", "follow", "unfollow", "accountLink", "postback"]) | json_values,
        "webhookEventId": st.text() | json_values,
        "timestamp": st.integers() | json_values,
        "source": st.fixed_dictionaries({}, optional={"type": st.just("user"), "userId": st.text()}) | json_values,
        "link": st.fixed_dictionaries({}, optional={"result": st.just("ok"), "nonce": st.text()}) | json_values,
        "message": st.fixed_dictionaries({}, optional={"id": st.text(), "type": st.text(), "text": st.text()})
        | json_values,
    },
)


def line_event(**fields: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "mode": "active",
        "webhookEventId": "01HXYZ",
        "timestamp": 1795314000000,
        "source": {"type": "user", "userId": "U" + "a" * 32},
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "r",
        **fields,
    }


def line_body(*events: Any) -> tuple[dict[str, str], bytes]:
    body = json.dumps({"destination": "Ux", "events": events}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return {"x-line-signature": line_signature("s", body)}, body


def form_body(form: dict[str, str], url: str = URL) -> tuple[dict[str, str], bytes]:
    return {"x-twilio-signature": twilio_signature("t", url, form)}, urlencode(form).encode()


def letter(text: str, **headers: str) -> bytes:
    made = EmailMessage()
    for name, value in {"From": "佐々木 花 <hana@example.jp>", "Subject": "Re: お直し", **headers}.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def test_line_events() -> None:
    """A message, a follow and an unfollow become events; groups and what means nothing here are left out."""
    headers, body = line_body(
        line_event(message={"id": "1", "type": "text", "text": "伺います😊"}),
        line_event(webhookEventId="2", message={"id": "2", "type": "sticker", "packageId": "1", "stickerId": "1"}),
        line_event(webhookEventId="3", type="follow", follow={"isUnblocked": False}),
        line_event(webhookEventId="4", type="unfollow"),
        line_event(webhookEventId="5", type="accountLink", link={"result": "ok", "nonce": "n" * 10}),
        line_event(webhookEventId="7", type="accountLink", link={"result": "failed", "nonce": "n" * 10}),
        line_event(webhookEventId="8", type="beacon"),
        line_event(webhookEventId="6", type="message", source={"type": "group", "groupId": "C1"}),
    )
    events = CHANNELS["line"].parse_webhook("", headers, body)
    assert [(e.type, e.event_id, e.text) for e in events] == [
        ("reply", "01HXYZ", "伺います😊"),
        ("reply", "2", "［スタンプ］"),
        ("opt_in", "3", ""),
        ("opt_out", "4", ""),
        ("account_link", "5", ""),
        ("account_link", "7", ""),
    ]
    assert [(e.linked, e.nonce) for e in events[-2:]] == [(True, "n" * 10), (False, "n" * 10)]
    assert events[0].sender == "U" + "a" * 32
    assert events[0].at is not None
    assert events[0].at.isoformat() == "2026-11-22T02:20:00+00:00"


def test_line_asks_whether_we_are_there() -> None:
    """LINE's own check of the webhook has no events."""
    headers, body = line_body()
    assert list(CHANNELS["line"].parse_webhook("", headers, body)) == []


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", MessageState.SENT),
        ("sent", MessageState.SENT),
        ("delivered", MessageState.DELIVERED),
        ("undelivered", MessageState.FAILED),
        ("failed", MessageState.FAILED),
    ],
)
def test_twilio_statuses(status: str, state: MessageState) -> None:
    """Each status becomes a state, with the error's code, our own message's id and an id for deduplication."""
    form = {"MessageSid": "SM1", "MessageStatus": status, "To": "+819011112222", "From": "", "ErrorCode": "30003"}
    [event] = CHANNELS["sms"].parse_webhook(URL, *form_body(form))
    assert (event.type, event.state, event.provider_id) == ("state", state, "SM1")
    assert (event.message_id, event.event_id) == ("m1", f"SM1:{status}")
    assert (event.reason is not None) == (state is MessageState.FAILED)


def test_a_mail_reply() -> None:
    """The words without the quote, the sender, and the address whose token routes it."""
    raw = letter(
        "伺います。\n佐々木\n\n2026年11月22日(日) 12:00 髙橋 / 株式会社エルム <shop@elm.example>:\n> お直しが\n> できあがりました\n"
    )
    [event] = CHANNELS["email"].parse_webhook("mailto:reply+abc@reply.elm.example", {}, raw)
    assert (event.channel, event.type, event.sender) == (Channel.EMAIL, "reply", "hana@example.jp")
    assert (event.recipient, event.subject) == ("reply+abc@reply.elm.example", "Re: お直し")
    assert event.text == "伺います。\n佐々木"


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "shift_jis", "euc-jp", "x-unknown"])
def test_a_mail_in_the_charsets_of_japan(charset: str) -> None:
    """Older mail programs write in other charsets; an unknown one does not lose the reply."""
    known = "utf-8" if charset == "x-unknown" else charset
    head = f"From: a@example.jp\r\nSubject: x\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode()
    [event] = CHANNELS["email"].parse_webhook("mailto:r@x", {}, head + "お待ちしています".encode(known))
    assert event.text == "お待ちしています"


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated"}])
def test_no_person_wrote_this(headers: dict[str, str]) -> None:
    """Absence notes are not replies of hers."""
    assert list(CHANNELS["email"].parse_webhook("mailto:r@x", {}, letter("不在です", **headers))) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("はい\n\nOn Sun, Nov 22, 2026 at 12:00 PM X <shop@elm.example> wrote:\n> a", "はい"),
        ("はい\n\nOn Sun, Nov 22, 2026 at 12:00 PM X\n<shop@elm.example> wrote:\n> a", "はい"),
        ("はい\n\n2026/11/22 12:00、X <shop@elm.example>のメール:\n> a", "はい"),
        ("はい\n-----Original Message-----\nFrom: X", "はい"),
        ("はい\n________________________________\nFrom: X", "はい"),
        ("> 何時がよろしいですか\n3時にします", "3時にします"),
        ("> 全部引用", "> 全部引用"),
        ("2026年に買った服です", "2026年に買った服です"),
        ("11/22 15:00に伺います", "11/22 15:00に伺います"),
    ],
)
def test_quotes_are_cut_and_words_kept(text: str, kept: str) -> None:
    """The usual marks of a quote are known; what is not one stays, and never is everything thrown away."""
    assert without_quote(text) == kept


@pytest.mark.parametrize("name", ["line", "sms"])
def test_a_wrong_signature(name: str) -> None:
    """Another secret, another body, another address, no signature: NotSignedIn each."""
    headers, body = line_body() if name == "line" else form_body({"MessageSid": "SM1", "MessageStatus": "sent"})
    wrong = [({}, body, URL), (headers, body.replace(b"1", b"2").replace(b"Ux", b"Uy"), URL)]
    wrong.append(({key: base64.b64encode(b"x" * 20).decode() for key in headers}, body, URL))
    wrong.append((dict.fromkeys(headers, "not base64 あ"), body, URL))
    if name == "sms":
        wrong.append((headers, body, URL + "x"))
    for given_headers, given_body, url in wrong:
        with pytest.raises(NotSignedIn):
            CHANNELS[name].parse_webhook(url, given_headers, given_body)


@pytest.mark.parametrize("name", ["line", "sms"])
def test_without_a_secret_nothing_is_believed(name: str) -> None:
    """An empty secret would let anyone sign, so it lets nobody."""
    if name == "line":
        channel: DurableChannel = line("http://x", secret="")
        body = b'{"events":[]}'
        headers = {"x-line-signature": base64.b64encode(hmac.digest(b"", body, hashlib.sha256)).decode()}
    else:
        channel = sms("http://x", token="")
        form = {"MessageSid": "SM1", "MessageStatus": "sent"}
        headers, body = {"x-twilio-signature": twilio_signature("", URL, form)}, urlencode(form).encode()
    with pytest.raises(NotSignedIn):
        channel.parse_webhook(URL, headers, body)


@pytest.mark.parametrize("name", CHANNELS)
@MANY
@given(body=st.binary(max_size=300), headers=HEADERS, url=st.text(max_size=40))
def test_a_thousand_bodies_of_nonsense(name: str, body: bytes, headers: dict[str, str], url: str) -> None:
    """Whatever is posted, the answer is events, BadInput or NotSignedIn."""
    with contextlib.suppress(BadInput, NotSignedIn):
        list(CHANNELS[name].parse_webhook(url, headers, body))


@MANY
@given(events=st.lists(line_events, max_size=3) | json_values)
def test_signed_nonsense_in_line(events: Any) -> None:
    """Nor does a right signature over a wrong body do harm."""
    body = json.dumps({"destination": "U", "events": events}).encode()
    with contextlib.suppress(BadInput):
        list(CHANNELS["line"].parse_webhook("", {"x-line-signature": line_signature("s", body)}, body))


@MANY
@given(
    form=st.dictionaries(
        st.sampled_from(["MessageSid", "MessageStatus", "SmsStatus", "From", "Body", "ErrorCode", "x"]),
        st.sampled_from(["delivered", "received", "SM1", ""]) | st.text(st.characters(codec="utf-8")),
    )
)
def test_signed_nonsense_from_twilio(form: dict[str, str]) -> None:
    """Signed forms with anything in them become events or BadInput."""
    with contextlib.suppress(BadInput):
        list(CHANNELS["sms"].parse_webhook(URL, *form_body(form)))


@MANY
@given(
    names=st.lists(
        st.sampled_from(
            [
                b"From",
                b"Subject",
                b"Content-Type",
                b"Content-Transfer-Encoding",
                b"MIME-Version",
                b"Date",
                b"Message-ID",
            ]
        ),
        max_size=6,
    ),
    values=st.lists(
        st.binary(max_size=40)
        | st.sampled_from([b"multipart/mixed; boundary=x", b"text/html", b"a@b", b"base64", b"=?utf-8?b?44GC?=", b"<"]),
        min_size=6,
        max_size=6,
    ),
    body=st.binary(max_size=200) | st.just(b"--x\r\nContent-Type: text/html\r\n\r\n<p>a"),
)
def test_nonsense_by_mail(names: list[bytes], values: list[bytes], body: bytes) -> None:
    """Broken mail becomes an event or BadInput."""
    raw = b"".join(name + b": " + value + b"\r\n" for name, value in zip(names, values, strict=False)) + b"\r\n" + body
    with contextlib.suppress(BadInput):
        list(CHANNELS["email"].parse_webhook("mailto:reply+abc@x", {}, raw))


@pytest.mark.parametrize("name", ["line", "sms", "app"])
@settings(max_examples=300, deadline=None)
@given(status=st.integers(200, 599), body=st.binary(max_size=60) | json_values.map(lambda v: json.dumps(v).encode()))
def test_an_answer_of_nonsense(name: str, status: int, body: bytes) -> None:
    """A provider, or something in between, may answer anything: the result is a receipt in one of the four states."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/fcm/token" and status % 2:
            return httpx.Response(200, json={"access_token": "ya29.x", "expires_in": 3599})
        return httpx.Response(status, content=body)

    transport = httpx.MockTransport(answer)
    make: Any = {"line": line, "sms": sms, "app": app}[name]
    receipt = make("https://x.example", transport=transport).send(outgoing(name))
    assert isinstance(receipt, Receipt)
    assert receipt.state in (MessageState.SENT, MessageState.FAILED, MessageState.QUEUED, MessageState.UNKNOWN)
    if receipt.state is MessageState.SENT:
        assert status < 300 or status == 409
