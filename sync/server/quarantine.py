"""What a revoked device could not send: taken in sealed, applied only where a manager says so, never dropped in silence.

    take(engine, clock, device, HandOver) -> HandedOver       # what POST /v1/quarantine does
    entries(engine, clock, shop_id=None) -> list[Entry]        # what waits for a decision, opened
    accept(engine, clock, tools, device_id, command_id, by) -> Outcome
    dismiss(engine, clock, device_id, command_id, by) -> None

`by` is the manager's staff id, None for the administrator. Whether that manager may decide for the device's shop
(`Entry.shop_id`) is for the caller to see to.
"""

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import ValidationError
from sqlalchemy import Connection, Engine

from sync.clock import Clock
from sync.errors import Conflict, NotAllowed, NotFound, TooLarge, Unavailable
from sync.model.base import Frozen, Id, Instant
from sync.model.commands import Envelope, Outcome
from sync.model.outreach import Reason
from sync.protocol import HandedOver, HandOver
from sync.sealed.box import open_box
from sync.sealed.lease import WORK_USE
from sync.sealed.vault import Unsealable
from sync.server import leases
from sync.server.commands.base import Tools, refused
from sync.server.commands.run import content_hash, run
from sync.server.database import transaction
from sync.server.repository import audit, command_log, devices, quarantine
from sync.server.repository.devices import Device
from sync.server.repository.quarantine import Held

MOST_COMMANDS, MOST_BYTES = 5_000, 20_000_000
"""Of one device in all: weeks of work. Whoever has a stolen one cannot fill the disk."""
MOST_A_MINUTE = 500


class Entry(Frozen):
    """One command that waits for a decision."""

    device_id: Id
    device_name: str
    shop_id: Id
    command_id: Id
    received_at: Instant
    envelope: Envelope | None
    """None where it does not open: it can only be dismissed."""


def take(engine: Engine, clock: Clock, device: Device, request: HandOver) -> HandedOver:
    """Keep what a revoked device hands over; what is here already is answered the same.

    Raises NotAllowed for a device that may push, TooLarge where it has handed over more than is kept of one device, and
    Unavailable where it comes too fast.
    """
    if device.revoked_at is None:
        raise NotAllowed("This device takes part: it pushes what it did.", reason="not_revoked")
    now = clock()
    with transaction(engine) as conn:
        commands, size, recent = quarantine.load(conn, device.id, now - timedelta(minutes=1))
        if recent + len(request.commands) > MOST_A_MINUTE:
            raise Unavailable("This device hands over too much at once.", reason="rate")
        coming = [(one.id, bytes.fromhex(one.sealed)) for one in request.commands]
        if commands + len(coming) > MOST_COMMANDS or size + sum(len(sealed) for _, sealed in coming) > MOST_BYTES:
            raise TooLarge("This device has handed over more than is kept of one device.")
        fresh = sum(quarantine.add(conn, device.id, command_id, sealed, now) for command_id, sealed in coming)
        audit.note(conn, now, "hand_over", device_id=device.id, how=str(fresh))
    return HandedOver(taken=tuple(one.id for one in request.commands), server_time=now)


def entries(
    engine: Engine,
    clock: Clock,
    shop_id: str | None = None,
    *,
    device_id: str | None = None,
    limit: int | None = None,
) -> list[Entry]:
    """Return what waits for a decision (of one shop's devices, or of one device), in the order in which it came."""
    with transaction(engine) as conn:  # the server's key is made here where there is none
        key = leases.server_key(conn, clock)
        names = {one.id: one.name for one in devices.all_devices(conn)}
        return [
            Entry(
                device_id=one.device_id,
                device_name=names.get(one.device_id, ""),
                shop_id=one.shop_id,
                command_id=one.command_id,
                received_at=one.received_at,
                envelope=_opened(key, one),
            )
            for one in quarantine.held(conn, shop_id=shop_id, device_id=device_id, limit=limit)
        ]


def accept(engine: Engine, clock: Clock, tools: Tools, device_id: str, command_id: str, by: str | None) -> Outcome:
    """Carry out a command as if its device had sent it, and record who said so; return the answer it got.

    Raises NotFound, Conflict where somebody has decided already, and Unsealable for one that does not open.
    """
    with transaction(engine) as conn:
        one = _waiting(conn, device_id, command_id)
        envelope = _opened(leases.server_key(conn, clock), one)
        device = devices.by_id(conn, device_id)
    if envelope is None or device is None:
        raise Unsealable("What was handed over does not open.")
    outcome = run(engine, clock, device, tools, [envelope])[0]
    with transaction(engine) as conn:  # after a crash in between it is accepted again, and gets the same answer
        _decide(conn, one, "accepted" if outcome.accepted else "refused", clock(), by, outcome)
    return outcome


def dismiss(engine: Engine, clock: Clock, device_id: str, command_id: str, by: str | None) -> None:
    """Decide that a command is not carried out, also where its device is enrolled again and sends it then.

    Raises NotFound, and Conflict where somebody has decided already.
    """
    with transaction(engine) as conn:
        one = _waiting(conn, device_id, command_id)
        envelope = _opened(leases.server_key(conn, clock), one)
        if envelope is not None and not command_log.answered(conn, [command_id]):
            answer = refused(envelope, Reason(code="dismissed"))
            kept = command_log.Answered(envelope, content_hash(envelope), answer, clock())
            command_log.keep(conn, device_id, [kept])
        _decide(conn, one, "dismissed", clock(), by, None)


def erase(conn: Connection, clock: Clock, customer_ids: Collection[str]) -> int:
    """Take out what waits and is about customers who are forgotten; return how much that was."""
    key, gone = leases.server_key(conn, clock), 0
    for one in quarantine.held(conn):
        envelope = _opened(key, one)
        if envelope is not None and envelope.command.customer_id in customer_ids:
            gone += quarantine.decide(conn, one, "dismissed", clock(), None)
    return gone


def _waiting(conn: Connection, device_id: str, command_id: str) -> Held:
    one = quarantine.find(conn, device_id, command_id)
    if one is None:
        raise NotFound("Nothing is in quarantine under this id.", what="quarantine")
    if one.state != "waiting":
        raise Conflict("This was decided already.", state=one.state)
    return one


def _decide(
    conn: Connection, one: Held, state: quarantine.State, now: datetime, by: str | None, outcome: Outcome | None
) -> None:
    if not quarantine.decide(conn, one, state, now, by, outcome):
        raise Conflict("This was decided already.")
    what = {"device_id": one.device_id, "subject_id": one.command_id, "how": "admin" if by is None else ""}
    audit.note(conn, now, f"quarantine_{state}", staff_id=by, **what)


def _opened(key: X25519PrivateKey, one: Held) -> Envelope | None:
    try:
        plain = json.loads(open_box(key, WORK_USE, one.command_id, one.sealed or b""))
        return Envelope.model_validate({**plain, "id": one.command_id, "seq": 1})
    except (Unsealable, ValidationError, ValueError, TypeError):
        return None
