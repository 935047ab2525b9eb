"""In whose name a message goes: that of who writes it, that of the person in charge, or the shop's.

A message in a person's name calls for an answer by that person. So it goes only while she, or somebody who stands in for
her, is at work within three hours, and where nobody will be it waits, or goes in the shop's name. A shop that tells no
shifts cannot be held to that: there the rule does not hold.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sync.model.customer import Customer, Interaction, Order, Visit
from sync.model.outreach import Cause, Message, MessageState, Purpose, Voice
from sync.model.shop import Role, Shift, Staff
from sync.policy.facts import CustomerFacts
from sync.policy.gate import purpose_of
from sync.policy.speaker import Speaker, speaks_for

SOON = timedelta(hours=3)
"""Whoever comes to work within this time is as good as there."""
PLANNED_NEAR = timedelta(days=14)
"""A shop without any shift this near tells nobody when its people work."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One name in which somebody may write. `staff` is None for the shop's."""

    voice: Voice
    staff: Staff | None
    from_: datetime | None
    """From when it may go in this name; None where no shift to come is known."""


def on_duty(shifts: Iterable[Shift], staff_id: str, at: datetime) -> bool:
    """Return whether somebody is at work at a moment, or comes within the three hours after it."""
    return any(one.staff_id == staff_id and one.starts_at - SOON <= at < one.ends_at for one in shifts)


def next_duty(shifts: Iterable[Shift], staff_id: str, after: datetime) -> datetime | None:
    """Return the first moment (UTC) from `after` on at which somebody is on duty, or None where no shift is to come."""
    coming = (one.starts_at - SOON for one in shifts if one.staff_id == staff_id and after < one.ends_at)
    first = min(coming, default=None)
    return max(first, after).astimezone(UTC) if first is not None else None


def plan_known(shifts: Iterable[Shift], shop_id: str, at: datetime) -> bool:
    """Return whether a shop tells when its people work. Where it does not, nobody is held to being on duty."""
    return any(one.shop_id == shop_id and abs(one.starts_at - at) < PLANNED_NEAR for one in shifts)


def answering(person: Staff, writer_id: str | None, staff: Iterable[Staff], shop_id: str) -> tuple[str, ...]:
    """Return the ids of those of whom one has to be on duty for a message in a person's name.

    That is the person, the stand-in who is named for her, and else the colleague who wrote it for her; a stand-in only
    who is among `staff` and works in the shop.
    """
    here = {one.id for one in staff if one.active and works_in(one, shop_id)}
    stand_in = person.stand_in_id or writer_id
    return (person.id, stand_in) if stand_in in here and stand_in != person.id else (person.id,)


def speaking_time(
    shifts: Sequence[Shift],
    staff_ids: Collection[str],
    after: datetime,
    opens: Callable[[datetime], datetime] = lambda at: at,
) -> datetime | None:
    """Return the first moment from `after` on at which one of these people is on duty and customers may be written to.

    `opens` gives the first moment from another on that quiet hours leave free. None where no shift to come fits.
    """
    at = opens(after)
    while not any(on_duty(shifts, one, at) for one in staff_ids):
        duties = [duty for one in staff_ids if (duty := next_duty(shifts, one, at)) is not None]
        if not duties:
            return None
        at = opens(min(duties))
    return at


def only_shop(cause: Cause) -> bool:
    """Return whether only the shop may write for a cause: its book-keeping, and what goes to many at once."""
    return speaks_for(cause) is Speaker.SHOP or purpose_of(cause) is Purpose.CAMPAIGN


def works_in(staff: Staff, shop_id: str) -> bool:
    """Return whether someone works, or lends a hand, in a shop. Stylists work for all of them."""
    return staff.role is Role.STYLIST or shop_id in (staff.shop_id, *staff.helps_shop_ids)


def in_charge(customer: Customer, staff: Iterable[Staff], shop_id: str) -> Staff | None:
    """Return the person in charge of a customer, if among these people, still with us and working in the shop: nobody
    is told of somebody whom she would not find there."""
    found = next((one for one in staff if one.id == customer.person_in_charge_id and one.active), None)
    return found if found is not None and works_in(found, shop_id) else None


def longest_known(facts: CustomerFacts, staff: Iterable[Staff]) -> Staff | None:
    """Return who of these people has met a customer on the most days, and lately where two have; None where nobody has."""
    days: defaultdict[str, set[date]] = defaultdict(set)
    meetings: tuple[Visit | Order | Interaction, ...] = (*facts.visits, *facts.orders, *facts.interactions)
    for met in meetings:
        if met.staff_id is not None:
            days[met.staff_id].add(met.at.date())
    active = (one for one in staff if one.active and days[one.id])
    return max(active, key=lambda one: (len(days[one.id]), max(days[one.id]), one.id), default=None)


def named(voice: Voice, cause: Cause, writer: Staff, charge: Staff | None) -> Staff | None:
    """Return in whose name a message goes, None for the shop's. Who may not speak for the cause leaves it to the shop; a
    voice of nobody in charge is the writer's own."""
    if voice is Voice.SHOP or only_shop(cause):
        return None
    return charge if voice is Voice.CHARGE and charge is not None else writer


def voices(
    customer: Customer,
    me: Staff,
    staff: Sequence[Staff],
    shifts: Sequence[Shift],
    at: datetime,
    cause: Cause,
    shop_id: str,
    opens: Callable[[datetime], datetime] = lambda at: at,
) -> tuple[Choice, ...]:
    """Return in whose name `me` may write to a customer from a shop, at `at` or later; as herself first, the shop last.

    `opens` gives the first moment from another on at which customers may be written to.
    """
    shop = Choice(Voice.SHOP, None, at.astimezone(UTC))
    if only_shop(cause):
        return (shop,)
    people = [(Voice.SELF, me)]
    charge = in_charge(customer, staff, shop_id)
    if charge is not None and charge.id != me.id:
        people.append((Voice.CHARGE, charge))
    planned = plan_known(shifts, shop_id, at)
    made = []
    for voice, person in people:
        behind = answering(person, me.id, staff, shop_id)
        made.append(Choice(voice, person, speaking_time(shifts, behind, at, opens) if planned else at.astimezone(UTC)))
    return (*made, shop)


def asked(message: Message, who: Staff) -> bool:
    """Return whether a message in somebody's name, written by a colleague, waits for that person's word. Who may only
    draft is not asked: a manager is, as for everything else of that person's."""
    theirs = message.staff_id == who.id != message.writer_id
    return theirs and who.may_send and message.state is MessageState.AWAITING_APPROVAL
