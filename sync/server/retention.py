"""How long each kind of record is kept: the rules, what the worker removes by them, and the report.

    rules = load_rules(settings.retention)                     # the house's own TOML, or the one that ships
    Retention(engine, clock, rules)() -> Counter               # removes what is past its time; the worker calls it
    Retention(engine, clock, rules).report() -> list[Line]     # what is kept, since when, and what is due

Removing goes through `Records`, so tablets hear of it. What still waits (a message in the queue, an open follow-up, an
appointment ahead) is never removed. Orders past their time are removed from customers; those of the forgotten
(`kept_orders`) at the end of their own.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, func, select

from sync.clock import Clock
from sync.errors import BadSetting
from sync.model.customer import AppointmentState
from sync.model.outreach import MessageState
from sync.model.promise import PromiseState
from sync.policy.assets import assets_folder
from sync.server.database import reading, retrying, transaction
from sync.server.repository.records import Records
from sync.server.repository.scopes import OPEN_FOLLOW_UPS, OPEN_SLIPS
from sync.server.tables import RECORD_TABLES, follow_ups
from sync.server.tables_edges import unclaimed_facts
from sync.server.tables_rights import kept_orders

log = structlog.get_logger(__name__)

KINDS = (
    "order",
    "consent",
    "membership_key",
    "web_activity",
    "visit",
    "appointment",
    "interaction",
    "message",
    "contact",
    "follow_up",
    "slip",
    "belonging",
    "promise",
)
"""Kinds that belong to a customer, each of which has a rule; `unclaimed` is what nobody's is yet."""
FOR_EVER = 0
_AT_ONCE = 500
_MOST = 20_000
"""Records of a kind removed in one go; the rest waits for the next, an hour later."""
_WAITING = {
    "message": (MessageState.AWAITING_APPROVAL, MessageState.RETURNED, MessageState.QUEUED, MessageState.SENDING),
    "appointment": (AppointmentState.BOOKED, AppointmentState.ARRIVED),
    "follow_up": OPEN_FOLLOW_UPS,
    "slip": OPEN_SLIPS,
    "promise": (PromiseState.OPEN,),
}


class Rule(BaseModel):
    """How long a kind is kept, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int = Field(ge=0, le=36_525, description="0 keeps it for as long as the customer is known.")
    reason: str = Field(min_length=1, max_length=400)


class Rules(BaseModel):
    """A rule for each kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1, le=1)
    keep: dict[str, Rule]

    @model_validator(mode="after")
    def _complete(self) -> "Rules":
        known = {*KINDS, "unclaimed"}
        if strange := sorted(set(self.keep) - known):
            raise ValueError(f"there is no kind {', '.join(strange)}; there are {', '.join(sorted(known))}")
        return self


class Line(NamedTuple):
    """One kind in the report."""

    kind: str
    days: int
    kept: int
    oldest: datetime | None
    due: int
    """Records past their time that the worker has yet to remove."""
    reason: str


def load_rules(path: Path | None = None) -> Rules:
    """Read the rules; kinds that a house's own file leaves out follow the shipped ones. Raises BadSetting that names what
    is wrong."""
    shipped = _read(assets_folder() / "retention" / "default.toml")
    if path is None:
        return shipped
    own = _read(path)
    return own.model_copy(update={"keep": {**shipped.keep, **own.keep}})


def _read(path: Path) -> Rules:
    try:
        return Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadSetting(f"{path.name}: cannot be read: {error.strerror}.", file=path.name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path.name}: is no TOML: {error}.", file=path.name) from error
    except ValidationError as error:
        lines = [
            f"{path.name}: {'.'.join(map(str, each['loc'])) or 'keep'}: {each['msg']}."
            for each in error.errors(include_url=False)
        ]
        raise BadSetting("\n".join(lines), file=path.name) from error


