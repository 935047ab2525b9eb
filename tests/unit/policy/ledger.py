"""The rules of the gate once more, read plainly and from the records alone: what the property tests hold it against."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import combinations

from sync.model.customer import (
    AppointmentState,
    BrowseEvent,
    Channel,
    Consent,
    ConsentPurpose,
    ConsentState,
    Feeling,
    Pace,
)
from sync.model.outreach import Cause, Direction, Message, Purpose
from sync.model.shop import Pause
from sync.policy.facts import CustomerFacts
from sync.policy.gate import purpose_of
from sync.policy.playbook import Playbook
from sync.policy.sender import Sender

CAPPED = (Purpose.RELATIONSHIP, Purpose.CAMPAIGN)
NOT_SENT = {"failed", "cancelled", "blocked", "returned", "received"}
WENT = {"sent", "delivered", "unknown"}
LIMITS = {Channel.LINE: 5000, Channel.SMS: 670, Channel.EMAIL: 20_000, Channel.APP: 500}


@dataclass(frozen=True, slots=True)
class House:
    playbook: Playbook
    closed: frozenset[str] = frozenset()
    """MM-DD of the days, of those that matter here, on which it rests."""
    capped: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """A message of this cause and channel, in the making or (`mine`) among the facts, that the gate is asked of at `now`."""

    facts: CustomerFacts
    cause: Cause
    channel: Channel
    now: datetime
    zone: tzinfo
    house: House
    sender: Sender
    body: str
    planned_for: datetime | None = None
    mine: Message | None = None
    follow_up_id: str | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def written(self) -> datetime:
        return self.mine.at if self.mine else self.now

    @property
    def earliest(self) -> datetime:
        """When it would arrive if nothing but its own plan held it."""
        planned = self.mine.send_after if self.mine else self.planned_for
        return max(self.now, planned or self.now)

    @property
    def others(self) -> list[Message]:
        """Our other messages that count as contacts."""
        ours = self.facts.messages
        return [m for m in ours if m.purpose in CAPPED and m.state.value not in NOT_SENT and m is not self.mine]


def forbidden(case: Case, when: datetime) -> Iterator[str]:
    """Name what forbids that the message arrives at `when`; `scenes.SCENES` has one for each of the names."""
    yield from _from_here(case)
    yield from _opted_out(case)
    there = when.astimezone(case.zone)
    if not (7 <= there.hour < 21 if purpose_of(case.cause) is Purpose.REPLY else 9 <= there.hour < 20):
        yield "quiet hours"
    if case.mine is not None and when - arrives(case.mine) > timedelta(hours=72):
        yield "expired"
    if purpose_of(case.cause) is Purpose.REPLY:
        hers = [m for m in case.facts.messages if m.direction is Direction.IN]
        if not any(timedelta() <= when - m.at <= timedelta(hours=72) for m in hers):
            yield "nothing to answer"
    yield from _gone(case, when)
    if purpose_of(case.cause) in CAPPED:
        yield from _not_agreed(case)
        yield from _unwanted(case, when)
        yield from _too_much(case, when)
        yield from _said_twice(case)
        if f"{there:%m-%d}" in case.house.closed:
            yield "closed"


def arrives(one: Message) -> datetime:
    return max(one.at, one.send_after or one.at)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _from_here(case: Case) -> Iterator[str]:
    staff, house, shop = case.sender.staff, case.sender.retailer, case.sender.shop
    if staff is not None and not staff.active:
        yield "staff left"
    if case.channel in (Channel.SMS, Channel.EMAIL) and not (
        house.legal_name and house.postal_address and house.contact
    ):
        yield "sender's details"
    footer = house.legal_name + house.public_url + "/c/" + "x" * 26 if case.channel is Channel.SMS else ""
    if units(case.body) + units(footer) > LIMITS[case.channel]:
        yield "too long"
    her = case.facts.customer
    if not {
        Channel.LINE: her.line_user_id,
        Channel.SMS: her.phone,
        Channel.EMAIL: her.email,
        Channel.APP: her.app_token,
    }[case.channel]:
        yield "no address"
    named = {("all", ""), ("region", shop.region), ("shop", shop.id), ("template", case.mine and case.mine.template)}
    for pause in case.pauses:
        stands = pause.since <= case.now and not (pause.ended_at and pause.ended_at <= case.now)
        if stands and (pause.scope.value, pause.value) in named:
            yield f"{pause.scope.value} paused"


def _ledger(case: Case, purpose: ConsentPurpose) -> Consent | None:
    """The latest entry about a purpose that speaks for the channel."""
    here = [c for c in case.facts.consents if c.channel in (None, case.channel) and c.purpose is purpose]
    return max(here, key=lambda c: (c.at, c.state is ConsentState.REFUSED), default=None)


def _opted_out(case: Case) -> Iterator[str]:
    last = _ledger(case, ConsentPurpose.ALL)
    if last is not None and last.state is ConsentState.REFUSED:
        unfollowed = "blocked" if last.source == "line_unfollow" else "opted out"
        yield "do not contact" if last.channel is None else unfollowed


def _not_agreed(case: Case) -> Iterator[str]:
    everything = _ledger(case, ConsentPurpose.ALL)
    campaign = _ledger(case, ConsentPurpose.CAMPAIGN) or everything
    relationship = _ledger(case, ConsentPurpose.RELATIONSHIP) or everything or campaign
    asked = campaign if purpose_of(case.cause) is Purpose.CAMPAIGN else relationship
    if asked is None:
        yield "no consent"
    elif asked.state is ConsentState.REFUSED and asked.purpose is not ConsentPurpose.ALL:
        yield "refused"


def _gone(case: Case, when: datetime) -> Iterator[str]:
    facts, cause, written = case.facts, case.cause, case.written
    bought = any(written < o.at <= when for o in facts.orders if not o.refunded)
    if bought and cause.value in ("after_visit", "cart_left", "lapsed", "web_up", "wanted_in_stock"):
        yield "bought since"
    if any(written < at <= when for at in _came(facts)) and cause.value in ("lapsed", "web_up"):
        yield "came since"
    if cause is Cause.APPOINTMENT:
        then_ahead = [a for a in facts.appointments if a.booked_at <= written < a.at]
        if then_ahead and not any(a.state is AppointmentState.BOOKED and a.at > when for a in then_ahead):
            yield "no appointment left"
    orders = sorted((o for o in facts.orders if o.at <= written), key=lambda o: (o.at, o.id))
    if orders and cause is Cause.FIRST_PURCHASE and orders[0].refunded:
        yield "went back"
    if orders and cause is Cause.AFTER_PURCHASE and orders[-1].refunded:
        yield "went back"


def _came(facts: CustomerFacts) -> list[datetime]:
    met = [a.at for a in facts.appointments if a.state is AppointmentState.DONE]
    return [v.at for v in facts.visits] + [o.at for o in facts.orders] + met


def _unwanted(case: Case, when: datetime) -> Iterator[str]:
    facts = case.facts
    if facts.customer.pace is Pace.QUIET:
        yield "left in peace"
    notes = sorted((n for n in facts.interactions if n.at <= when), key=lambda n: (n.at, n.id))
    for opens, closes in (("complaint", "complaint_resolved"), ("return", "return_settled")):
        marks = [n.tags[0] for n in notes if n.tags and n.tags[0] in (opens, closes)]
        if marks and marks[-1] == opens:
            yield f"{opens} open"
    felt = [n for n in notes if n.feeling in (Feeling.HAPPY, Feeling.DISPLEASED)]
    if felt and felt[-1].feeling is Feeling.DISPLEASED and when - felt[-1].at < timedelta(days=30):
        yield "displeased"
    mourning = [n.at for n in notes if "bereavement" in n.tags]
    if case.cause.value in ("birthday", "anniversary") and any(when - at < timedelta(days=90) for at in mourning):
        yield "mourning"


def _too_much(case: Case, when: datetime) -> Iterator[str]:
    facts = case.facts
    times = [arrives(m) for m in case.others] + [c.at for c in facts.contacts_elsewhere if c.purpose in CAPPED]
    if case.house.capped and any(abs(when - at) < timedelta(days=7) for at in times):
        yield "one in 7 days"
    if case.house.capped and any(
        max(a, b, when) - min(a, b, when) < timedelta(days=30) for a, b in combinations(times, 2)
    ):
        yield "two in 30 days"
    if facts.customer.pace is Pace.MODEST and any(abs(when - at) < timedelta(days=14) for at in times):
        yield "two weeks between"
    answers = [m.at for m in facts.messages if m.direction is Direction.IN]
    answers += _came(facts) + [a.booked_at for a in facts.appointments]
    sent = [arrives(m) for m in case.others if m.state.value in WENT and arrives(m) <= when]
    silent = [at for at in sent if not any(at <= a <= when for a in answers)]
    if len(silent) >= 2 and when - max(silent) < timedelta(days=90):
        yield "two unanswered"


def _said_twice(case: Case) -> Iterator[str]:
    others, mine, follow_up_id = case.others, case.mine, case.follow_up_id
    if mine is not None:  # of two that wait, the earlier one goes
        waits = ("awaiting_approval", "queued")
        others = [m for m in others if m.state.value not in waits or (m.at, m.id) < (mine.at, mine.id)]
        follow_up_id = mine.follow_up_id
    if follow_up_id and any(m.follow_up_id == follow_up_id for m in others):
        yield "follow-up answered"
    about = sorted(at for at in _about(case) if at <= case.written)
    if about:
        began = about[0] if case.cause is Cause.FIRST_PURCHASE else about[-1]
        if any(m.at >= began for m in others if m.cause is case.cause):
            yield "said before"


def _about(case: Case) -> list[datetime]:
    """When that was which a message of this cause is about."""
    facts, written = case.facts, case.written
    match case.cause.value:
        case "after_visit" | "lapsed":
            return _came(facts)
        case "returned":
            return _came(facts) + [a.booked_at for a in facts.appointments]
        case "web_up":
            return [*_came(facts), written - timedelta(days=42)]
        case "after_purchase" | "first_purchase":
            return [o.at for o in facts.orders]
        case "after_appointment":
            return [a.at for a in facts.appointments]
        case "cart_left":
            return [w.at for w in facts.web if w.event is BrowseEvent.PRODUCT_ADDED]
        case "birthday" | "anniversary":
            return [written - timedelta(days=180)]
        case _:
            return []
