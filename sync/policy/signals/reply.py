"""She wrote, and nobody has answered."""

from datetime import datetime, timedelta, tzinfo

from sync.model.outreach import Cause, Direction, Purpose, Reason
from sync.policy.contact import iso, outgoing
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.proposal import Proposal


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:  # noqa: ARG001
    """Propose to answer her latest message, in its channel, while an answer still is one (72 hours).

    Evidence `reply`: message_id, at, channel, unanswered (how many of hers since somebody last
    wrote to her; a campaign is nobody's answer).
    """
    hers = [m for m in facts.messages if m.direction is Direction.IN and m.at <= now]
    if not hers:
        return None
    since = max((m.at for m in outgoing(facts) if m.purpose is not Purpose.CAMPAIGN), default=None)
    waiting = [m for m in hers if since is None or m.at > since]
    if not waiting:
        return None
    latest, oldest = waiting[0], waiting[-1]
    stale = latest.at + timedelta(hours=playbook.contact.reply_hours)
    if now > stale:
        return None
    return Proposal(
        cause=Cause.REPLY,
        evidence=Reason(
            code="reply",
            params={
                "message_id": latest.id,
                "at": iso(latest.at),
                "channel": latest.channel.value,
                "unanswered": len(waiting),
            },
        ),
        strength=1.0,
        due_at=oldest.at + timedelta(hours=playbook.signals.reply.due_hours),
        stale_after=stale,
        template="reply",
        channel=latest.channel,
        episode=f"reply:{oldest.id}",
    )
