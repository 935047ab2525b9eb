"""The gate, asked by the server: the tablet asked before, with what it knew."""

from datetime import datetime

from sync.model.customer import Channel, Customer
from sync.model.outreach import Cause
from sync.model.shop import Shop
from sync.policy import gate
from sync.policy.facts import facts_from
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
) -> gate.Decision:
    """Return the gate's yes; refuse with its first reason, all of them in the parameter `reasons`.

    `instead_of` names a draft that this message replaces: it counts for nothing any more.
    """
    records = (one for one in context.records.range_of(customer.id) if one.id != instead_of)
    decision = gate.judge(
        facts_from(records),
        cause=cause,
        channel=channel,
        now=context.now,
        zone=zone_of(context.records, customer, shop),
        playbook=context.tools.playbook,
        message_id=message_id,
        planned_for=planned_for,
        follow_up_id=follow_up_id,
        staff_id=context.staff.id,
    )
    if not decision.allowed:
        first = decision.refusals[0]
        reasons = [reason.model_dump(mode="json") for reason in decision.reasons]
        raise Refusal(first.code, **first.params, reasons=reasons)
    return decision
