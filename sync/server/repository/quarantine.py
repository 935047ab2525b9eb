"""What revoked devices could not send: sealed for this server, waiting for somebody to decide."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, func, select, update

from sync.model.base import Frozen, Id, Instant
from sync.model.commands import Outcome
from sync.model.fleet import Quarantined
from sync.server.repository.rows import inserted
from sync.server.tables import devices, quarantine

State = Literal["waiting", "accepted", "refused", "dismissed"]
"""`refused`: a manager accepted it, and the rules of commands did not."""


class Held(Frozen):
    """One command in quarantine."""

    device_id: Id
    command_id: Id
    shop_id: Id
    sealed: bytes | None
    """Erased once somebody has decided."""
    state: State
    received_at: Instant
    decided_at: Instant | None = None
    decided_by: Id | None = None
    """A member of staff; None where it was the administrator."""
    outcome: Outcome | None = None


_COLUMNS = [*(quarantine.c[name] for name in Held.model_fields if name != "shop_id"), devices.c.shop_id]
_HELD = select(*_COLUMNS).join_from(quarantine, devices, devices.c.id == quarantine.c.device_id)


def add(conn: Connection, device_id: str, command_id: str, sealed: bytes, at: datetime) -> bool:
    """Take in a command; return False where it is here already: the first one stands."""
    values = {"device_id": device_id, "command_id": command_id, "sealed": sealed}
    return inserted(conn, quarantine, **values, size=len(sealed), state="waiting", received_at=at)


def held(
    conn: Connection,
    *,
    shop_id: str | None = None,
    device_id: str | None = None,
    waiting: bool = True,
    limit: int | None = None,
) -> list[Held]:
    """Return what is in quarantine (of one shop's devices, or of one device), in the order in which it came."""
    query = _HELD.order_by(quarantine.c.received_at, quarantine.c.command_id)
    if waiting:
        query = query.where(quarantine.c.state == "waiting")
    if shop_id is not None:
        query = query.where(devices.c.shop_id == shop_id)
    if device_id is not None:
        query = query.where(quarantine.c.device_id == device_id)
    query = query.limit(limit)
    return [Held.model_validate(dict(row)) for row in conn.execute(query).mappings()]


def waiting(conn: Connection, shop_id: str) -> list[Quarantined]:
    """Return for each device of a shop how much of it waits for somebody to decide, and since when."""
    columns = quarantine.c
    query = (
        select(
            columns.device_id,
            devices.c.name,
            func.count(),
            func.min(columns.received_at),
            func.max(columns.received_at),
        )
        .join_from(quarantine, devices, devices.c.id == columns.device_id)
        .where(columns.state == "waiting", devices.c.shop_id == shop_id)
        .group_by(columns.device_id, devices.c.name)
        .order_by(func.min(columns.received_at), columns.device_id)
    )
    return [
        Quarantined(id=id_, device_id=id_, device_name=name, commands=many, oldest_at=first, received_at=last)
        for id_, name, many, first, last in conn.execute(query)
    ]


def find(conn: Connection, device_id: str, command_id: str) -> Held | None:
    """Return one, whatever its state."""
    query = _HELD.where(quarantine.c.device_id == device_id, quarantine.c.command_id == command_id)
    row = conn.execute(query).mappings().first()
    return Held.model_validate(dict(row)) if row else None


def decide(
    conn: Connection, one: Held, state: State, at: datetime, by: str | None, outcome: Outcome | None = None
) -> bool:
    """Note what became of it, and erase what it said; return False where somebody else has decided."""
    fits = (quarantine.c.device_id == one.device_id) & (quarantine.c.command_id == one.command_id)
    query = update(quarantine).where(fits, quarantine.c.state == "waiting")
    said = outcome.model_dump(mode="json") if outcome is not None else None
    done = conn.execute(query.values(state=state, decided_at=at, decided_by=by, outcome=said, sealed=None))
    return done.rowcount == 1


def load(conn: Connection, device_id: str, since: datetime) -> tuple[int, int, int]:
    """Return how many commands a device has here, their bytes, and how many of them came since a moment."""
    columns = quarantine.c
    recent = func.coalesce(func.sum((columns.received_at > since).cast(columns.size.type)), 0)
    query = select(func.count(), func.coalesce(func.sum(columns.size), 0), recent)
    row = conn.execute(query.where(columns.device_id == device_id)).one()
    return int(row[0]), int(row[1]), int(row[2])
