"""Keeps the change feed as short as the records it names.

    compact(engine, now, keep=timedelta(days=90)) -> Compacted

A change that a later one of the same scope and record replaced says nothing any more: reading from the start stays a whole
copy without it. A tombstone is kept for as long as a device may be away; who stands before one that is gone
(`feed.floor`) starts over. The last change of a scope always stays, so that whoever has read everything stands at or
behind every floor.

Removing is done in small transactions, so that no writer waits long, and may be broken off anywhere.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Engine, and_, case, delete, func, select, text

from sync.server import feed
from sync.server.database import reading, retrying, transaction
from sync.server.tables import changes, scope_logs

ENOUGH = 1000
"""A scope with fewer new changes than this, or than a fifth of all it has, is left alone."""
_AT_ONCE = 500
_MOST = 200_000
"""Changes removed from one scope in one go; the rest waits for the next."""
_KEEP_LOG = text(
    """
    INSERT INTO scope_logs AS held (scope, compacted, floor) VALUES (:scope, :compacted, :floor)
    ON CONFLICT (scope) DO UPDATE SET
        compacted = CASE WHEN excluded.compacted > held.compacted THEN excluded.compacted ELSE held.compacted END,
        floor = CASE WHEN excluded.floor > held.floor THEN excluded.floor ELSE held.floor END
    """
)


class Compacted(NamedTuple):
    """How many changes were removed: replaced ones, and tombstones past their time."""

    replaced: int
    tombstones: int


class _Plan(NamedTuple):
    replaced: list[int]
    tombstones: list[int]
    floor: int
    whole: bool
    """Whether these are all that can go."""
    last: int


def compact(engine: Engine, now: datetime, *, keep: timedelta, enough: int = ENOUGH) -> Compacted:
    """Remove what can go from every scope in which enough has piled up."""
    feed.sequence(engine)
    with reading(engine) as conn:
        due = _due(conn, now - keep, enough)
    replaced = tombstones = 0
    for scope in due:
        with reading(engine, whole=True) as conn:
            plan = _plan(conn, scope, now - keep)
        _note(engine, scope, floor=plan.floor)  # before they go: nobody may read past a gap unwarned
        _remove(engine, [*plan.replaced, *plan.tombstones])
        if plan.whole:
            _note(engine, scope, compacted=plan.last)
        replaced += len(plan.replaced)
        tombstones += len(plan.tombstones)
    return Compacted(replaced, tombstones)


def _due(conn: Connection, cutoff: datetime, enough: int) -> list[str]:
    fresh = changes.c.seq > func.coalesce(scope_logs.c.compacted, 0)
    old = and_(changes.c.deleted, changes.c.at < cutoff)
    query = (
        select(changes.c.scope, func.count(), func.sum(case((fresh | old, 1), else_=0)))
        .outerjoin(scope_logs, scope_logs.c.scope == changes.c.scope)
        .where(changes.c.seq.is_not(None))
        .group_by(changes.c.scope)
    )
    return [scope for scope, every, piled in conn.execute(query) if piled >= max(enough, every // 5)]


def _plan(conn: Connection, scope: str, cutoff: datetime) -> _Plan:
    columns = changes.c
    ranked = (
        select(
            columns.row_id,
            columns.seq,
            and_(columns.deleted, columns.at < cutoff).label("old"),
            func.row_number()
            .over(partition_by=(columns.kind, columns.record_id), order_by=columns.seq.desc())
            .label("n"),
            func.max(columns.seq).over().label("last"),
        )
        .where(columns.scope == scope, columns.seq.is_not(None))
        .subquery()
    )
    rank = ranked.c
    query = (
        select(rank.row_id, rank.seq, rank.n, rank.last)
        .where((rank.n > 1) | (rank.old & (rank.seq < rank.last)))
        .order_by(rank.seq)
        .limit(_MOST + 1)
    )
    rows = conn.execute(query).all()
    last = conn.scalar(select(func.max(columns.seq)).where(columns.scope == scope)) or 0
    whole, rows = len(rows) <= _MOST, rows[:_MOST]
    gone = [(row_id, seq) for row_id, seq, n, _ in rows if n == 1]
    return _Plan(
        replaced=[row_id for row_id, _, n, _ in rows if n > 1],
        tombstones=[row_id for row_id, _ in gone],
        floor=max((seq for _, seq in gone), default=0),
        whole=whole,
        last=last,
    )


def _note(engine: Engine, scope: str, *, compacted: int = 0, floor: int = 0) -> None:
    def work() -> None:
        with transaction(engine) as conn:
            conn.execute(_KEEP_LOG, {"scope": scope, "compacted": compacted, "floor": floor})

    retrying(work)


def _remove(engine: Engine, row_ids: Sequence[int]) -> None:
    for start in range(0, len(row_ids), _AT_ONCE):
        batch = row_ids[start : start + _AT_ONCE]

        def work(batch: Sequence[int] = batch) -> None:
            with transaction(engine) as conn:
                conn.execute(delete(changes).where(changes.c.row_id.in_(batch)))

        retrying(work)
