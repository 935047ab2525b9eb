"""A manager looks at what a revoked device of her shop handed in, and says of each command whether it counts.

    look(engine, clock, device, staff_id, device_id) -> UnsentWork
    decide(engine, clock, tools, device, staff_id, device_id, command_id, accept=...) -> Decided

`device` is the one she asks from; it is checked here that she leads its shop, and that the other one stood there too.
"""

from sqlalchemy import Connection, Engine

from sync.clock import Clock
from sync.errors import Conflict, NotFound
from sync.model.commands import LogInteraction, RegisterCustomer, StopContact
from sync.model.fleet import Decided, Unsent, UnsentWork
from sync.sealed.vault import Unsealable
from sync.server import quarantine
from sync.server.asker import asker, leader
from sync.server.commands.base import Tools
from sync.server.database import transaction
from sync.server.quarantine import Entry
from sync.server.repository import audit, devices
from sync.server.repository import quarantine as kept
from sync.server.repository.audit import AuditEntry
from sync.server.repository.devices import Device

MOST = 100
"""Entries in one answer: more than somebody judges at a stretch."""
_TEXTS = ("text", "body", "comment", "word", "why", "reason")
_CODES = ("channel", "cause", "feeling", "source", "outcome", "action", "field")
_GIVEN_TO = ("assignee_id", "to_staff_id", "locked_staff_id")


def look(engine: Engine, clock: Clock, device: Device, staff_id: str, device_id: str) -> UnsentWork:
    """Return what waits, the oldest first; each customer of whom it tells is put on record as looked at.

    Raises NotAllowed for who is no manager where `device` stands, and NotFound where the other is none of that shop.
    """
    with transaction(engine) as conn:
        other = _of_this_shop(conn, clock, device, staff_id, device_id)
        waiting = sum(one.commands for one in kept.waiting(conn, device.shop_id) if one.device_id == device_id)
    found = quarantine.entries(engine, clock, device_id=device_id, limit=MOST)
    now = clock()
    with transaction(engine) as conn:
        told = tuple(_told(conn, clock, device, staff_id, one) for one in found)
        about: list[str | None] = [*sorted({one.customer_id for one in told if one.customer_id})]
        audit.note_all(
            conn,
            (
                AuditEntry(
                    at=now, what="quarantine_read", device_id=device.id, staff_id=staff_id, customer_id=each,
                    subject_id=device_id,
                )
                for each in about or [None]  # that nothing was there is a look too
            ),
        )  # fmt: skip
    more = max(0, waiting - len(told))
    return UnsentWork(device_id=device_id, device_name=other.name, entries=told, more=more, server_time=now)


def decide(
    engine: Engine,
    clock: Clock,
    tools: Tools,
    device: Device,
    staff_id: str,
    device_id: str,
    command_id: str,
    *,
    accept: bool,
) -> Decided:
    """Carry a command out or turn it down, and return what became of it.

    Raises what `look` does, NotFound for a command that is not there, and Conflict where it was decided already or
    does not open and cannot be carried out.
    """
    with transaction(engine) as conn:
        _of_this_shop(conn, clock, device, staff_id, device_id)
    if not accept:
        quarantine.dismiss(engine, clock, device_id, command_id, staff_id)
        return Decided(state="dismissed")
    try:
        outcome = quarantine.accept(engine, clock, tools, device_id, command_id, staff_id)
    except Unsealable as error:
        raise Conflict("It does not open: it can only be turned down.", reason="unreadable") from error
    return Decided(state="accepted" if outcome.accepted else "refused", reason=outcome.reason)


def _of_this_shop(conn: Connection, clock: Clock, device: Device, staff_id: str, device_id: str) -> Device:
    leader(conn, clock, device, staff_id)
    found = next((one for one in devices.of_shop(conn, device.shop_id) if one.id == device_id), None)
    if found is None:
        raise NotFound("No device of this shop is known under this id.", what="device")
    return found


def _told(conn: Connection, clock: Clock, device: Device, staff_id: str, one: Entry) -> Unsent:
    given = one.envelope
    if given is None:
        return Unsent(command_id=one.command_id, received_at=one.received_at)
    command = given.command
    said = command.model_dump(mode="json", exclude_none=True)
    text = next((said[name] for name in _TEXTS if said.get(name)), "")
    is_closed = isinstance(command, StopContact) or (isinstance(command, LogInteraction) and command.confidential)
    withheld = bool(
        text
        and is_closed
        and given.staff_id != staff_id
        and not asker(conn, clock, device, staff_id).answers_for(conn, clock, command.customer_id)
    )
    new = command if isinstance(command, RegisterCustomer) else None
    return Unsent(
        command_id=one.command_id,
        type=command.type,
        staff_id=given.staff_id,
        customer_id=command.customer_id or None,
        received_at=one.received_at,
        done_at=given.device_time,
        name=f"{new.family_name} {new.given_name}".strip() if new is not None else "",
        subject=said.get("subject", ""),
        text="" if withheld else text,
        withheld=withheld,
        codes={name: said[name] for name in _CODES if said.get(name)},
        tags=tuple(said.get("tags", ())),
        products=len(said.get("product_ids", ())),
        for_staff_id=next((said[name] for name in _GIVEN_TO if said.get(name)), None),
    )
