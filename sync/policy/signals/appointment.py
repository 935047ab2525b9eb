"""She comes soon: remind her."""

from datetime import datetime, timedelta, tzinfo

from sync.model.outreach import Cause, Reason
from sync.policy.contact import iso
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.days import days_after
from sync.policy.signals.proposal import Proposal, written_since


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose a reminder of her nearest appointment, in the two days before it and not on the day it was booked.

    Evidence `appointment`: appointment_id, at, shop_id, kind, minutes, and staff_id where it is with somebody.
    """
    ahead = timedelta(hours=playbook.signals.appointment.ahead_hours)
    booked = facts.booked(now)
    if not booked or booked[0].at - now > ahead:
        return None
    appointment = booked[0]
    if appointment.booked_at.astimezone(zone).date() == now.astimezone(zone).date():
        return None
    if written_since(facts, Cause.APPOINTMENT, max(appointment.booked_at, appointment.at - ahead)):
        return None
    params = {
        "appointment_id": appointment.id,
        "at": iso(appointment.at),
        "shop_id": appointment.shop_id,
        "kind": appointment.appointment_kind.value,
        "minutes": appointment.minutes,
    }
    if appointment.staff_id is not None:
        params["staff_id"] = appointment.staff_id
    return Proposal(
        cause=Cause.APPOINTMENT,
        evidence=Reason(code="appointment", params=params),
        strength=0.8,
        due_at=min(max(days_after(appointment.at, -1, zone), appointment.booked_at), appointment.at),
        stale_after=appointment.at,
        template="appointment",
        channel=None,
        episode=f"appointment:{appointment.id}:{iso(appointment.at)}",
    )
