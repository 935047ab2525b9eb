"""Whether a message may go now: everything that is asked in the transaction that claims it, and again as it begins."""

from datetime import datetime, timedelta

from sync.model.outreach import Message, Reason
from sync.policy import gate
from sync.policy.facts import facts_from
from sync.policy.playbook import Playbook
from sync.policy.sender import Sender
from sync.ports import Claimed
from sync.server.repository.duty import unanswered
from sync.server.repository.envelope import envelope
from sync.server.repository.records import Records
from sync.server.repository.truth import untrue
from sync.server.repository.zones import zone_of


def may_go(
    records: Records, message: Message, now: datetime, *, playbook: Playbook, secret: str
) -> tuple[Claimed | None, Reason | None, datetime | None]:
    """Return what to send, or why it may not go, or when it may."""
    facts = facts_from(records.range_of(message.customer_id))
    claimed = envelope(records, message, facts.customer, now, secret=secret)
    if claimed is None:
        return None, Reason(code="not_set_up"), None
    decision = gate.judge(
        facts,
        cause=message.cause,
        channel=message.channel,
        now=now,
        zone=zone_of(records, facts.customer, claimed.shop),
        playbook=playbook,
        message_id=message.id,
        sender=Sender(claimed.shop, claimed.retailer, claimed.staff),
    )
    if not decision.allowed:
        return None, decision.refusals[0], None
    if decision.send_after is not None and decision.send_after > now:
        return None, None, decision.send_after
    if (false := untrue(records, message, facts, now)) is not None:
        return None, false, None
    refusal, later = unanswered(records, claimed, now, timedelta(hours=playbook.contact.expiry_hours))
    return (claimed if refusal is None and later is None else None), refusal, later
