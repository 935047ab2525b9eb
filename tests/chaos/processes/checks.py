"""What must hold once everything has healed and every tablet was ended; each violation is a sentence."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Engine, text

from sync.client import Client
from sync.model.kinds import RECORD_TYPES
from sync.server.database import reading
from tests.chaos.processes import expected
from tests.chaos.processes.journal import entries
from tests.chaos.processes.tablet import Tablet, client_of

_MADE = {
    "log_interaction": ("interactions", "interaction_id"),
    "check_in": ("visits", "visit_id"),
    "queue_message": ("messages", "message_id"),
    "register_customer": ("customers", "customer_id"),
}
"""What an accepted command leaves: in which table, under which of its ids."""
_AUDITED = {
    "record_view": "view",
    "check_in": "check_in",
    "register_customer": "register",
    "log_interaction": "log_interaction",
    "queue_message": "queue_message",
}
"""What the audit calls a command each time its effect is made: so a second time shows."""


@dataclass(frozen=True)
class Answered:
    """A command as the server has it on record."""

    seq: int
    type: str
    accepted: bool
    at: Any


@dataclass(frozen=True)
class Facts:
    """What the server holds, read in one transaction."""

    answered: dict[str, dict[str, Answered]]
    """By device, then by command."""
    made: dict[str, dict[str, dict[str, Any]]]
    """By table, then by id."""
    aliases: dict[str, str]
    audited: Counter[tuple[str, str]]
    """By device and what."""


def acknowledged(tablets: Sequence[Tablet]) -> int:
    """Return how many commands the tablets were told are kept."""
    return sum("id" in entry for tablet in tablets for entry in entries(tablet.journal))


def violations(engine: Engine, tablets: Sequence[Tablet]) -> list[str]:
    """Return everything that does not hold. The tablets' processes must have ended; their files are opened here."""
    with reading(engine) as conn:
        facts = _facts(conn)
        views = {shop: expected.view(conn, shop) for shop in {tablet.shop_id for tablet in tablets}}
        found = list(_once_each(conn, facts))
    for tablet in tablets:
        client = client_of(tablet)
        client.open()
        try:
            said = [*_commands(tablet, client, facts), *_cache(client, views[tablet.shop_id], facts)]
            found += [f"tablet {tablet.number}: {each}" for each in said]
        finally:
            client.close()
    return found


def _facts(conn: Connection) -> Facts:
    answered: defaultdict[str, dict[str, Answered]] = defaultdict(dict)
    for row in conn.execute(text("SELECT id, device_id, seq, type, outcome, at FROM command_log")):
        answered[row.device_id][row.id] = Answered(row.seq, row.type, row.outcome["accepted"], row.at)
    made = {
        table: {row.id: row.data for row in conn.execute(text(f"SELECT id, data FROM {table}"))}
        for table, _ in _MADE.values()
    }
    aliases = {
        row.alias: row.customer_id for row in conn.execute(text("SELECT alias, customer_id FROM customer_aliases"))
    }
    audit = "SELECT device_id, what, count(*) AS n FROM audit WHERE device_id IS NOT NULL GROUP BY device_id, what"
    audited = Counter({(row.device_id, row.what): row.n for row in conn.execute(text(audit))})
    return Facts(dict(answered), made, aliases, audited)


def _once_each(conn: Connection, facts: Facts) -> Iterator[str]:
    """Every accepted command had its effect just once, every refused one none."""
    for device, commands in facts.answered.items():
        accepted = Counter(each.type for each in commands.values() if each.accepted)
        refused = Counter(each.type for each in commands.values() if not each.accepted)
        for kind, what in _AUDITED.items():
            if accepted[kind] != facts.audited[device, what]:
                yield f"{accepted[kind]} {kind} accepted of {device}, {facts.audited[device, what]} carried out"
        for kind in {kind for kind, _ in _AUDITED.items()} | set(refused):
            if refused[kind] != facts.audited[device, f"refused:{kind}"]:
                yield f"{refused[kind]} {kind} refused of {device}, {facts.audited[device, f'refused:{kind}']} audited"
    everything = Counter(
        each.type for commands in facts.answered.values() for each in commands.values() if each.accepted
    )
    for kind in ("log_interaction", "queue_message"):
        there = len(facts.made[_MADE[kind][0]])
        if there != everything[kind]:
            yield f"{everything[kind]} {kind} accepted, {there} records there"
    twice = "SELECT subject_id FROM audit WHERE what = 'cancel_message' GROUP BY subject_id HAVING count(*) > 1"
    for message_id in conn.scalars(text(twice)):
        yield f"message {message_id} was cancelled twice"


