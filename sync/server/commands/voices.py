"""In whose name a message goes, decided again by the server, and when somebody is there to answer for it."""

from collections.abc import Callable
from datetime import datetime

from sync.model.commands import QueueMessage
from sync.model.customer import Customer
from sync.model.outreach import Message, Voice
from sync.model.shop import Shop, Staff
from sync.policy.gate import Decision
from sync.policy.whose import asked, in_charge, named, only_shop
from sync.server.commands.base import Context, Refusal
from sync.server.repository.duty import answered_from

Judge = Callable[[datetime | None], Decision]
"""Asks the gate about a message planned for a time; raises Refusal where it may not go then."""


def in_whose_name(context: Context, command: QueueMessage, customer: Customer, shop: Shop) -> Staff | None:
    """Return in whose name a message goes, None for the shop's. Refuses `nobody_in_charge`."""
    charge_id = customer.person_in_charge_id
    charge = context.house.staff(charge_id) if charge_id is not None else None
    charge = in_charge(customer, [charge], shop.id) if charge is not None else None
    if command.voice is Voice.CHARGE and charge is None and not only_shop(command.cause):
        raise Refusal("nobody_in_charge")
    return named(command.voice, command.cause, context.staff, charge)


def time_to_speak(
    context: Context, person: Staff | None, writer_id: str | None, shop: Shop, planned: datetime | None, judge: Judge
) -> datetime:
    """Return when a message goes: when the gate lets it and, in a person's name, somebody is there to answer for it.

    Refuses what the gate refuses for that time, and `off_duty` where nobody who could answer is in the plan any more.
    """

    def opens(at: datetime) -> datetime:
        return judge(at).send_after or context.now

    first = judge(planned).send_after or context.now
    if person is None:
        return first
    at = answered_from(context.records, person, writer_id, shop, first, opens)
    if at is None:
        raise Refusal("off_duty", staff_id=person.id)
    return at


def may_decide(context: Context, message: Message) -> bool:
    """Return whether somebody has the say over a waiting message: a manager of its shop, and the person in whose name
    it is, unless her own messages wait for a manager too."""
    return asked(message, context.staff) or context.manages(message.shop_id)
