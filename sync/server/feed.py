"""The change feed: an order of all changes that a reader can follow by one integer cursor and miss nothing.

`append` notes changes inside the writer's transaction; a change holds ids only. Its place in the order is `seq`:

- SQLite lets one writer in at a time, so the writer gives the next numbers itself.
- PostgreSQL's writers commit in another order than they began in, so a number given by the writer could become visible
  after a higher one was read. Rows therefore wait without a number; `sequence` numbers those it can see, which are
  committed ones only, and a lock lets one sequencer work at a time. Numbers thus become visible in their order, and
  a writer that stays open holds nobody else back.

Whoever gives the numbers also folds the deltas of the changes into their scope's digest, in the same transaction: a digest
stands for what is numbered, and no writer waits for another one at a shop's digest.

`sequence` is called in a transaction of its own before each read.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, select, text, update

from sync.ids import new_id
from sync.server import digests
from sync.server.database import mark_fed, transaction
from sync.server.tables import changes, feed_state, scope_logs

EVERYWHERE = "*"
"""The scope of what is no customer's and the same for every shop: shops, staff, catalogue."""
CHANNEL = "clienteling_fed"
"""What PostgreSQL notifies on, with the new head, when changes have been numbered."""

_STAMP_AT_ONCE = 20_000
_STAMP = text(
    """
    WITH waiting AS (
        SELECT row_id, row_number() OVER (ORDER BY row_id) AS n FROM changes WHERE seq IS NULL
        ORDER BY row_id LIMIT :most
    )
    , stamped AS (
        UPDATE changes SET seq = :head + waiting.n FROM waiting WHERE changes.row_id = waiting.row_id
        RETURNING scope, kind, n_delta, tag_delta
    ), folded AS (
        INSERT INTO scope_digests AS held (scope, kind, records, total)
        SELECT scope, kind, sum(n_delta), sum(tag_delta) FROM stamped GROUP BY scope, kind
        ON CONFLICT (scope, kind)
        DO UPDATE SET records = held.records + excluded.records, total = held.total + excluded.total
    ), moved AS (
        UPDATE feed_state SET head = :head + (SELECT count(*) FROM stamped) WHERE EXISTS (SELECT 1 FROM stamped)
        RETURNING pg_notify(:channel, CAST(head AS text))
    )
    SELECT (SELECT count(*) FROM stamped), (SELECT count(*) FROM moved)
    """
)
"""One statement, as each is a way to the database and back before anybody hears of the change."""
_LOCK = text("SELECT head FROM feed_state WHERE EXISTS (SELECT 1 FROM changes WHERE seq IS NULL) FOR UPDATE")


class Change(NamedTuple):
    """A record was put into, or (deleted) taken out of, a scope."""

    scope: str
    kind: str
    record_id: str
    customer_id: str | None
    deleted: bool = False
    n_delta: int = 0
    """What this adds to the number of the scope's records of the kind: -1, 0 or 1."""
    tag_delta: int = 0
    """What this adds to the sum of their tags."""


class Stretch(NamedTuple):
    """Changes in feed order, the cursor after the last of them, and whether there are more."""

    changes: list[Change]
    cursor: int
    more: bool


def shop_scope(shop_id: str) -> str:
    """Return the scope of a shop."""
    return f"shop:{shop_id}"


def stock_scope(shop_id: str) -> str:
    """Return the scope of what lies in a shop."""
    return f"stock:{shop_id}"


def append(conn: Connection, entries: Sequence[Change], at: datetime) -> None:
    """Note changes, in order, as part of the transaction of `conn`."""
    if not entries:
        return
    # An import appends several of these for each record, so they go to the driver as they are.
    if conn.dialect.name == "sqlite":
        head = conn.scalar(select(feed_state.c.head)) or 0
        said = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")  # as `UtcDateTime` writes it
        conn.exec_driver_sql(
            f"INSERT INTO changes ({', '.join(Change._fields)}, at, seq) VALUES ({', '.join('?' * 9)})",  # noqa: S608  # nosec B608
            [(*entry, said, number) for number, entry in enumerate(entries, head + 1)],
        )
        conn.execute(update(feed_state).values(head=head + len(entries)))
        digests.fold(conn, ((one.scope, one.kind, one.n_delta, one.tag_delta) for one in entries))
    else:
        conn.exec_driver_sql(
            f"INSERT INTO changes ({', '.join(Change._fields)}, at) VALUES ({', '.join(['%s'] * 8)})",  # noqa: S608  # nosec B608
            [(*entry, at) for entry in entries],
        )
    mark_fed(conn)


