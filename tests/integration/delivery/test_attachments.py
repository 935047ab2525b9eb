"""What comes with replies: fetched and looked at by the worker, kept sealed, handed to who may see it, removed in time."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import Engine, delete, select

from sync.delivery.attached import Limits, examine
from sync.delivery.sms import SmsChannel
from sync.model.customer import Channel
from sync.model.outreach import Attachment, AttachmentState, Direction, Message, Reason
from sync.ports import ChannelEvent, Examined, Fetched, Incoming
from sync.sandbox.twilio import signature
from sync.server.attachments import GIVEN_UP_AFTER, MOST_TRIES, TakingIn
from sync.server.database import reading, transaction
from sync.server.repository import attachments
from sync.server.repository.attachments import LEASE, vault_of
from sync.server.repository.delivery import Delivery
from sync.server.tables import messages
from sync.server.tables_edges import attachments as table
from tests.integration.delivery.house import CUSTOMER, MovableClock, all_of

VAULT = vault_of("s" * 32)
LIMITS = Limits()


def jpeg() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", comment=b"where she lives")
    return out.getvalue()


class Held:
    """A provider that holds content, and says what it is told to say."""

    def __init__(self, *answers: Fetched) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, int]]()

    def fetch(self, remote_id: str, most: int) -> Fetched:
        self.asked.append((remote_id, most))
        return self.answers.pop(0)


def taking_in(
    engine: Engine, clock: MovableClock, *answers: Fetched, look: Callable[[bytes], Examined] | None = None
) -> tuple[TakingIn, Held]:
    line = Held(*answers)
    look = look or partial(examine, limits=LIMITS)
    take = TakingIn(engine, clock, VAULT, examine=look, fetching={Channel.LINE: line}, most=LIMITS.each, days=365)
    return take, line


def reply(store: Delivery, *came: Incoming, event_id: str = "e1") -> None:
    store.apply_event(
        ChannelEvent(
            type="reply",
            channel=Channel.LINE,
            event_id=event_id,
            sender=CUSTOMER.line_user_id,
            text="［画像］",
            attachments=came,
        )
    )


def told(engine: Engine) -> list[Attachment]:
    return [
        one
        for message in all_of(engine, Message)
        if isinstance(message, Message) and message.direction is Direction.IN
        for one in message.attachments
    ]


def rows(engine: Engine) -> list[bytes | None]:
    with reading(engine) as conn:
        return list(conn.scalars(select(table.c.content)))


def test_a_picture_of_line(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """The webhook stores no more than that there is one; the worker fetches it once, and what is kept is sealed."""
    reply(store, Incoming(what="image", remote_id="123"))
    assert [one.state for one in told(engine)] == [AttachmentState.WAITING]
    take, line = taking_in(engine, clock, Fetched(content=jpeg()))
    assert (take(), take()) == (1, 0)
    assert line.asked == [("123", LIMITS.each)]
    [one] = told(engine)
    assert (one.state, one.media_type, one.size > 0) == (AttachmentState.KEPT, "image/jpeg", True)
    [sealed] = rows(engine)
    assert sealed is not None
    assert not any(word in sealed for word in (b"JFIF", b"where she lives"))
    with reading(engine) as conn:
        seen = attachments.find(conn, VAULT, one.id, lambda hers: hers == CUSTOMER.id)
        assert attachments.find(conn, VAULT, one.id, lambda _hers: False) is None
    assert seen is not None
    assert (seen.content[:3], len(seen.content), b"where" in seen.content) == (b"\xff\xd8\xff", one.size, False)


def test_what_came_by_mail_and_why_it_is_not_kept(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Of what is refused, at the door or when it is looked at, only the reason stays."""
    reply(
        store,
        Incoming(what="image", content=jpeg()[:200]),
        Incoming(what="file", reason=Reason(code="attachment_type")),
    )
    take, _ = taking_in(engine, clock)
    assert take() == 1
    assert [one.reason.code for one in told(engine) if one.reason] == ["attachment_damaged", "attachment_type"]
    assert rows(engine) == []


def test_a_provider_that_is_away_is_asked_again(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """After longer and longer pauses, and given up after two days with a reason that staff can read."""
    reply(store, Incoming(what="image", remote_id="1"))
    take, line = taking_in(engine, clock, *[Fetched()] * 3)
    assert (take(), take(), len(line.asked)) == (1, 0, 1)
    clock.pass_by(seconds=5)
    assert (take(), take(), len(line.asked)) == (1, 0, 2)
    clock.now += GIVEN_UP_AFTER
    assert take() == 1
    assert [one.reason and one.reason.code for one in told(engine)] == ["attachment_not_fetched"]


def test_whoever_dies_half_way_is_followed(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """What was fetched is not fetched again; what ends the process each time it is looked at is let be."""
    reply(store, Incoming(what="image", remote_id="1"))

    def die(_raw: bytes) -> Examined:
        raise KeyboardInterrupt

    take, line = taking_in(engine, clock, Fetched(content=jpeg()), look=die)
    for _ in range(MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            take()
        assert take() == 0, "nobody else takes it while it is being looked at"
        clock.now += LEASE
    assert (take(), len(line.asked)) == (1, 1)
    assert [one.reason and one.reason.code for one in told(engine)] == ["attachment_damaged"]


def test_an_event_that_comes_twice(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Delivered again by the provider, what came with it is there once."""
    for _ in range(2):
        reply(store, Incoming(what="image", content=jpeg()))
    assert (len(rows(engine)), len(told(engine))) == (1, 1)


def test_kept_for_as_long_as_the_house_says(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Then the bytes go, and staff see that there was something."""
    reply(store, Incoming(what="image", content=jpeg()))
    take, _ = taking_in(engine, clock)
    take()
    clock.now += timedelta(days=364)
    assert take.forget_old() == 0
    clock.now += timedelta(days=2)
    assert take.forget_old() == 1
    [one] = told(engine)
    assert (one.state, one.reason) == (AttachmentState.REMOVED, Reason(code="attachment_removed", params={"days": 365}))
    assert rows(engine) == []


def test_it_goes_with_the_customer(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Whatever removes her messages removes what came with them; the database sees to it."""
    reply(store, Incoming(what="image", content=jpeg()), event_id="e1")
    reply(store, Incoming(what="image", remote_id="1"), event_id="e2")
    take, _ = taking_in(engine, clock, Fetched())
    take()
    assert len(rows(engine)) == 2
    with transaction(engine) as conn:
        conn.execute(delete(messages).where(messages.c.customer_id == CUSTOMER.id))
    assert rows(engine) == []


def test_media_of_a_text_message_is_not_taken() -> None:
    """No provider's address is followed for it, and staff see that there was something."""
    url = "https://elm.example/webhooks/twilio/status"
    form = {"SmsSid": "SM1", "SmsStatus": "received", "From": "+14155550100", "Body": "", "NumMedia": "2"}
    form["MediaUrl0"] = "http://169.254.169.254/"
    channel = SmsChannel(api="http://x", account_sid="AC", auth_token="t", sender="ELM")
    body = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in form.items()).encode()
    [event] = channel.parse_webhook(url, {"x-twilio-signature": signature("t", url, form)}, body)
    assert [(one.reason and one.reason.code, one.remote_id, one.content) for one in event.attachments] == [
        ("attachment_mms", "", None)
    ] * 2
