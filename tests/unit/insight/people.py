"""Customers with generated histories, close to where the rules change their minds."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sync.model.catalogue import Money
from sync.model.customer import AppointmentState, BrowseEvent, Channel, Order, VisitSource
from sync.model.outreach import Cause, MessageState
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts, facts_from
from tests.unit.policy import build as b

ZONES = ("Asia/Tokyo", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Europe/London")
_DAYS = (
    *(0, 1, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 15, 17, 21),
    *(25, 28, 30, 42, 60, 61, 90, 120, 179, 180, 200, 365, 500, 541),
)
_CAUSES = tuple(cause for cause in Cause if cause not in (Cause.ORDER, Cause.ALTERATION_READY, Cause.HOLD_READY))


def people(many: int, seed: int, now: datetime) -> Iterator[tuple[CustomerFacts, str]]:
    """Return customers and the zones in which their days are counted; the same for the same seed."""
    for number in range(many):
        random = Random(f"{seed}:{number}")
        her = f"customer-{number:05}"
        records = [*_records(random, her, now), *_consents(Random(f"{seed}:{number}:consents"), her, now)]
        yield facts_from(records), random.choice(ZONES)


def _consents(random: Random, her: str, now: datetime) -> Iterator[Any]:
    """A ledger in which entries follow, contradict and coincide with each other; most agree to something."""
    moments = [now - timedelta(days=n) for n in (400, 30, 30, 1)]
    if random.random() < 0.7:
        yield b.consent(None, "all", "granted", now - timedelta(days=500), customer_id=her)
    for _ in range(random.randint(0, 4)):
        purpose = random.choice(("all", "campaign", "campaign", "relationship", "online_history"))
        state = random.choice(("granted", "granted", "refused"))
        channel = random.choice((None, *Channel))
        yield b.consent(channel, purpose, state, random.choice(moments), customer_id=her)


def _records(random: Random, her: str, now: datetime) -> Iterator[Any]:
    def some(most: int) -> range:
        return range(random.choice((0, 0, 1, random.randint(0, most))))

    def past(ahead: float = 0.1) -> datetime:
        """A moment around a day that matters to some rule, now and then exactly at it, or ahead."""
        days = random.choice(_DAYS) * (-1 if random.random() < ahead else 1)
        exactly = random.random() < 0.2
        return now - timedelta(days=days, seconds=0 if exactly else random.randint(-86_400, 86_400))

    hers: dict[str, Any] = {"customer_id": her}
    near = (now + timedelta(days=random.randint(-8, 8))).strftime("%m-%d")
    near = random.choice((near, "02-29", "03-01"))
    expire = now.date() + timedelta(days=random.randint(-1, 25)) if random.random() < 0.3 else None
    others = Random(f"{her}:{now}")
    unreached = {name: "" for name in ("line_user_id", "phone", "email", "app_token") if others.random() < 0.3}
    yield b.customer(
        id=her,
        **unreached,
        anniversary=random.choice(("", near)),
        points=random.choice((499, 500, 3000)),
        points_expire_on=expire,
        rank=random.choice(("", "silver", "gold", "diamond")),
        birthday=random.choice(("", near, "02-29", "02-30", "12-31")),
    )
    rhythm = random.choice((3, 15, 30, 45))
    if random.random() < 0.1:  # long away, and here again
        yield from (b.order(now - timedelta(days=days), **hers) for days in (420, random.choice((181, 182, 300))))
        yield b.visit(now - timedelta(hours=random.choice((2, 71, 73))), **hers)
        return
    for n in some(12):
        day = now - timedelta(days=random.choice(_DAYS[15:])) - timedelta(days=n * rhythm)
        yield _given(others, b.order(day, random.choice(("dress", "bag", "shoes", "coat")), customer_id=her))
    for _ in some(4):
        shop = WEB_SHOP_ID if random.random() < 0.3 else b.GINZA
        fields: dict[str, Any] = {"refunded": random.random() < 0.2, "shop_id": shop}
        if random.random() < 0.1:
            fields["lines"] = ()
        yield _given(others, b.order(past(), random.choice(("dress", "bag", "shoes", "coat")), **hers, **fields))
    for _ in some(5):
        yield b.visit(past(), source=random.choice(tuple(VisitSource)), **hers)
    for _ in some(3):
        booked = past(0)
        at = booked + timedelta(hours=random.choice((1, 20, 47, 48, 49, 72, 300)))
        yield b.appointment(at, booked, state=random.choice(tuple(AppointmentState)), **hers)
    for _ in some(3):
        yield b.note(past(), **hers)
    for _ in some(30):
        at = now - timedelta(
            days=random.choice((0, 1, 3, 6, 7, 8, 13, 14, 15, 20, 41, 42, 43)), hours=random.randint(-1, 1)
        )
        yield b.look(at, random.choice(tuple(BrowseEvent)), **hers)
    for _ in some(4):
        at = past(0.05)
        if random.random() < 0.4:
            yield b.her_message(at).model_copy(update=hers)
            continue
        sent = at + timedelta(hours=3) if random.random() < 0.5 else None
        after = at + timedelta(days=random.randint(0, 4)) if random.random() < 0.3 else None
        state = random.choice(tuple(MessageState))
        yield b.message(
            at, random.choice(_CAUSES), state, random.choice(tuple(Channel)), sent_at=sent, send_after=after, **hers
        )


def _given(random: Random, order: Order) -> Order:
    """Now and then what was bought was a gift, or a dearer gift was bought with it."""
    drawn = random.random()
    if drawn > 0.35 or not order.lines:
        return order
    gift = order.lines[0].model_copy(update={"gift": True})
    if drawn < 0.15:
        return order.model_copy(update={"lines": (gift,)})
    dearer = gift.model_copy(
        update={
            "category": random.choice(("dress", "bag", "shoes", "coat")),
            "price": Money(amount=gift.price.amount + 1),
        }
    )
    return order.model_copy(update={"lines": random.choice(((dearer, *order.lines), (*order.lines, dearer)))})
