"""Another way to reach her, where the one that was chosen is closed for now."""

from dataclasses import replace
from datetime import datetime

from sync.model.customer import Channel
from sync.model.outreach import Message
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy import gate
from sync.policy.facts import facts_from
from sync.policy.playbook import Playbook
from sync.policy.sender import Sender
from sync.server.repository.records import Records
from sync.server.repository.zones import zone_of


def other_channel(records: Records, message: Message, playbook: Playbook, now: datetime) -> Channel | None:
    """Return the best other channel by which the gate would let this message's cause go, or None."""
    facts = facts_from(records.range_of(message.customer_id))
    facts = replace(facts, messages=tuple(m for m in facts.messages if m.id != message.id))
    shop = records.get(Shop, message.shop_id)
    if shop is None:
        return None
    retailer = records.get(RetailerSettings, "retailer")
    staff = records.get(Staff, message.staff_id) if message.staff_id else None
    choices = gate.channels(
        facts,
        cause=message.cause,
        now=now,
        zone=zone_of(records, facts.customer, shop),
        playbook=playbook,
        follow_up_id=message.follow_up_id,
        staff_id=message.staff_id,
        sender=Sender(shop, retailer, staff) if retailer else None,
        body=message.body,
    )
    return next((c.channel for c in choices if c.decision.allowed and c.channel is not message.channel), None)