class Retention:
    """See the module."""

    def __init__(self, engine: Engine, clock: Clock, rules: Rules) -> None:
        self._engine, self._clock, self._rules = engine, clock, rules

    def __call__(self) -> Counter[str]:
        """Remove what is past its time; return how much of each kind."""
        gone = Counter[str]()
        for kind in KINDS:
            gone[kind] = self._remove(kind)
        now = self._clock()
        with transaction(self._engine) as conn:
            past = kept_orders.c.keep_until <= now
            gone["kept_order"] = conn.execute(delete(kept_orders).where(past)).rowcount
            until = self._until("unclaimed", now)
            if until is not None:
                old = unclaimed_facts.c.at < until
                gone["unclaimed"] = conn.execute(delete(unclaimed_facts).where(old)).rowcount
        gone = +gone
        if gone:
            log.info("retention", **gone)
        return gone

    def report(self) -> list[Line]:
        """Return a line for each kind: its rule, how much is kept, since when, and how much is past its time."""
        now = self._clock()
        with reading(self._engine) as conn:
            lines = [self._line(conn, kind, _at(kind), now) for kind in KINDS]
            lines.append(self._line(conn, "unclaimed", unclaimed_facts.c.at, now))
            many, oldest = _many(conn, kept_orders.c.at)
            past = conn.scalar(select(func.count()).where(kept_orders.c.keep_until <= now)) or 0
        rule = self._rules.keep["order"]
        return [
            *lines,
            Line("kept_order", rule.days, many, oldest, past, f"Of the forgotten, without them. {rule.reason}"),
        ]

    def _line(self, conn: Connection, kind: str, at: ColumnElement[datetime] | None, now: datetime) -> Line:
        rule, until = self._rules.keep[kind], self._until(kind, now)
        if at is None:
            return Line(kind, rule.days, _rows(conn, RECORD_TABLES[kind]), None, 0, rule.reason)
        many, oldest = _many(conn, at)
        due = 0
        if until is not None:
            over = _over(kind, until) if kind in KINDS else (at < until,)
            due = conn.scalar(select(func.count()).where(*over)) or 0
        return Line(kind, rule.days, many, oldest, due, rule.reason)

    def _until(self, kind: str, now: datetime) -> datetime | None:
        days = self._rules.keep[kind].days
        return None if days == FOR_EVER else now - timedelta(days=days)

    def _remove(self, kind: str) -> int:
        until = self._until(kind, self._clock())
        if until is None or _at(kind) is None:
            return 0
        removed = 0
        while removed < _MOST:
            with reading(self._engine) as conn:
                ids = list(conn.scalars(select(RECORD_TABLES[kind].c.id).where(*_over(kind, until)).limit(_AT_ONCE)))
            count = retrying(partial(self._delete, kind, ids)) if ids else 0
            removed += count
            if not count:
                break
        return removed

    def _delete(self, kind: str, ids: list[str]) -> int:
        with transaction(self._engine) as conn:
            return Records(conn, self._clock).delete_many(kind, ids)


def _at(kind: str) -> ColumnElement[datetime] | None:
    """Return the column that says how old a record is, None where that does not matter."""
    if kind == "membership_key":
        return None
    column: ColumnElement[datetime] = follow_ups.c.due_at if kind == "follow_up" else RECORD_TABLES[kind].c.at
    return column


def _over(kind: str, until: datetime) -> tuple[ColumnElement[bool], ...]:
    at = _at(kind)
    assert at is not None
    table: Mapping[str, Table] = RECORD_TABLES
    states = [state.value for state in _WAITING.get(kind, ())]
    return (at < until, table[kind].c.state.not_in(states)) if states else (at < until,)


def _rows(conn: Connection, table: Table) -> int:
    return conn.scalar(select(func.count()).select_from(table)) or 0


def _many(conn: Connection, at: ColumnElement[datetime]) -> tuple[int, datetime | None]:
    many, oldest = conn.execute(select(func.count(at), func.min(at))).one()
    return many, oldest
