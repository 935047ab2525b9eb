"""Replies by mail, over real SMTP, from the customer's mail program to her timeline."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from sqlalchemy import Engine

from sync.delivery.email import EmailChannel
from sync.model.customer import Channel
from sync.model.outreach import Direction, Message
from sync.server.mail_inbound import SIZE_LIMIT, MailInbound
from sync.server.repository.delivery import Delivery
from tests.integration.delivery.house import CUSTOMER, MovableClock, all_of, message, put


@pytest.fixture
def address(store: Delivery, engine: Engine, clock: MovableClock) -> str:
    """The Reply-To of a mail that is being sent."""
    ours = message(Channel.EMAIL, id="ours")
    put(engine, clock, ours)
    claimed = store.claim(ours.id)
    assert claimed is not None
    return f"reply+{claimed.reply_token}@reply.elm.example"


@pytest.fixture
def smtp(store: Delivery, clock: MovableClock) -> Iterator[smtplib.SMTP]:
    channel = EmailChannel(host="127.0.0.1", port=25, mail_from="shop@elm.example", clock=clock)
    inbound = MailInbound(channel, store, store.knows_reply_address, host="127.0.0.1", port=0)
    with smtplib.SMTP("127.0.0.1", inbound.start(), timeout=10) as client:
        yield client
    inbound.stop()


def letter(text: str = "伺います。") -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = CUSTOMER.email, "Re: お取り置き", "<1@example.jp>"
    made.set_content(f"{text}\n\n> お品物が届きました。\n")
    return made.as_bytes()


def received(engine: Engine) -> list[Message]:
    return [m for m in all_of(engine, Message) if isinstance(m, Message) and m.direction is Direction.IN]


def test_a_reply_comes_into_her_timeline(smtp: smtplib.SMTP, engine: Engine, address: str) -> None:
    """Delivered twice by her provider, it is there once, in answer to our mail, without the quote."""
    for _ in range(2):
        smtp.sendmail(CUSTOMER.email, [address], letter())
    [reply] = received(engine)
    assert (reply.body, reply.in_reply_to, reply.customer_id) == ("伺います。", "ours", CUSTOMER.id)


def test_something_attached_is_told(smtp: smtplib.SMTP, engine: Engine, address: str) -> None:
    """A picture waits to be looked at, a page that could run is not taken in, and staff see that there were two."""
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = CUSTOMER.email, "Re: お取り置き", "<2@example.jp>"
    made.set_content("このような感じです。")
    made.add_attachment(b"<script>", maintype="text", subtype="html", filename="a.html")
    made.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="a.jpg")
    smtp.sendmail(CUSTOMER.email, [address], made.as_bytes())
    [reply] = received(engine)
    assert reply.body == "このような感じです。\n［添付ファイル 2件］"
    assert [one.state.value for one in reply.attachments] == ["refused", "waiting"]


def test_an_address_we_never_gave_out(smtp: smtplib.SMTP, engine: Engine, address: str) -> None:
    """Refused at the door with 550."""
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.sendmail(CUSTOMER.email, ["reply+" + "a" * 26 + "@reply.elm.example"], letter())
    assert {code for code, _ in refused.value.recipients.values()} == {550}
    assert received(engine) == []


def test_a_mail_that_is_too_large(smtp: smtplib.SMTP, engine: Engine, address: str) -> None:
    """Refused with 552, and the next mail on the connection is taken."""
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        smtp.sendmail(CUSTOMER.email, [address], letter("x" * 70 + "\n") + b"x\r\n" * SIZE_LIMIT)
    assert refused.value.smtp_code == 552
    smtp.sendmail(CUSTOMER.email, [address], letter())
    assert len(received(engine)) == 1


def test_a_mail_without_a_sender(smtp: smtplib.SMTP, engine: Engine, address: str) -> None:
    """Refused for good, with nothing stored."""
    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.sendmail(CUSTOMER.email, [address], b"Subject: x\r\n\r\nx")
    assert refused.value.smtp_code == 554
    assert received(engine) == []
