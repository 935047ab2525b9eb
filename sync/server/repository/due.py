"""Which messages are due, in an order that leaves every shop in sight.

What waits may be the hundred thousand of a campaign, so it is never read whole: of each shop and channel the index gives
the few that come first, and only among these are the rounds made.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from sync.model.customer import Channel
from sync.policy.pacing import Due
from sync.server.repository import pauses
from sync.server.tables import messages
from sync.server.tables_edges import attempts

CLOCK_SLACK = timedelta(minutes=5)
"""How far apart the clocks of servers may be. An attempt that began later than now by more shows that the clock was put
back: how old it is cannot be known then."""
_WAITS = (messages.c.state == literal_column("'queued'"), messages.c.direction == literal_column("'out'"))
"""Written out: an index over a part of a table is used only where a statement says so itself."""
_NOW, _SOON, _EXPIRED = (bindparam(name, type_=messages.c.at.type) for name in ("now", "soon", "expired"))
_SHARE = bindparam("share", type_=Integer)
_TRIED = attempts.c.retry_at.is_not(None)
_LATER = select(attempts.c.message_id).where(_TRIED, attempts.c.retry_at > _NOW, attempts.c.started_at <= _SOON)
_PUT_BACK = select(attempts.c.message_id).where(_TRIED, attempts.c.started_at > _SOON)


def waiting(
    conn: Connection, now: datetime, limit: int, but_not: Iterable[Channel] = (), *, expiry: timedelta
) -> Sequence[Due]:
    """Return queued messages whose time has come, by other ways than `but_not`, in rounds of one for each shop and
    channel, the oldest first.

    Where the clock was put back behind an attempt, its time has come now: once the clock has caught up, nobody could tell
    any more how old the attempt is. What is paused is passed over until it is older than `expiry`: it expires all the same.
    """
    channels = tuple(each.value for each in Channel if each not in set(but_not))
    held = pauses.held(conn, now)
    moments = {"now": now, "soon": now + CLOCK_SLACK, "expired": now - expiry}
    put_back = bool(channels and conn.scalar(select(_PUT_BACK.exists()), moments))
    make = _rounds_without_pause if held is None else partial(_rounds, held=held)
    found: Sequence[Due] = []
    for share in (max(1, limit // 100), max(1, limit // 10), limit) if channels else ():
        statement = make(conn.dialect.name, channels, put_back)
        rows = conn.execute(statement, {**moments, "share": share, "limit": limit}).all()
        found = [Due(row.id, row.shop_id, Channel(row.channel)) for row in rows]
        if len(rows) == limit or all(row.turn < share for row in rows):
            break
    return found


def _rounds(
    dialect: str, channels: Sequence[str], put_back: bool, held: ColumnElement[bool]
) -> Select[tuple[str, str, str, int]]:
    """Return the query for the first `share` rounds."""
    ready, planned = messages.c.id.not_in(_LATER), messages.c.send_after
    at_once = planned.is_(None), ready, or_(~held, messages.c.at < _EXPIRED)
    at_its_time = planned.is_not(None), ready, or_(~held, planned < _EXPIRED)
    parts = [
        _first_of_each(dialect, channels, messages.c.at, at_once),
        _first_of_each(dialect, channels, planned, (*at_its_time, planned <= _NOW)),
    ]
    if put_back:
        early = *at_its_time, planned > _NOW, messages.c.channel.in_(channels), messages.c.id.in_(_PUT_BACK)
        rows = select(messages.c.id, messages.c.shop_id, messages.c.channel, planned.label("time"))
        parts.append(rows.where(*_WAITS, *early))
    every = union_all(*parts).subquery()
    turn = func.row_number().over(partition_by=(every.c.shop_id, every.c.channel), order_by=(every.c.time, every.c.id))
    ordered = select(every, turn.label("turn")).subquery()
    return (
        select(ordered.c.id, ordered.c.shop_id, ordered.c.channel, ordered.c.turn)
        .where(ordered.c.turn <= _SHARE)
        .order_by(ordered.c.turn, ordered.c.time, ordered.c.id)
        .limit(bindparam("limit", type_=Integer))
    )


@lru_cache(maxsize=32)
def _rounds_without_pause(dialect: str, channels: Sequence[str], put_back: bool) -> Select[tuple[str, str, str, int]]:
    """Return the same where nothing is paused, kept: a worker asks twice a second, and to put it together takes longer
    than to answer it."""
    return _rounds(dialect, channels, put_back, false())


def _first_of_each(
    dialect: str, channels: Sequence[str], time: ColumnElement[datetime], conditions: tuple[ColumnElement[bool], ...]
) -> Select[tuple[str, str, str, datetime]]:
    """Return the query for the first `share` by `time` of each shop and channel that fulfil the conditions, the first of
    which says in which index they are (`ix_messages_at_once`, `ix_messages_at_its_time`).

    It jumps from shop to shop in that index instead of walking it.
    """
    way = *_WAITS, conditions[0]
    lowest = select(messages.c.shop_id).where(*way).order_by(messages.c.shop_id).limit(1)
    shops = select(lowest.scalar_subquery().label("shop_id")).cte(f"shops_{time.key}", recursive=True)
    next_one = lowest.where(messages.c.shop_id > shops.c.shop_id).scalar_subquery()
    shops = shops.union_all(select(next_one).where(shops.c.shop_id.is_not(None)))
    ways = union_all(*(select(literal(each).label("channel")) for each in channels)).subquery()
    first = (
        select(messages.c.id, messages.c.shop_id, messages.c.channel, time.label("time"))
        .where(*way, *conditions[1:], messages.c.shop_id == shops.c.shop_id, messages.c.channel == ways.c.channel)
        .order_by(time, messages.c.id)
        .limit(_SHARE)
    )
    if dialect != "sqlite":
        each = first.correlate(shops, ways).lateral()
        return select(each).select_from(shops.join(ways, true()).join(each, true()))
    one = messages.alias()  # SQLite knows no LATERAL, but looks up a list of keys for each row just as well
    keys = first.with_only_columns(messages.c.id).correlate(shops, ways)
    return select(one.c.id, one.c.shop_id, one.c.channel, one.c[str(time.key)].label("time")).select_from(
        shops.join(ways, true()).join(one, one.c.id.in_(keys))
    )
