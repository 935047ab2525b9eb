"""Whom to approach now, and why: each signal is one file, takes a customer's facts and proposes something or nothing."""

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Protocol

from sync.model.outreach import Purpose, Reason
from sync.policy.bereavement import CONGRATULATIONS, bereaved
from sync.policy.facts import CustomerFacts
from sync.policy.gate import channels, ever_open, purpose_of
from sync.policy.playbook import Playbook
from sync.policy.queue import pull
from sync.policy.signals import (
    after_appointment,
    after_purchase,
    after_visit,
    anniversary,
    appointment,
    birthday,
    cart_left,
    due_again,
    first_purchase,
    lapsed,
    points_expire,
    rank,
    reply,
    returned,
    wanted_in_stock,
    web_up,
)
from sync.policy.signals import restraint as _restraint
from sync.policy.signals.proposal import Proposal, closed, follow_up_id
from sync.policy.topics import declined

__all__ = ["Proposal", "campaigns_reach", "follow_up_id", "leave_alone", "proposals"]


class Signal(Protocol):
    def __call__(self, facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None: ...


SIGNALS: tuple[Signal, ...] = (
    reply.propose,
    returned.propose,
    appointment.propose,
    first_purchase.propose,
    birthday.propose,
    anniversary.propose,
    wanted_in_stock.propose,
    after_purchase.propose,
    after_appointment.propose,
    web_up.propose,
    lapsed.propose,
    after_visit.propose,
    due_again.propose,
    points_expire.propose,
    rank.propose,
    cart_left.propose,
)

_ALWAYS_TOLD = frozenset({returned.propose})
"""Staff hear that she is back even where we may not write: they are about to stand before her."""


def leave_alone(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Reason | None:  # noqa: ARG001
    """Return the weightiest reason not to approach her of our own accord, or None (see `signals.restraint`)."""
    return _restraint.leave_alone(facts, now=now, playbook=playbook)


def campaigns_reach(facts: CustomerFacts) -> bool:
    """Return whether anything of purpose campaign could ever be sent to her: some channel with an address and a standing
    consent to campaigns. `sync.insight.everybody.Everybody.reached` is the same for everybody."""
    return ever_open(facts, Purpose.CAMPAIGN)


def proposals(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> list[Proposal]:
    """Return what to do for her now, what pulls most first (`sync.policy.queue.pull`); the same facts, the same answer.

    Each carries the best channel that the gate leaves open. Where she is to be left alone, only what she asked for
    remains, and the word that she is back (without a channel: to be said, not written). What a follow-up has settled
    (done, dismissed or scheduled) is not proposed again, nor what she declined to hear of. Nobody congratulates her while she mourns. Carts, points and
    ranks are for the shop or the brand to write of, so where no channel could ever carry that (`campaigns_reach`) nothing
    is proposed: what may be said face to face, her points and rank, stands in her profile anyhow.
    """
    alone = leave_alone(facts, now=now, zone=zone, playbook=playbook)
    mourns = bereaved(facts, now, playbook.restraint) is not None
    reached = campaigns_reach(facts)
    found: list[Proposal] = []
    for signal in SIGNALS:
        proposal = signal(facts, now=now, zone=zone, playbook=playbook)
        if proposal is None or now >= proposal.stale_after:
            continue
        purpose = purpose_of(proposal.cause)
        if purpose is Purpose.CAMPAIGN and not reached:
            continue
        ours = purpose in (Purpose.RELATIONSHIP, Purpose.CAMPAIGN)
        if alone is not None and ours and signal not in _ALWAYS_TOLD:
            continue
        if declined(facts.customer, proposal.cause) is not None and signal not in _ALWAYS_TOLD:
            continue
        if mourns and proposal.cause in CONGRATULATIONS:
            continue
        if closed(facts, proposal):
            continue
        found.append(_with_channel(facts, proposal, now, zone, playbook))
    return sorted(found, key=lambda p: (-pull(p.strength, p.due_at, p.stale_after, now), p.due_at, p.cause.value))


def _with_channel(
    facts: CustomerFacts, proposal: Proposal, now: datetime, zone: tzinfo, playbook: Playbook
) -> Proposal:
    """An answer goes where she wrote, if that is open; anything else by the best open channel."""
    choices = channels(facts, cause=proposal.cause, now=now, zone=zone, playbook=playbook)
    allowed = [choice.channel for choice in choices if choice.decision.allowed]
    if proposal.channel in allowed:
        return proposal
    return replace(proposal, channel=allowed[0] if allowed else None)
