"""She was long away, and came or booked: the welcome-back. Absence alone never fires it."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from sync.model.customer import NOTHING_CAME_OF_IT
from sync.model.outreach import Cause, Reason
from sync.policy.contact import iso
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.proposal import Proposal, written_since


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose a welcome-back for the coming or booking of the last days that ended a long time away.

    Away is counted from the last day she was with us (in a shop, or buying online) to the moment she came or booked.
    Evidence `returned`: by (`visit`, `purchase`, `booking`), id, at, shop_id (where she came, or will), last_at (a day),
    away_days, days_with_us, and appointment_at for a booking.
    """
    rules = playbook.signals.returned
    fresh = timedelta(days=rules.fresh_days)
    for at, by, record_id, shop_id, appointment_at in sorted(_doors(facts, now), key=lambda door: door[:3]):
        if at < now - fresh and not (appointment_at and appointment_at > now):
            continue
        day = at.astimezone(zone).date()
        before = [d for d in facts.contact_days(at, zone) if d < day]
        if len(before) < rules.history_days or (day - before[0]).days < rules.away_days:
            continue
        if written_since(facts, Cause.RETURNED, at):
            return None
        away = (day - before[0]).days
        params = {
            "by": by,
            "id": record_id,
            "at": iso(at),
            "shop_id": shop_id,
            "last_at": before[0].isoformat(),
            "away_days": away,
            "days_with_us": len(before),
        }
        if appointment_at:
            params["appointment_at"] = iso(appointment_at)
        return Proposal(
            cause=Cause.RETURNED,
            evidence=Reason(code="returned", params=params),
            strength=min(1.0, 0.85 + 0.01 * len(before)),
            due_at=at,
            stale_after=max(at, appointment_at or at) + fresh,
            template="welcome_back",
            channel=None,
            # By the absence it ended, so that booking and then coming is one welcome, not two.
            episode=f"returned:{before[0].isoformat()}",
        )
    return None


def _doors(facts: CustomerFacts, now: datetime) -> Iterator[tuple[datetime, str, str, str, datetime | None]]:
    """When, how, by which record and where she came through the door or announced that she will."""
    yield from ((v.at, "visit", v.id, v.shop_id, None) for v in facts.visits if v.at <= now)
    bought = (o for o in facts.orders if o.at <= now and o.shop_id != WEB_SHOP_ID)
    yield from ((o.at, "purchase", o.id, o.shop_id, None) for o in bought)
    for appointment in facts.appointments:
        if appointment.state not in NOTHING_CAME_OF_IT and appointment.booked_at <= now:
            yield appointment.booked_at, "booking", appointment.id, appointment.shop_id, appointment.at
