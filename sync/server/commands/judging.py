"""The gate, asked by the server: the tablet asked before, with what it knew."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sync.model.customer import Channel, Customer
from sync.model.outreach import Cause
from sync.model.shop import Shop
from sync.policy import gate
from sync.policy.facts import facts_from
from sync.server.commands.base import Context, Refusal


def judged(
    context: Context,
    customer: Customer,
    shop: Shop,
    *,
    cause: Cause,
    channel: Channel,
    message_id: str | None = None,
    planned_for: datetime | None = None,
) -> gate.Decision:
    """Return the gate's yes; refuse with its first reason, all of them in the parameter `reasons`."""
    decision = gate.judge(
        facts_from(context.records.range_of(customer.id)),
        cause=cause,
        channel=channel,
        now=context.now,
        zone=_zone(context, customer, shop),
        playbook=context.tools.playbook,
        message_id=message_id,
        planned_for=planned_for,
    )
    if not decision.allowed:
        first = decision.refusals[0]
        reasons = [reason.model_dump(mode="json") for reason in decision.reasons]
        raise Refusal(first.code, **first.params, reasons=reasons)
    return decision


def _zone(context: Context, customer: Customer, shop: Shop) -> ZoneInfo:
    """Return hers, else that of her home shop, else that of the shop that writes."""
    if customer.time_zone:
        try:
            return ZoneInfo(customer.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            pass  # what another system called it; her home shop's is the next best
    home = context.records.get(Shop, customer.home_shop_id) if customer.home_shop_id else None
    return ZoneInfo((home or shop).time_zone)
