"""Gives a withheld field to whoever may see it, and puts that on record; a refusal too."""

from pydantic import Field
from sqlalchemy import Engine

from sync.clock import Clock
from sync.errors import NotAllowed, NotFound
from sync.model.base import Frozen, Id
from sync.policy.withheld import withheld
from sync.server.asker import Asker
from sync.server.database import transaction
from sync.server.repository import audit
from sync.server.repository.records import Records
from sync.server.repository.rows import PERSONAL, stored


class Revealed(Frozen):
    """What was withheld of one record."""

    fields: dict[str, str] = Field(repr=False, description="By the field's name.")


def reveal(engine: Engine, clock: Clock, asked: Asker, customer_id: str, kind: str, record_id: Id) -> Revealed:
    """Return the withheld fields of a customer's record.

    Raises NotFound where there is none, where she is not in scope or where nothing of it is withheld: the three look alike.
    Raises NotAllowed (`role`) for whoever may not see it.
    """
    with transaction(engine) as conn:
        hers = Records(conn, clock).customer_id_of(customer_id)
        found = stored(conn, kind, [record_id]).get(record_id) if kind in PERSONAL else None
        shut = withheld(kind, found.document) if found is not None else ()
        if hers is None or found is None or found.owner != hers or not shut or not asked.has(conn, clock, hers):
            raise NotFound("There is nothing withheld under this id.", what="record")
        in_scope = asked.answers_for(conn, clock, hers)
        seen = [one for one in shut if one.may_see(asked.staff, found.document, in_scope)]
        audit.note(
            conn,
            clock(),
            "reveal" if seen else "refused:reveal",
            device_id=asked.device.id,
            staff_id=asked.staff_id,
            customer_id=hers,
            subject_id=record_id,
            how=",".join(f"{kind}.{one.name}" for one in seen or shut),
        )
        fields = {one.name: str(found.document.get(one.name, "")) for one in seen}
    if not fields:
        raise NotAllowed("This role may not see it.", reason="role")
    return Revealed(fields=fields)
