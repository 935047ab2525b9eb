"""Carries out one command, once, in one transaction with its answer."""

import hashlib
import json

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from sync.clock import Clock
from sync.errors import ClientelingError
from sync.model.commands import Envelope, Outcome, command_payload
from sync.model.outreach import Reason
from sync.model.shop import Role, Staff
from sync.server.commands.base import Context, Refusal, Tools, refused, works_in
from sync.server.commands.registry import HANDLERS
from sync.server.database import retrying, transaction
from sync.server.repository import audit, command_log
from sync.server.repository.devices import Device
from sync.server.repository.records import Records

log = structlog.get_logger(__name__)


def run(engine: Engine, clock: Clock, device: Device, tools: Tools, envelope: Envelope) -> Outcome:
    """Return the answer to a command: that of the first time, where it was answered before.

    What a device asked for never raises; it is refused with a reason. Raises only sqlalchemy's errors for a database that
    does not answer, in which case nothing happened and the device sends the command again.
    """
    try:
        return retrying(lambda: _once(engine, clock, device, tools, envelope))
    except IntegrityError:  # not because of somebody else at the same moment, then: it has been tried again
        return _once(engine, clock, device, tools, envelope, final=True)


def _once(
    engine: Engine, clock: Clock, device: Device, tools: Tools, envelope: Envelope, *, final: bool = False
) -> Outcome:
    body_hash = content_hash(envelope)
    with transaction(engine) as conn:
        before = command_log.answered(conn, envelope.id)
        if before is not None:
            same = before[0] == body_hash
            return before[1] if same else refused(envelope, Reason(code="conflict"))
        now = clock()
        outcome = _decide(conn, clock, device, tools, envelope, final)
        if not outcome.accepted and outcome.reason is not None:
            audit.note(
                conn,
                now,
                f"refused:{envelope.command.type}",
                device_id=device.id,
                staff_id=envelope.staff_id,
                customer_id=envelope.command.customer_id,
                how=outcome.reason.code[:40],
            )
        command_log.keep(conn, envelope, device.id, body_hash, outcome, now)
        return outcome


def content_hash(envelope: Envelope) -> str:
    """Return what makes two commands of one id the same: who, and what. When and in which place may differ."""
    content = {"staff_id": envelope.staff_id, "command": command_payload(envelope.command)}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _decide(conn: Connection, clock: Clock, device: Device, tools: Tools, envelope: Envelope, final: bool) -> Outcome:
    kind = envelope.command.type
    undo = conn.begin_nested()
    try:
        records = Records(conn, clock)
        staff = _staff(records, device, envelope)
        context = Context(records=records, now=clock(), device=device, staff=staff, tools=tools)
        outcome = HANDLERS[kind](context, envelope, envelope.command)
    except Refusal as refusal:
        undo.rollback()
        return refused(envelope, refusal.reason)
    except ClientelingError as error:
        undo.rollback()
        return refused(envelope, Reason(code=error.code, params=error.params))
    except (IntegrityError, DataError) as error:
        undo.rollback()
        if getattr(error.orig, "sqlstate", None) == "23505" and not final:
            raise  # somebody else wrote the same just now: run again and see it
        log.warning("command.unacceptable", command=kind, command_id=envelope.id, error=type(error).__name__)
        return refused(envelope, Reason(code="unacceptable"))
    except SQLAlchemyError:
        raise
    except Exception:
        # A command that fails for ever would hold up everything behind it on the device.
        undo.rollback()
        log.exception("command.failed", command=kind, command_id=envelope.id)
        return refused(envelope, Reason(code="server_fault"))
    undo.commit()
    return outcome


def _staff(records: Records, device: Device, envelope: Envelope) -> Staff:
    """Return who sent it; refuse whoever is not known, not active, or does not work where the device stands.

    Managers may lend a hand anywhere, but decide only for shops where they work (`Context.need_manager`).
    """
    if envelope.staff_id is None:
        raise Refusal("no_staff")
    staff = records.get(Staff, envelope.staff_id)
    if staff is None:
        raise Refusal("unknown_staff", staff_id=envelope.staff_id)
    if not staff.active:
        raise Refusal("inactive_staff", staff_id=staff.id)
    if staff.role is not Role.MANAGER and not works_in(staff, device.shop_id):
        raise Refusal("not_here", staff_id=staff.id)
    return staff
