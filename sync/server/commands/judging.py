"""The gate, asked by the server: the tablet asked before, with what it knew."""

from datetime import datetime

from sync.model.customer import Channel, Customer
from sync.model.outreach import Cause
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy import gate
from sync.policy.facts import CustomerFacts, facts_from
from sync.policy.sender import Sender
from sync.server.commands.base import Context, Refusal
from sync.server.repository.zones import zone_of


def judged(
    context: Context,
    customer: Customer,
    shop: Shop,
    *,
    cause: Cause,
    channel: Channel,
    message_id: str | None = None,
    planned_for: datetime | None = None,
    instead_of: str | None = None,
    follow_up_id: str | None = None,
    body: str | None = None,
    person: Staff | None = None,
) -> gate.Decision:
    """Return the gate's yes; refuse with its first reason, all of them in the parameter `reasons`.

    `instead_of` names a draft that this message replaces: it counts for nothing any more. `person` is in
    whose name it would go, None for the shop's; a message that is there already says so itself.
    """
    facts = facts_from(one for one in context.records.range_of(customer.id) if one.id != instead_of)
    decision = gate.judge(
        facts,
        cause=cause,
        channel=channel,
        now=context.now,
        zone=zone_of(context.records, customer, shop),
        playbook=context.tools.playbook,
        message_id=message_id,
        planned_for=planned_for,
        follow_up_id=follow_up_id,
        staff_id=context.staff.id,
        sender=_sender(context, facts, shop, message_id, person),
        body=body,
    )
    if not decision.allowed:
        first = decision.refusals[0]
        reasons = [reason.model_dump(mode="json") for reason in decision.reasons]
        raise Refusal(first.code, **first.params, reasons=reasons)
    return decision


def _sender(
    context: Context, facts: CustomerFacts, shop: Shop, message_id: str | None, person: Staff | None
) -> Sender | None:
    retailer = context.records.get(RetailerSettings, "retailer")
    if retailer is None:
        return None
    message = next((one for one in facts.messages if one.id == message_id), None)
    if message is None:
        return Sender(shop, retailer, person)
    return Sender(shop, retailer, context.records.get(Staff, message.staff_id) if message.staff_id else None)
