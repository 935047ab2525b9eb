"""Unusual access: asking the server for it, and saying what it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from clienteling.context import Tablet, off_loop
from clienteling.device import Cache
from clienteling.trace import where
from sync.errors import NotAllowed, Unavailable
from sync.model.commands import ReviewAccess
from sync.model.customer import Customer
from sync.protocol import AccessReport

log = structlog.get_logger("clienteling.actions")


class Asked(StrEnum):
    """How far it is."""

    ASKING = "asking"
    SHOWN = "shown"
    OFFLINE = "offline"
    NOT_ALLOWED = "not_allowed"
    FAILED = "failed"


@dataclass(frozen=True)
class Access:
    """What came of it. Nothing of it is kept on the tablet."""

    how: Asked
    report: AccessReport | None = None
    customers: Mapping[str, str] = field(default_factory=dict)
    """Names of those customers who are on this tablet."""


async def ask_access(tablet: Tablet) -> Access:
    """Ask the server for whoever is signed in; it puts on record that somebody asked. Whatever goes wrong, there is an answer:
    the screen waits for it."""
    try:
        found = await off_loop(tablet.device.fetch_access, tablet.session.staff_id or "")
        names = await off_loop(_names, tablet.device.cache, found)
    except Unavailable:
        return Access(Asked.OFFLINE)
    except NotAllowed:
        return Access(Asked.NOT_ALLOWED)
    except Exception as error:
        log.warning("access_not_read", error=where(error))
        return Access(Asked.FAILED)
    return Access(Asked.SHOWN, found, names)


def _names(cache: Cache, report: AccessReport) -> dict[str, str]:
    ids = {event.customer_id for flag in report.flags for event in flag.events}
    found = (cache.record("customer", each) for each in sorted(ids))
    return {one.id: one.name for one in found if isinstance(one, Customer)}


async def review_access(tablet: Tablet, flag_id: str, word: str) -> bool:
    """Say what it was; it is kept here until the server has it. Returns False where nothing was said."""
    if not word.strip() or tablet.session.staff_id is None:
        return False
    await off_loop(tablet.device.submit, ReviewAccess(flag_id=flag_id, word=word.strip()), tablet.session.staff_id)
    tablet.say(tablet.words()("Kept, with your name and the time"))
    return True
