"""Which messages are due, in an order that leaves every shop in sight."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from sync.model.customer import Channel
from sync.model.outreach import MessageState
from sync.policy.pacing import Due
from sync.server.repository import pauses
from sync.server.tables import messages
from sync.server.tables_edges import attempts

CLOCK_SLACK = timedelta(minutes=5)
"""How far apart the clocks of servers may be. An attempt that began later than now by more shows that the clock was put
back: how old it is cannot be known then."""


def waiting(
    conn: Connection, now: datetime, limit: int, but_not: Iterable[Channel] = (), *, expiry: timedelta
) -> Sequence[Due]:
    """Return queued messages whose time has come, by other ways than `but_not`, in rounds of one for each shop and
    channel, the oldest first.

    Where the clock was put back behind an attempt, its time has come now: once the clock has caught up, nobody could tell
    any more how old the attempt is. What is paused is passed over until it is older than `expiry`: it expires all the same.
    """
    past = select(attempts.c.id).where(attempts.c.message_id == messages.c.id)
    later = past.where(attempts.c.retry_at > now, attempts.c.started_at <= now + CLOCK_SLACK)
    put_back = past.where(attempts.c.started_at > now + CLOCK_SLACK)
    time = func.coalesce(messages.c.send_after, messages.c.at)
    turn = func.row_number().over(partition_by=(messages.c.shop_id, messages.c.channel), order_by=(time, messages.c.id))
    query = (
        select(messages.c.id, messages.c.shop_id, messages.c.channel, turn.label("turn"), time.label("time"))
        .where(
            messages.c.state == MessageState.QUEUED.value,
            messages.c.direction == "out",
            messages.c.channel.not_in([each.value for each in but_not]),
            or_(messages.c.send_after.is_(None), messages.c.send_after <= now, put_back.exists()),
            ~later.exists(),
            or_(~pauses.held(conn, now), time < now - expiry),
        )
        .order_by("turn", "time", messages.c.id)
        .limit(limit)
    )
    return [Due(row.id, row.shop_id, Channel(row.channel)) for row in conn.execute(query)]
