"""Which looks at customers' records stand out, so that a manager asks about them. Pure: events in, flags out.

A flag is no verdict. It names the rule, who it is about, and the events, and it is the manager who knows whether a colleague
was asked to prepare for an evening, or was curious.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sync.model.shop import Shift
from sync.policy.whose import plan_known

Rule = Literal["many_profiles", "bulk_reveal", "off_shift", "others_customers", "vip"]
RULES: tuple[Rule, ...] = ("many_profiles", "bulk_reveal", "off_shift", "others_customers", "vip")
OCCASIONS = frozenset(("scan", "appointment", "call", "follow_up"))
"""What somebody came for that brings its own reason: the customer is there, is expected, or is to be written to."""
LOOKS = frozenset(("view", "reveal", "attachment"))
ARRIVAL = "check_in"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where usual ends, in one place. Chosen for a shop where one person serves about five customers an hour."""

    many_profiles: int = 20
    """Customers whom nobody had an occasion to open,"""
    many_within: timedelta = timedelta(minutes=30)
    """within this time."""
    bulk_reveal: int = 10
    """Customers whose number or address was revealed,"""
    reveal_within: timedelta = timedelta(hours=1)
    off_shift_by: timedelta = timedelta(hours=1)
    """How long before and after a shift is still usual: opening, closing, and a talk that lasts."""
    off_shift: int = 1
    """Customers, off shift, that are one too many."""
    others_customers: int = 8
    """Customers in a colleague's charge, without an occasion,"""
    others_within: timedelta = timedelta(hours=12)
    vip: int = 3
    """Customers of the highest rank, without an occasion and in nobody's or a colleague's charge,"""
    vip_within: timedelta = timedelta(hours=12)
    here_for: timedelta = timedelta(hours=12)
    """How long before and after an arrival it is occasion enough."""


class Event(NamedTuple):
    """One look, or an arrival in the shop."""

    row_id: int
    at: datetime
    """When it was done; for what was done without a network, by the device's clock."""
    what: str
    purpose: str
    staff_id: str
    customer_id: str


class Flag(NamedTuple):
    """What stands out: the rule, who, and their events in the order of time."""

    rule: Rule
    staff_id: str
    events: tuple[Event, ...]

    @property
    def id(self) -> str:
        """Stays the same while more events of the same stretch come."""
        return f"{self.rule}:{self.events[0].row_id}"

    @property
    def customers(self) -> int:
        """How many customers it is about."""
        return len({one.customer_id for one in self.events})


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of the shop beside the events."""

    shop_id: str
    shifts: Sequence[Shift] = ()
    in_charge: Mapping[str, str] = field(default_factory=dict)
    """Customer id to the member of staff who looks after her; who is in nobody's charge is missing."""
    vips: Collection[str] = frozenset()
    """Customers of the highest rank."""


def unusual(events: Iterable[Event], around: Around, limits: Thresholds | None = None) -> list[Flag]:
    """Return what stands out, the newest first. `events` may come in any order."""
    allowed = limits or Thresholds()
    ordered = sorted(events, key=lambda one: (one.at, one.row_id))
    arrivals: dict[str, list[datetime]] = {}
    theirs: dict[str, list[Event]] = {}
    for one in ordered:
        if one.what == ARRIVAL:
            arrivals.setdefault(one.customer_id, []).append(one.at)
        elif one.what in LOOKS:
            theirs.setdefault(one.staff_id, []).append(one)

    def idle(one: Event) -> bool:
        """Without an occasion."""
        here = arrivals.get(one.customer_id, ())
        return one.purpose not in OCCASIONS and not any(abs(one.at - at) <= allowed.here_for for at in here)

    found = [flag for staff_id, looks in theirs.items() for flag in _of_one(staff_id, looks, idle, around, allowed)]
    return sorted(found, key=lambda flag: (flag.events[-1].at, flag.id), reverse=True)


def _of_one(
    staff_id: str, looks: Sequence[Event], idle: Callable[[Event], bool], around: Around, allowed: Thresholds
) -> Iterator[Flag]:
    without = [one for one in looks if idle(one)]
    colleagues = [one for one in without if around.in_charge.get(one.customer_id, staff_id) != staff_id]
    vips = [
        one for one in without if one.customer_id in around.vips and around.in_charge.get(one.customer_id) != staff_id
    ]
    off = [one for one in looks if _off_shift(one, around, allowed.off_shift_by)]
    rules: tuple[tuple[Rule, Sequence[Event], int, timedelta], ...] = (
        ("many_profiles", without, allowed.many_profiles, allowed.many_within),
        ("bulk_reveal", [one for one in looks if one.what == "reveal"], allowed.bulk_reveal, allowed.reveal_within),
        ("off_shift", off, allowed.off_shift, allowed.off_shift_by),
        ("others_customers", colleagues, allowed.others_customers, allowed.others_within),
        ("vip", vips, allowed.vip, allowed.vip_within),
    )
    for rule, those, least, within in rules:
        for stretch in stretches(those, within, least, lambda one: one.customer_id):
            yield Flag(rule, staff_id, tuple(stretch))


def _off_shift(one: Event, around: Around, by: timedelta) -> bool:
    """Whether somebody was at work nowhere near this time. A shop that tells no shifts holds nobody to them."""
    if not plan_known(around.shifts, around.shop_id, one.at):
        return False
    mine = (each for each in around.shifts if each.staff_id == one.staff_id)
    return not any(each.starts_at - by <= one.at <= each.ends_at + by for each in mine)


def stretches(
    events: Sequence[Event], within: timedelta, least: int, key: Callable[[Event], Hashable]
) -> Iterator[list[Event]]:
    """Yield the stretches of events (which are in the order of time) of which any `within` holds `least` different keys.

    Windows that overlap are one stretch: an hour of it is one flag, not thirty.
    """
    inside: dict[Hashable, int] = {}
    first = 0
    marked: list[tuple[int, int]] = []
    for last, one in enumerate(events):
        inside[key(one)] = inside.get(key(one), 0) + 1
        while one.at - events[first].at > within:
            gone = key(events[first])
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        if len(inside) >= least:
            if marked and first <= marked[-1][1]:
                marked[-1] = (marked[-1][0], last)
            else:
                marked.append((first, last))
    for begin, end in marked:
        yield list(events[begin : end + 1])
