"""What happened between a customer and us, newest first, as rows that a screen can word, and filtered by kind."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sync.model.catalogue import Money
from sync.model.customer import NOTHING_CAME_OF_IT, AppointmentKind, Consent, Interaction, WebActivity
from sync.model.outreach import Direction, Message
from sync.model.slip import Slip, SlipKind
from sync.policy.belongings import GIFT_TAG
from sync.policy.companions import in_order
from sync.policy.consent import spoken
from sync.policy.facts import CustomerFacts
from sync.policy.tact import KEPT

What = Literal[
    "web", "order", "refund", "visit", "note", "sent", "reply", "elsewhere", "appointment", "call", "slip", "consent"
]
FILTERS: Mapping[str, frozenset[What]] = {
    "came": frozenset({"visit", "appointment", "call"}),
    "bought": frozenset({"order", "refund"}),
    "messages": frozenset({"sent", "reply", "elsewhere"}),
    "notes": frozenset({"note"}),
    "web": frozenset({"web"}),
    "slips": frozenset({"slip"}),
    "consents": frozenset({"consent"}),
}
"""What staff look for, and the kinds of entries that it is."""
SESSION = timedelta(minutes=30)
"""So long without a word from the web shop ends what she did there in one go; as web statistics usually cut it."""


@dataclass(frozen=True)
class Entry:
    at: datetime
    what: What
    id: str
    shop_id: str | None = None
    staff_id: str | None = None
    text: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    feeling: str = ""
    amount: Money | None = None
    message: Message | None = None
    means: str = ""
    """How another tool reached her."""
    tool: str = ""
    note: Interaction | None = None
    count: int = 0
    """How many things she looked at in one go; never which ones."""
    answers: str = ""
    """The words of hers that a message of ours answers."""
    slip: Slip | None = None
    consent: Consent | None = None
    companions: tuple[str, ...] = ()
    """With whom she came."""


def timeline(facts: CustomerFacts, now: datetime) -> tuple[Entry, ...]:
    """Return all entries up to `now`, newest first. A session in the web shop is one entry of categories, never of items."""
    entries = [
        *_meetings(facts, now),
        *_purchases(facts),
        *_messages(facts),
        *_sessions(facts, now),
        *_slips(facts),
        *_consents(facts),
    ]
    return tuple(sorted((one for one in entries if one.at <= now), key=lambda one: (one.at, one.id), reverse=True))


def _meetings(facts: CustomerFacts, now: datetime) -> Iterator[Entry]:
    for visit in facts.visits:
        yield Entry(visit.at, "visit", visit.id, visit.shop_id, visit.staff_id, companions=in_order(visit.companions))
    for note in facts.interactions:
        yield Entry(
            note.at,
            "note",
            note.id,
            note.shop_id,
            note.staff_id,
            note.text,
            note.tags,
            feeling=note.feeling or "",
            note=note,
        )
    for one in facts.appointments:
        if one.state in NOTHING_CAME_OF_IT or one.at > now:
            continue
        video = one.appointment_kind is AppointmentKind.VIDEO
        yield Entry(one.at, "call" if video else "appointment", one.id, one.shop_id, one.staff_id, one.subject)


def _purchases(facts: CustomerFacts) -> Iterator[Entry]:
    for order in facts.orders:
        names = "、".join(line.name for line in order.lines[:3])
        yield Entry(
            order.at, "refund" if order.refunded else "order", order.id, order.shop_id, order.staff_id,
            names, (GIFT_TAG,) if any(line.gift for line in order.lines) else (), amount=order.total,
        )  # fmt: skip


def _messages(facts: CustomerFacts) -> Iterator[Entry]:
    words = {message.id: message.body for message in facts.messages if message.direction is Direction.IN}
    for message in facts.messages:
        what: What = "reply" if message.direction is Direction.IN else "sent"
        yield Entry(
            message.at, what, message.id, message.shop_id, message.staff_id, message.body, message=message,
            answers=words.get(message.in_reply_to or "", ""),
        )  # fmt: skip
    for one in facts.contacts_elsewhere:
        yield Entry(one.at, "elsewhere", one.id, text=one.text, means=one.means.value, tool=one.tool)


def _sessions(facts: CustomerFacts, now: datetime) -> Iterator[Entry]:
    """What she did in the web shop of the last 30 days, in one entry for each time she was there."""
    going: list[WebActivity] = []
    for web in facts.web:  # newest first
        if not now - KEPT <= web.at <= now:
            continue
        if going and going[-1].at - web.at > SESSION:
            yield _session(going)
            going = []
        going.append(web)
    if going:
        yield _session(going)


def _session(going: list[WebActivity]) -> Entry:
    often = Counter(web.category for web in going if web.category)
    first = going[-1]
    return Entry(first.at, "web", f"web:{first.id}", categories=tuple(often), count=len(going))


def _slips(facts: CustomerFacts) -> Iterator[Entry]:
    for slip in facts.slips:
        words = (
            "" if slip.slip_kind is SlipKind.COMPLAINT else " ".join(part for part in (slip.item, slip.text) if part)
        )
        for number, step in enumerate(slip.steps):
            state = step.state.value
            yield Entry(step.at, "slip", f"{slip.id}:{number}", slip.shop_id, step.by, words, (state,), slip=slip)


def _consents(facts: CustomerFacts) -> Iterator[Entry]:
    for consent in facts.consents:
        if spoken(consent) is not None:
            yield Entry(consent.at, "consent", consent.id, staff_id=consent.recorded_by, consent=consent)
