"""Mail goes over real SMTP in both directions."""

import base64
import smtplib
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sync.delivery.mail_reply import read_reply
from tests.integration.sandbox.conftest import Served


def letter(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    values = {
        "From": "髙橋（銀座本店） <shop@kazane.example>",
        "To": "midori@example.com",
        "Reply-To": "r+abc@reply.kazane.example",
        "Subject": "コートのお直しができあがりました",
        "Message-ID": "<1@kazane.example>",
        **headers,
    }
    for name, value in values.items():
        mail[name] = value
    mail.set_content("佐々木様\n\nお待ちしております。\n配信停止 https://kazane.example/c/abc\n")
    return mail


def send(served: Served, raw: bytes, to: str = "midori@example.com") -> None:
    with smtplib.SMTP(served.config.host, served.config.smtp_port, timeout=5) as smtp:
        smtp.sendmail("shop@kazane.example", [to], raw)


def inbox(served: Served, member: str = "100001") -> list[dict[str, object]]:
    found: list[dict[str, object]] = served.http.get(f"/phone/{member}/inbox.json").json()
    return found


def test_mail_arrives_byte_for_byte_and_readable(served: Served) -> None:
    """The inbox shows From, Reply-To, subject, words and links; the .eml is what came over the wire."""
    raw = letter().as_bytes(policy=default.clone(linesep="\r\n"))
    send(served, raw)
    [mail] = inbox(served)
    assert mail["channel"] == "email"
    assert mail["from"] == "髙橋（銀座本店） <shop@kazane.example>"
    assert mail["reply_to"] == "r+abc@reply.kazane.example"
    assert mail["subject"] == "コートのお直しができあがりました"
    assert mail["text"] == "佐々木様\n\nお待ちしております。\n配信停止 https://kazane.example/c/abc"
    assert mail["links"] == ["https://kazane.example/c/abc"]
    assert served.http.get("/phone/100001/mail/1.eml").content == raw
    assert served.http.get("/phone/100001/mail/2.eml").status_code == 404


def test_a_long_senders_name_is_shown_whole(served: Served) -> None:
    """A name in two encoded words is put together without a blank, as RFC 2047 asks and mail programs do."""
    raw = letter().as_bytes(policy=default.clone(linesep="\r\n"))
    first, second = (
        f"=?utf-8?b?{base64.b64encode(part.encode()).decode()}?=" for part in ("髙橋 / 株式会社カザネ銀座", "本店")
    )
    start, end = raw.index(b"From:"), raw.index(b"To:")
    sender = f"From: {first}\r\n {second} <shop@kazane.example>\r\n".encode()
    send(served, raw[:start] + sender + raw[end:])
    assert inbox(served)[-1]["from"] == "髙橋 / 株式会社カザネ銀座本店 <shop@kazane.example>"


def test_html_mail_is_readable_too(served: Served) -> None:
    """Where there is only HTML its words and links are shown, its style sheet is not."""
    mail = letter()
    mail.set_content(
        '<style>p{color:red}</style><p>新作の<b>お知らせ</b></p><p><a href="https://kazane.example/n">見る</a></p>',
        subtype="html",
    )
    send(served, mail.as_bytes())
    [shown] = inbox(served)
    assert shown["text"] == "新作のお知らせ\n見る"
    assert shown["links"] == ["https://kazane.example/n"]


def test_unknown_mailbox_is_refused(served: Served) -> None:
    """Nobody has this address: 550, as a real mail server says."""
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(served, letter().as_bytes(), "nobody@example.com")
    assert refused.value.recipients["nobody@example.com"][0] == 550


@pytest.mark.parametrize(("fault", "status"), [("429", 451), ("500", 554)])
def test_ordered_faults_are_smtp_answers(served: Served, fault: str, status: int) -> None:
    """One ordered fault spoils one mail; the next one arrives."""
    served.http.post("/demo/faults", json={"provider": "smtp", "fault": fault}).raise_for_status()
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(served, letter().as_bytes())
    assert refused.value.smtp_code == status
    send(served, letter().as_bytes())
    assert len(inbox(served)) == 1


@pytest.mark.parametrize(("fault", "arrived"), [("timeout_before", 0), ("timeout_after", 1)])
def test_a_connection_lost_before_or_after_acceptance(served: Served, fault: str, arrived: int) -> None:
    """The sender sees the same broken connection; only the phone knows whether the mail was accepted."""
    order = {"provider": "smtp", "fault": fault, "seconds": 0.2}
    served.http.post("/demo/faults", json=order).raise_for_status()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(served, letter().as_bytes())
    assert len(inbox(served)) == arrived


class Retailer:
    """The retailer's inbound mail server."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.received.append(envelope)
        return "250 OK"


@pytest.fixture
def retailer(served: Served) -> Iterator[Retailer]:
    handler = Retailer()
    controller = Controller(handler, hostname="127.0.0.1", port=served.config.inbound_mail_port)
    controller.start()
    yield handler
    controller.stop()


def _wait(until: float, done: Callable[[], object]) -> None:
    end = time.monotonic() + until
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_answer_goes_to_reply_to_over_smtp(served: Served, retailer: Retailer) -> None:
    """The customer's answer is mail to the Reply-To address, in the same thread, from her own address."""
    send(served, letter().as_bytes())
    answer = served.http.post("/phone/100001/reply", json={"channel": "mail", "text": "金曜に伺います。"})
    assert answer.status_code == 202
    _wait(5, lambda: retailer.received)
    [envelope] = retailer.received
    assert envelope.rcpt_tos == ["r+abc@reply.kazane.example"]
    assert isinstance(envelope.content, bytes)
    mail = message_from_bytes(envelope.content, policy=default)
    assert mail["In-Reply-To"] == "<1@kazane.example>"
    assert str(make_header(decode_header(mail["Subject"]))) == "Re: コートのお直しができあがりました"
    assert "midori@example.com" in mail["From"].casefold()
    assert mail.get_content().strip() == "金曜に伺います。"


def test_answer_can_quote_the_mail(served: Served, retailer: Retailer) -> None:
    """Mail programs often repeat what is answered; `quote` does so too."""
    send(served, letter().as_bytes())
    served.http.post("/phone/100001/reply", json={"channel": "email", "text": "はい", "quote": True})
    _wait(5, lambda: retailer.received)
    content = retailer.received[0].content
    assert isinstance(content, bytes)
    assert "\n> お待ちしております。" in message_from_bytes(content, policy=default).get_content().replace("\r\n", "\n")


def test_answer_with_a_picture(served: Served, retailer: Retailer) -> None:
    """A picture sent from the mail of her phone is read as what it is by the server's own reader."""
    send(served, letter().as_bytes())
    picture = b"\xff\xd8\xff" + bytes(range(256))
    headers = {"content-type": "image/jpeg"}
    assert served.http.post("/phone/100001/picture/email", content=picture, headers=headers).status_code == 202
    _wait(5, lambda: retailer.received)
    content = retailer.received[0].content
    assert isinstance(content, bytes)
    event = read_reply(content, recipient="r+abc@reply.kazane.example")
    assert event is not None
    assert [(one.what, one.content) for one in event.attachments] == [("image", picture)]


def test_answer_waits_for_a_server_that_is_down(served: Served) -> None:
    """Nobody listens at first; once somebody does, the answer arrives once."""
    send(served, letter().as_bytes())
    served.http.post("/phone/100001/reply", json={"channel": "email", "text": "あとで届く"})
    _wait(5, lambda: served.http.get("/demo/state").json()["waiting"] == 1)
    handler = Retailer()
    controller = Controller(handler, hostname="127.0.0.1", port=served.config.inbound_mail_port)
    controller.start()
    try:
        _wait(8, lambda: handler.received)
        _wait(5, lambda: served.http.get("/demo/state").json()["waiting"] == 0)
    finally:
        controller.stop()
    assert len(handler.received) == 1


def test_inboxes_survive_a_restart(served: Served) -> None:
    """What arrived is still there, raw bytes included, after the world was stopped and started again."""
    raw = letter().as_bytes(policy=default.clone(linesep="\r\n"))
    send(served, raw)
    served.stop()
    served.start()
    assert len(inbox(served)) == 1
    assert served.http.get("/phone/100001/mail/1.eml").content == raw
