"""Says whether the chain of audit events still is what was linked, and what was anchored outside the database.

    for finding in verify(engine, clock, anchors): ...      # none: nothing is wrong

Reads a stretch at a time, each in a transaction of its own: a million events need no more memory than a thousand, and no
writer waits. Events that are linked meanwhile are left for the next time.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import Engine, RowMapping, func, select, text

from sync.clock import Clock
from sync.server.audit_anchor import Anchor
from sync.server.audit_chain import COLUMNS, START, Head, Waiting, head, link_hash, waiting
from sync.server.database import reading
from sync.server.tables import command_log
from sync.server.tables_audit import audit

AT_ONCE = 5000
MOST_TO_PLACE = 200
"""Events in a row that do not follow one another, up to which it is looked whether they only stand in another order."""
MOST_NAMED = 1000
LATE = timedelta(minutes=10)
"""An event that waits longer than this to be linked is a finding: nobody links, or somebody took a link back."""

Kind = Literal["altered", "deleted", "reordered", "truncated", "rewritten", "unlinked"]


class Finding(NamedTuple):
    """What is wrong, and with which event: its place in the chain, and its row or command where they are known."""

    kind: Kind
    seq: int | None
    what: str

    def as_text(self) -> str:
        """Return the line that names the event."""
        return f"{self.kind}\t{'-' if self.seq is None else self.seq}\t{self.what}"


def verify(engine: Engine, clock: Clock, anchors: Iterable[Anchor] = ()) -> Iterator[Finding]:
    """Yield what is wrong: along the chain, at its end, against the anchors, and what is missing before it was linked."""
    with reading(engine) as conn:
        end, unlinked = head(conn), waiting(conn)
    yield from _chain(engine, end, _by_seq(anchors))
    yield from _late(unlinked, clock())
    yield from _unnoted(engine)


def _by_seq(anchors: Iterable[Anchor]) -> dict[int, list[Anchor]]:
    found: dict[int, list[Anchor]] = {}
    for one in anchors:
        found.setdefault(one.seq, []).append(one)
    return found


class _Link(NamedTuple):
    seq: int
    event: RowMapping
    hash: str


def _linked(engine: Engine, upto: int) -> Iterator[_Link]:
    """Yield the events of the chain in its order."""
    after = 0
    while True:
        query = (
            select(audit.c.seq, audit.c.hash, *COLUMNS)
            .where(audit.c.seq > after, audit.c.seq <= upto)
            .order_by(audit.c.seq)
            .limit(AT_ONCE)
        )
        with reading(engine) as conn:
            rows = conn.execute(query).mappings().all()
        for row in rows:
            yield _Link(row["seq"], row, row["hash"] or "")
        if len(rows) < AT_ONCE:
            return
        after = rows[-1]["seq"]


def _chain(engine: Engine, end: Head, anchors: dict[int, list[Anchor]]) -> Iterator[Finding]:
    at, before = 0, START
    broken: list[_Link] = []
    broken_after = START
    anchored = sorted(anchors)
    for one in _linked(engine, end.seq):
        gap = one.seq != at + 1
        if gap:
            yield from _placed(broken, broken_after)
            broken = []
            yield _missing(at + 1, one.seq - 1)
        # what follows a gap has nothing to be held against but the anchors
        if not gap and link_hash(before, one.event) != one.hash:
            broken_after = broken_after if broken else before
            broken.append(one)
            if len(broken) == MOST_TO_PLACE:
                yield from _placed(broken, broken_after)
                broken = []
        elif broken:
            yield from _placed(broken, broken_after)
            broken = []
        for anchor in anchors.get(one.seq, ()):
            if anchor.hash != one.hash:
                yield Finding(
                    "rewritten", one.seq, f"row {one.event['row_id']} is not what was anchored at {anchor.at}"
                )
        at, before = one.seq, one.hash
    yield from _placed(broken, broken_after)
    if at < end.seq:
        yield Finding("truncated", at + 1, f"the chain ends at {at}; its head stands at {end.seq}")
    elif before != end.hash:
        yield Finding("altered", at, "the last event is not the one that the head names")
    if anchored and anchored[-1] > max(at, end.seq):
        last = anchors[anchored[-1]][0]
        yield Finding("truncated", at + 1, f"the chain ends at {at}; at {last.at} event {last.seq} was anchored")


def _missing(first: int, last: int) -> Finding:
    return Finding(
        "deleted", first, f"{last - first + 1} missing, up to {last}" if last > first else "this event is missing"
    )


def _placed(broken: list[_Link], before: str) -> Iterator[Finding]:
    """Tell events that only stand in another order from those that say something else than when they were linked."""
    if not broken:
        return
    known = [before, *(one.hash for one in broken)]
    strange = [one for one in broken if not any(link_hash(each, one.event) == one.hash for each in known)]
    if not strange:
        rows = ", ".join(str(one.event["row_id"]) for one in broken[:5])
        yield Finding(
            "reordered", broken[0].seq, f"{len(broken)} events from here on (rows {rows}) stood in another order"
        )
    for one in strange:
        yield Finding("altered", one.seq, f"row {one.event['row_id']} says something else than when it was linked")


def _late(unlinked: Waiting, now: datetime) -> Iterator[Finding]:
    if unlinked.oldest is not None and now - unlinked.oldest > LATE:
        yield Finding(
            "unlinked", None, f"{unlinked.events} events wait to be linked, the oldest since {unlinked.oldest}"
        )


def _unnoted(engine: Engine) -> Iterator[Finding]:
    """Yield the answered commands that have no event: every one made one, in the transaction of its answer.

    One join in the database, which spills to its own disk where it must; at most `MOST_NAMED` are named.
    """
    columns = command_log.c
    with reading(engine) as conn:
        if conn.dialect.name != "sqlite" and conn.dialect.server_version_info >= (17,):  # type: ignore[operator]
            conn.execute(text("SET LOCAL transaction_timeout = 0"))
        since = conn.scalar(select(func.min(audit.c.at)).where(audit.c.command_id.is_not(None)))
        if since is None:
            return
        query = (
            select(columns.id, columns.type, columns.device_id)
            .outerjoin(audit, audit.c.command_id == columns.id)
            .where(columns.at >= since, audit.c.row_id.is_(None))
            .limit(MOST_NAMED)
        )
        gone = conn.execute(query).all()
    for one in gone:
        yield Finding("deleted", None, f"{one.type} {one.id} of device {one.device_id} has no event")
