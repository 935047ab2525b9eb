"""From when until when somebody works here: asked by the tablet (also offline), by the server's commands and by the gate.

Days are those of the person's own shop. Somebody who leaves on the 30th works through the 30th and is out at the midnight
that ends it; a contract begins at the midnight that begins its first day.
"""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from sync.model.shop import Shop, Staff


def employed(person: Staff, at: datetime, shop: Shop | None) -> bool:
    """Return whether somebody works here at a moment. `shop` is the person's own: by its clock days begin and end (UTC
    where it is not known)."""
    if not person.active:
        return False
    today = at.astimezone(_zone(shop)).date()
    begun = person.starts_on is None or person.starts_on <= today
    return begun and (person.ends_on is None or today <= person.ends_on)


def left(person: Staff, at: datetime, shop: Shop | None) -> bool:
    """Return whether somebody's last day is over, rather than still to come."""
    return person.ends_on is not None and at.astimezone(_zone(shop)).date() > person.ends_on


def _zone(shop: Shop | None) -> tzinfo:
    try:
        return ZoneInfo(shop.time_zone) if shop is not None else UTC
    except (KeyError, ValueError, OSError):  # a name of another system that no calendar here knows
        return UTC
