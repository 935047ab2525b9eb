"""What to follow up after a visit, asked at the goodbye: the signals decide why and when, here they are only asked ahead.

The follow-up bears the id that the signal's own would bear, so whoever plans it at the goodbye and the rules of the days
after never make two; one that was declined at the goodbye is not proposed again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from sync.model.customer import Order, Visit
from sync.model.outreach import FollowUp, Reason
from sync.policy.facts import CustomerFacts, main_line
from sync.policy.gate import channels
from sync.policy.playbook import Playbook
from sync.policy.signals import after_purchase, after_visit
from sync.policy.signals.days import days_after
from sync.policy.signals.proposal import Proposal, follow_up_id
from sync.policy.signals.restraint import leave_alone
from sync.policy.topics import declined


@dataclass(frozen=True, slots=True)
class Farewell:
    """At most one of these is set; none where there is nothing to come back to."""

    proposal: Proposal | None = None
    held: Reason | None = None
    """Why nobody writes: no channel, a topic that was declined, a complaint, too much already."""
    standing: FollowUp | None = None
    """It was planned, or declined, before."""


def farewell(facts: CustomerFacts, visit: Visit, *, zone: tzinfo, playbook: Playbook) -> Farewell:
    """Return what comes after a visit: to ask how the thing bought is, else to thank for coming.

    Judged for the moment at which it falls due. Nothing while the receipt waits for the till: what was bought decides, and
    the rules propose by themselves once it is known.
    """
    found = _ahead(facts, visit, zone, playbook)
    if found is None:
        return Farewell()
    wanted = follow_up_id(facts.customer.id, found.episode)
    standing = next((one for one in facts.follow_ups if one.id == wanted), None)
    if standing is not None:
        return Farewell(standing=standing)
    held = declined(facts.customer, found.cause) or leave_alone(facts, now=found.due_at, playbook=playbook)
    if held is not None:
        return Farewell(held=held)
    choices = channels(facts, cause=found.cause, now=found.due_at, zone=zone, playbook=playbook)
    if not choices[0].decision.allowed:
        return Farewell(held=choices[0].decision.refusals[0])
    return Farewell(replace(found, channel=choices[0].channel))


def planned(visit: Visit, proposal: Proposal, by: str | None, now: datetime) -> FollowUp:
    """Return the follow-up that staff plan. It has no end of its own until the signal itself speaks, so that the rules of
    the meantime, which do not know of it yet, let it stand."""
    return FollowUp(
        id=follow_up_id(visit.customer_id, proposal.episode),
        customer_id=visit.customer_id,
        shop_id=visit.shop_id,
        assignee_id=by,
        cause=proposal.cause,
        evidence=proposal.evidence,
        due_at=proposal.due_at,
        created_at=now,
        strength=proposal.strength,
    )


def _ahead(facts: CustomerFacts, visit: Visit, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Ask the signal at the moment at which it would speak of this visit, by what is known now."""
    rules = playbook.signals
    order = _bought(facts, visit, zone)
    if order is not None:
        line = main_line(order)
        days = rules.after_purchase.by_category.get(line.category, rules.after_purchase.days) if line else 0
        due = days_after(order.at, days, zone)
        hers = replace(facts, orders=(order,))
        return after_purchase.propose(hers, now=_not_before(due, order.at), zone=zone, playbook=playbook)
    if visit.receipt:
        return None
    due = days_after(visit.at, rules.after_visit.days, zone)
    hers = replace(facts, visits=(visit,), tills_until=None)
    return after_visit.propose(hers, now=_not_before(due, visit.at), zone=zone, playbook=playbook)


def _bought(facts: CustomerFacts, visit: Visit, zone: tzinfo) -> Order | None:
    """Return the purchase of the visit: that of its receipt, else the dearest of that day in that shop."""
    if visit.order_id is not None:
        return next((one for one in facts.orders if one.id == visit.order_id), None)
    day = visit.at.astimezone(zone).date()
    here = (one for one in facts.orders if one.shop_id == visit.shop_id and one.at.astimezone(zone).date() == day)
    kept = (one for one in here if not one.refunded)
    return max(kept, key=lambda one: (one.total.amount, one.id), default=None)


def _not_before(due: datetime, at: datetime) -> datetime:
    """A house may ask on the same day: the signal then speaks from the moment itself on."""
    return max(due, at + timedelta(microseconds=1))
