"""She took the time for an appointment with us and did not buy: thank her, with what was talked about."""

from datetime import date, datetime, tzinfo

from sync.model.customer import CAME, NOTHING_CAME_OF_IT, Appointment
from sync.model.outreach import Cause, Reason
from sync.policy.contact import iso
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.days import days_after
from sync.policy.signals.proposal import Proposal, written_since


def took_place(appointment: Appointment, now: datetime) -> bool:
    """Return whether it lies behind us and took place: she came, or its call was held to the end."""
    if appointment.at > now or appointment.state in NOTHING_CAME_OF_IT:
        return False
    ended_at = appointment.call.ended_at if appointment.call else None
    return appointment.state in CAME or (ended_at is not None and ended_at <= now)


def appointments_on(facts: CustomerFacts, day: date, now: datetime, zone: tzinfo) -> bool:
    """Return whether an appointment of hers took place on a day: the thanks for that day are then for it."""
    return any(a.at.astimezone(zone).date() == day and took_place(a, now) for a in facts.appointments)


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to thank for the latest appointment without a purchase on that day or since, from the day after.

    Stands for `after_visit` on that day. Waits until the tills of the shop have reported past it. Evidence
    `after_appointment`: appointment_id, at, shop_id, kind, staff_id where it was with somebody, and interaction_id and
    product_ids where staff noted that day what they showed her.
    """
    rules = playbook.signals.after_appointment
    last = next((a for a in facts.appointments if took_place(a, now)), None)
    if last is None:
        return None
    day = last.at.astimezone(zone).date()
    due, stale = days_after(last.at, rules.days, zone), days_after(last.at, rules.days + rules.fresh_days, zone)
    bought = any(o.at.astimezone(zone).date() >= day and o.at <= now for o in facts.orders)
    thanked = any(written_since(facts, cause, last.at) for cause in (Cause.AFTER_APPOINTMENT, Cause.AFTER_VISIT))
    if bought or thanked or not due <= now < stale or not facts.reported(last.shop_id, last.at):
        return None
    params: dict[str, object] = {
        "appointment_id": last.id,
        "at": iso(last.at),
        "shop_id": last.shop_id,
        "kind": last.appointment_kind.value,
    }
    if last.staff_id is not None:
        params["staff_id"] = last.staff_id
    note = next((n for n in facts.interactions if n.at.astimezone(zone).date() == day), None)
    if note is not None:
        params |= {"interaction_id": note.id, "product_ids": list(note.product_ids)}
    return Proposal(
        cause=Cause.AFTER_APPOINTMENT,
        evidence=Reason(code="after_appointment", params=params),
        strength=0.58,
        due_at=due,
        stale_after=stale,
        template="after_appointment",
        channel=None,
        episode=f"after_appointment:{last.id}",
    )
