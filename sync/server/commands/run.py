"""Carries out commands, each once, in one transaction with its answer; a few neighbours share theirs."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from sync.clock import Clock
from sync.errors import ClientelingError
from sync.model.commands import Envelope, Outcome, command_payload
from sync.model.outreach import Reason
from sync.model.shop import Role, Staff
from sync.policy import roles
from sync.policy.employment import employed
from sync.policy.roles import Right
from sync.server.commands.base import Context, House, Refusal, Tools, done_at, refused
from sync.server.commands.registry import HANDLERS, MAKES
from sync.server.database import retrying, transaction
from sync.server.repository import command_log, scopes
from sync.server.repository.audit import AuditEntry
from sync.server.repository.devices import Device
from sync.server.repository.together import NotTogether, Together

log = structlog.get_logger(__name__)


TOGETHER = 100
"""Commands that share a transaction: a batch of them costs as many flushes to the disk fewer, and nobody waits long for it."""
_SORTED = json.JSONEncoder(sort_keys=True).encode  # made once: `json.dumps` would make it for every command


def run(engine: Engine, clock: Clock, device: Device, tools: Tools, envelopes: Sequence[Envelope]) -> list[Outcome]:
    """Return the answer to each command, in their order: that of the first time, where it was answered before.

    What a device asked for never raises; it is refused with a reason, and what it did until then is undone without touching
    its neighbours. Raises only sqlalchemy's errors for a database that does not answer: then the commands from some point
    on did not happen, and the device sends them all again.
    """
    outcomes: list[Outcome] = []
    for first in range(0, len(envelopes), TOGETHER):
        part = envelopes[first : first + TOGETHER]
        try:
            outcomes += _carry_out(engine, clock, device, tools, part)
        except (DBAPIError, NotTogether) as error:
            log.info("command.one_by_one", commands=len(part), error=type(error.__cause__ or error).__name__)
            outcomes += [_alone(engine, clock, device, tools, one) for one in part]
    return outcomes


def _alone(engine: Engine, clock: Clock, device: Device, tools: Tools, envelope: Envelope) -> Outcome:
    try:
        return retrying(lambda: _carry_out(engine, clock, device, tools, [envelope], alone=True))[0]
    except IntegrityError:  # not because of somebody else at the same moment, then: it has been tried again
        return _carry_out(engine, clock, device, tools, [envelope], alone=True, final=True)[0]


def _carry_out(
    engine: Engine,
    clock: Clock,
    device: Device,
    tools: Tools,
    envelopes: Sequence[Envelope],
    *,
    alone: bool = False,
    final: bool = False,
) -> list[Outcome]:
    """Carry out commands in one transaction. Raises DBAPIError or NotTogether, and then none of them happened."""
    outcomes: list[Outcome] = []
    with transaction(engine) as conn:
        answered = command_log.answered(conn, [one.id for one in envelopes])
        house = House(Together(conn, clock))
        if alone:
            scopes.lock_customers(conn, [hers for one in envelopes if (hers := one.command.customer_id)])
        else:
            _look_up(house, [one for one in envelopes if one.id not in answered])
        kept: list[command_log.Answered] = []
        for envelope in envelopes:
            body_hash = content_hash(envelope)
            if envelope.id in answered:
                before, outcome = answered[envelope.id]
                same = before in (command_log.ERASED, body_hash)
                outcomes.append(outcome if same else refused(envelope, Reason(code="conflict")))
                continue
            now = clock()
            outcome = _decide(house, device, tools, envelope, now, final)
            if not outcome.accepted and outcome.reason is not None:
                house.records.note(
                    AuditEntry(
                        at=now,
                        what=f"refused:{envelope.command.type}",
                        device_id=device.id,
                        staff_id=envelope.staff_id,
                        customer_id=envelope.command.customer_id or None,
                        how=outcome.reason.code[:40],
                        device_at=envelope.device_time,
                        command_id=envelope.id,
                    )
                )
            elif not house.records.noted:  # every answered command has an event: one that is gone is missed
                house.records.note(
                    AuditEntry(
                        at=now,
                        what=envelope.command.type,
                        device_id=device.id,
                        staff_id=envelope.staff_id,
                        customer_id=envelope.command.customer_id or None,
                        device_at=envelope.device_time,
                        command_id=envelope.id,
                    )
                )
            kept.append(command_log.Answered(envelope, body_hash, outcome, now))
            answered[envelope.id] = body_hash, outcome
            outcomes.append(outcome)
        house.records.finish()
        command_log.keep(conn, device.id, kept)
    return outcomes


def _look_up(house: House, envelopes: Sequence[Envelope]) -> None:
    """Read at once what these commands name."""
    commands = [one.command for one in envelopes]
    new: defaultdict[str, set[str]] = defaultdict(set)
    for command in commands:
        if command.type in MAKES:
            kind = MAKES[command.type].kind
            new[kind].add(getattr(command, f"{kind}_id"))
    house.look_up_scopes({one.customer_id for one in commands} - {""})
    house.records.look_up({one.customer_id for one in commands} - {""}, new)
    house.look_up(
        {one.staff_id for one in envelopes if one.staff_id is not None},
        {one.shop_id for one in commands if hasattr(one, "shop_id")},
    )


def content_hash(envelope: Envelope) -> str:
    """Return what makes two commands of one id the same: who, and what. When and in which place may differ."""
    content = {"staff_id": envelope.staff_id, "command": command_payload(envelope.command)}
    return hashlib.sha256(_SORTED(content).encode()).hexdigest()


def _decide(house: House, device: Device, tools: Tools, envelope: Envelope, now: datetime, final: bool) -> Outcome:
    kind = envelope.command.type
    records = house.records
    records.begin()
    try:
        staff = _staff(house, device, envelope, now)
        context = Context(house=house, now=now, device=device, staff=staff, tools=tools, envelope=envelope)
        _need_right(context, envelope)
        outcome = HANDLERS[kind](context, envelope, envelope.command)
    except Refusal as refusal:
        records.undo()
        return refused(envelope, refusal.reason)
    except ClientelingError as error:
        records.undo()
        return refused(envelope, Reason(code=error.code, params=error.params))
    except (IntegrityError, DataError) as error:
        records.undo()
        if getattr(error.orig, "sqlstate", None) == "23505" and not final:
            raise  # somebody else wrote the same just now: run again and see it
        log.warning("command.unacceptable", command=kind, command_id=envelope.id, error=type(error).__name__)
        return refused(envelope, Reason(code="unacceptable"))
    except (SQLAlchemyError, NotTogether):
        raise
    except Exception:
        # A command that fails for ever would hold up everything behind it on the device.
        records.undo()
        log.exception("command.failed", command=kind, command_id=envelope.id)
        return refused(envelope, Reason(code="server_fault"))
    records.keep()
    return outcome


def _staff(house: House, device: Device, envelope: Envelope, now: datetime) -> Staff:
    """Return who sent it; refuse whoever is not known, not employed when it was done, or does not work where the device stands.

    Managers may lend a hand anywhere, but decide only for shops within their scope (`Context.need_manager`).
    """
    if envelope.staff_id is None:
        raise Refusal("no_staff")
    staff = house.staff(envelope.staff_id)
    if staff is None:
        raise Refusal("unknown_staff", staff_id=envelope.staff_id)
    if not employed(staff, done_at(envelope, now), house.shop(staff.shop_id)):
        raise Refusal("inactive_staff", staff_id=staff.id)
    if not roles.leads(staff) and not house.reaches(staff, device.shop_id):
        raise Refusal("not_here", staff_id=staff.id)
    return staff


def _need_right(context: Context, envelope: Envelope) -> None:
    """Refuse what the table of roles does not let this person do, and whatever is not in it."""
    command = envelope.command
    rule = roles.COMMANDS.get(command.type)
    right = rule.right(context.staff.role) if rule is not None else Right.NO
    if right is Right.NO:
        raise Refusal("role", needs=Role.MANAGER.value)
    if right is Right.OWN and command.customer_id:
        at = context.happened_at(envelope)
        if not context.house.has_in_scope(context.staff, context.device, command.customer_id, at):
            raise Refusal("out_of_scope", customer_id=command.customer_id)
