"""What a signal returns."""

from dataclasses import dataclass
from datetime import datetime

from sync.ids import derived_id
from sync.model.base import Id
from sync.model.customer import Channel
from sync.model.outreach import Cause, FollowUpState, Reason
from sync.policy.contact import contact_time, outgoing
from sync.policy.facts import CustomerFacts


@dataclass(frozen=True, slots=True)
class Proposal:
    cause: Cause
    evidence: Reason
    """Why: a code and parameters (ids, counts, ISO dates), no words."""
    strength: float
    """0..1; the strongest is shown first."""
    due_at: datetime
    stale_after: datetime
    template: str
    """The name of the template to begin with, or an empty string."""
    channel: Channel | None
    """The channel that the gate would take now; None where none is open: then it is something to say in person."""
    episode: str
    """The same for the same reason, however often it is found; another when it happens anew."""


def follow_up_id(customer_id: Id, episode: str) -> Id:
    """Return the id of the follow-up that an episode leads to, so that whoever finds it makes the same one."""
    return derived_id("follow_up", customer_id, episode)


def closed(facts: CustomerFacts, proposal: Proposal) -> bool:
    """Return whether the follow-up of a proposal's episode is settled: done, dismissed, or its message planned."""
    wanted = follow_up_id(facts.customer.id, proposal.episode)
    return any(f.id == wanted and f.state in _SETTLED for f in facts.follow_ups)


_SETTLED = frozenset({FollowUpState.DONE, FollowUpState.DISMISSED, FollowUpState.SCHEDULED})


def written_since(facts: CustomerFacts, cause: Cause, since: datetime) -> bool:
    """Return whether we wrote, or are about to write, for this cause since a moment."""
    return any(m.cause is cause and max(m.at, contact_time(m)) >= since for m in outgoing(facts))


def tills_reported(facts: CustomerFacts, now: datetime, since: datetime) -> bool:
    """Return whether the tills of the place she was in last have reported past a moment: their silence is none of hers.
    True for one who never was anywhere."""
    last = max((each for each in facts.been() if each[0] <= now), default=None)
    return last is None or facts.reported(last[1], since)