def sequence(engine: Engine) -> None:
    """Give numbers to every committed change that has none (PostgreSQL; on SQLite the writer gave them)."""
    if engine.dialect.name == "sqlite":
        return
    stamped = _STAMP_AT_ONCE
    while stamped == _STAMP_AT_ONCE:
        with transaction(engine) as conn:
            # The lock of this row is let go only after what follows is visible. The stamp sees what was committed until
            # after it got the lock: each statement has a snapshot of its own (READ COMMITTED).
            head = conn.scalar(_LOCK)
            if head is None:
                return
            # Others are woken by who gave the numbers, not by the writer: what they are woken for is ready to read, none
            # of them has to number it, and no writer's commit waits for the one lock that PostgreSQL's NOTIFY takes.
            stamped = conn.scalar(_STAMP, {"head": head, "most": _STAMP_AT_ONCE, "channel": CHANNEL}) or 0


def read(conn: Connection, scopes: Collection[str], cursor: int, limit: int) -> Stretch:
    """Return at most `limit` changes of these scopes after `cursor`."""
    columns = changes.c
    rows = conn.execute(
        select(columns.seq, columns.scope, columns.kind, columns.record_id, columns.customer_id, columns.deleted)
        .where(columns.scope.in_(scopes), columns.seq > cursor)
        .order_by(columns.seq)
        .limit(limit + 1)
    ).all()
    more = len(rows) > limit
    rows = rows[:limit]
    return Stretch([Change(*row[1:]) for row in rows], rows[-1].seq if rows else cursor, more)


def waiting(conn: Connection, scopes: Collection[str]) -> bool:
    """Say whether changes of these scopes are committed that have no number yet: what a record holds is then ahead of
    the digests."""
    query = select(changes.c.row_id).where(changes.c.seq.is_(None), changes.c.scope.in_(scopes)).limit(1)
    return conn.scalar(query) is not None


def floor(conn: Connection, scopes: Collection[str]) -> int:
    """Return the last cursor in these scopes at which a tombstone stood that is gone: who stands before it missed it."""
    return conn.scalar(select(func.max(scope_logs.c.floor)).where(scope_logs.c.scope.in_(scopes))) or 0


def count(conn: Connection, scopes: Collection[str], after: int = 0) -> int:
    """Return how many changes these scopes have after a cursor."""
    query = select(func.count()).where(changes.c.scope.in_(scopes), changes.c.seq > after)
    return conn.scalar(query) or 0


def between(conn: Connection, scopes: Collection[str], after: int, upto: int, limit: int) -> list[tuple[int, Change]]:
    """Return at most `limit` changes of these scopes with after < cursor <= upto, each with its cursor."""
    columns = changes.c
    rows = conn.execute(
        select(columns.seq, columns.scope, columns.kind, columns.record_id, columns.customer_id, columns.deleted)
        .where(columns.scope.in_(scopes), columns.seq > after, columns.seq <= upto)
        .order_by(columns.seq)
        .limit(limit)
    )
    return [(row[0], Change(*row[1:])) for row in rows]


def heads(conn: Connection, scopes: Collection[str], after: int) -> dict[str, int]:
    """Return the cursor of the last change of each of these scopes that has changed after a cursor."""
    columns = changes.c
    query = select(columns.scope, func.max(columns.seq)).where(columns.scope.in_(scopes), columns.seq > after)
    return {row[0]: row[1] for row in conn.execute(query.group_by(columns.scope))}


def state(conn: Connection) -> tuple[str, int]:
    """Return the present epoch and the last cursor that was ever given."""
    found = conn.execute(select(feed_state.c.epoch, feed_state.c.head)).one()
    return found[0], found[1]


def head(conn: Connection, scopes: Collection[str]) -> int:
    """Return the cursor of the last change of these scopes, 0 when there is none."""
    latest = [conn.scalar(select(func.max(changes.c.seq)).where(changes.c.scope == scope)) for scope in scopes]
    return max((seq for seq in latest if seq is not None), default=0)


def whole_head(conn: Connection) -> int:
    """Return the last cursor that was ever given."""
    return conn.scalar(select(feed_state.c.head)) or 0


def epoch(conn: Connection) -> str:
    """Return the present epoch: cursors mean something only within it."""
    found: str = conn.execute(select(feed_state.c.epoch)).scalar_one()
    return found


def start_epoch(conn: Connection) -> str:
    """Declare every cursor given so far void, because the database is not the one they were given in."""
    fresh = new_id()
    conn.execute(update(feed_state).values(epoch=fresh))
    mark_fed(conn)
    return fresh