def _commands(tablet: Tablet, client: Client, facts: Facts) -> Iterator[str]:
    lines = list(entries(tablet.journal))
    given = {line["id"]: line["command"] for line in lines if "id" in line}
    recalled = {line["recalled"] for line in lines if "recalled" in line}
    recalling = {line["recalling"] for line in lines if "recalling" in line}
    answered = facts.answered.get(client.device_id or "", {})
    kept = _outbox(tablet)
    status = client.status()
    seen = {each.command_id for each in status.refused}

    for command_id in given.keys() - recalling - answered.keys():
        yield f"lost: {given[command_id]['type']} {command_id}, on the tablet {kept.get(command_id, 'nowhere')}"
    for command_id in (recalling - recalled) & kept.keys() - answered.keys():
        yield f"neither recalled nor sent: {command_id}"
    for command_id in recalled & answered.keys():
        yield f"recalled and yet carried out: {command_id}"
    for command_id in answered.keys() - kept.keys():
        yield f"on the server and not known to the tablet: {command_id}"
    for command_id, answer in answered.items():
        state = "sent" if answer.accepted else "refused"
        if kept.get(command_id, state) != state:
            yield f"{command_id} is {state} on the server, {kept[command_id]} on the tablet"
        if not answer.accepted and command_id not in seen:
            yield f"refused and not shown: {command_id}"
        if command_id in given:
            yield from _effect(given[command_id], answer, facts)
    if status.waiting or status.held or "unsent_unreadable" in status.messages:
        yield f"stuck: {status.waiting} waiting, {status.held} held, {status.messages}"

    in_order = sorted(answered.values(), key=lambda each: each.seq)
    if len({each.seq for each in in_order}) != len(in_order):
        yield "a number of the device's order was used twice"
    if any(later.at < earlier.at for earlier, later in pairwise(in_order)):
        yield "commands were carried out in another order than they were given"


def _effect(command: dict[str, Any], answer: Answered, facts: Facts) -> Iterator[str]:
    kind = command["type"]
    if kind == "cancel_message" and answer.accepted:
        state = facts.made["messages"].get(command["message_id"], {}).get("state")
        if state != "cancelled":
            yield f"message {command['message_id']} was cancelled and is {state}"
    if kind not in _MADE:
        return
    table, name = _MADE[kind]
    record = facts.made[table].get(command[name])
    if not answer.accepted:
        if record is not None and kind != "log_interaction":  # a refused note may bear the id of an earlier one
            yield f"{kind} {command[name]} was refused and is there"
        return
    if record is None:
        if command[name] not in facts.aliases:
            yield f"{kind} {command[name]} was accepted and is not there"
        return
    owner = record.get("customer_id", record["id"])
    wanted = command["customer_id"]
    if owner not in (wanted, facts.aliases.get(wanted)) or record.get("text", "") != command.get("text", ""):
        yield f"{kind} {command[name]} is there with other content"


def _outbox(tablet: Tablet) -> dict[str, str]:
    path = f"file:{tablet.settings.data / 'device.db'}?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as conn:
        return dict(conn.execute("SELECT id, state FROM outbox").fetchall())


def _cache(client: Client, view: dict[str, dict[str, expected.Document]], facts: Facts) -> Iterator[str]:
    """The cache is what the server says belongs there. Beside it stand only customers who were fetched for a day, and
    what was done on this tablet for somebody who has left the shop's scope since: that is shown for ten minutes more."""
    for kind in RECORD_TYPES:
        cached = {record.id: record.to_wire() for record in client.cache.records(kind)}
        wanted = view.get(kind, {})
        for record_id in wanted.keys() - cached.keys():
            yield f"{kind} {record_id} is not in the cache"
        for record_id in cached.keys() & wanted.keys():
            if cached[record_id] != wanted[record_id]:
                yield f"{kind} {record_id} differs: {_differences(cached[record_id], wanted[record_id])}"
        for record_id in cached.keys() - wanted.keys():
            owner = record_id if kind == "customer" else cached[record_id].get("customer_id")
            shown = client.cache.base_record(kind, record_id) is None  # the effect of a command, not a cached record
            done_here = shown and any(record_id in made for made in facts.made.values())
            visits = owner is not None and client.cache.fetched_at(owner) is not None
            if owner is None or owner in view["customer"] or not (visits or done_here):
                yield f"{kind} {record_id} is in the cache and not in the shop's scope"


def _differences(cached: expected.Document, wanted: expected.Document) -> str:
    names = sorted(name for name in cached.keys() | wanted.keys() if cached.get(name) != wanted.get(name))
    return ", ".join(f"{name} is {cached.get(name)!r} and should be {wanted.get(name)!r}" for name in names)
