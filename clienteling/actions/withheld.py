"""Asking the server for what is withheld; it puts that on record."""

from dataclasses import dataclass, field

from clienteling.context import Tablet, off_loop
from sync.errors import ClientelingError, NotAllowed, NotFound, Unavailable
from sync.model.base import Record


@dataclass(frozen=True)
class Shown:
    """What came of it: the words, or why there are none (`offline`, `role`, `gone`, `failed`)."""

    words: str = field(default="", repr=False)
    problem: str = ""


async def reveal(tablet: Tablet, record: Record) -> Shown:
    """Ask in the name of whoever is signed in. What comes is not kept on the device."""
    customer_id: str = getattr(record, "customer_id", "")
    try:
        found = await off_loop(tablet.device.reveal, customer_id, record.kind, record.id, tablet.session.staff_id or "")
    except Unavailable:
        return Shown(problem="offline")
    except NotAllowed:
        return Shown(problem="role")
    except NotFound:
        return Shown(problem="gone")
    except ClientelingError:
        return Shown(problem="failed")
    return Shown("\n".join(found.values()))
