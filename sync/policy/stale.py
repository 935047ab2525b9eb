"""What a message was for is gone: she has bought or come since, the appointment is off or over, the order went back.

Asked for the moment at which it would arrive. What counts is what happened since the message was written; of one that is
only being written, since its follow-up was made.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sync.model.customer import NOTHING_CAME_OF_IT, Appointment, AppointmentState, Order
from sync.model.outreach import Cause, Reason
from sync.model.slip import SlipState
from sync.policy.contact import iso
from sync.policy.facts import CustomerFacts

_UNLESS_BOUGHT = frozenset({Cause.AFTER_VISIT, Cause.CART_LEFT, Cause.LAPSED, Cause.WEB_UP, Cause.WANTED_IN_STOCK})
_UNLESS_CAME = frozenset({Cause.LAPSED, Cause.WEB_UP})
_OF_AN_ORDER = frozenset({Cause.AFTER_PURCHASE, Cause.FIRST_PURCHASE})


def stale(
    facts: CustomerFacts, cause: Cause, *, since: datetime, when: datetime, evidence: Reason | None = None
) -> Reason | None:
    """Return `stale_reason` (why, at) where at `when` nothing is left of the cause that there was at `since`.

    `why` is `bought`, `came`, `cancelled`, `moved` or `past` (an appointment), `refunded`, `handed_over` (a slip that is
    not waiting for her any more); `at` when that was: for an
    appointment its time, for an order that of the purchase. `evidence` names the order or appointment, where a follow-up
    says it; else it is the latest order, the nearest appointment, as they were known at `since`.
    """
    gone = next(_gone(facts, cause, since, when, evidence.params if evidence else {}), None)
    return Reason(code="stale_reason", params={"why": gone[0], "at": iso(gone[1])}) if gone else None


def _gone(
    facts: CustomerFacts, cause: Cause, since: datetime, when: datetime, named: dict[str, Any]
) -> Iterator[tuple[str, datetime]]:
    if cause in _UNLESS_BOUGHT:
        yield from (("bought", o.at) for o in facts.orders if since < o.at <= when and not o.refunded)
    if cause in _UNLESS_CAME:
        yield from (("came", at) for at in facts.arrivals(when + timedelta(microseconds=1)) if at > since)
    if cause is Cause.APPOINTMENT:
        yield from _off(_appointment(facts, since, named), when, named)
    if cause is Cause.RETURNED and named.get("by") == "booking":  # a booking that is off is no return
        booking = next((a for a in facts.appointments if a.id == named.get("id")), None)
        if booking is not None and booking.state in NOTHING_CAME_OF_IT:
            yield "cancelled", booking.at
    slip = next((s for s in facts.slips if s.id == named.get("slip_id")), None)
    if slip is not None and slip.state is not SlipState.READY:
        yield "handed_over", slip.steps[-1].at if slip.steps else slip.at
    if cause in _OF_AN_ORDER:
        order = _order(facts, since, named, first=cause is Cause.FIRST_PURCHASE)
        if order is not None and order.refunded:
            yield "refunded", order.at


def _appointment(facts: CustomerFacts, since: datetime, named: dict[str, Any]) -> Appointment | None:
    if "appointment_id" in named:
        return next((a for a in facts.appointments if a.id == named["appointment_id"]), None)
    ahead = [a for a in facts.appointments if a.booked_at <= since < a.at]
    booked = [a for a in ahead if a.state is AppointmentState.BOOKED]
    return min(booked or ahead, key=lambda a: (a.at, a.id), default=None)


def _off(appointment: Appointment | None, when: datetime, named: dict[str, Any]) -> Iterator[tuple[str, datetime]]:
    if appointment is None:
        return
    if appointment.state is AppointmentState.CANCELLED:
        yield "cancelled", appointment.at
    elif appointment.state is not AppointmentState.BOOKED or appointment.at <= when:
        yield "past", appointment.at
    elif named.get("at") not in (None, iso(appointment.at)):
        yield "moved", appointment.at


def _order(facts: CustomerFacts, since: datetime, named: dict[str, Any], *, first: bool) -> Order | None:
    if "order_id" in named:
        return next((o for o in facts.orders if o.id == named["order_id"]), None)
    known = [o for o in facts.orders if o.at <= since]  # newest first
    return (known[-1] if first else known[0]) if known else None
