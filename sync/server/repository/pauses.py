"""Pauses of sending, as what sends and who pauses need them."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select, true

from sync.model.outreach import Message
from sync.model.shop import Pause, PauseScope, Shop
from sync.policy.pause import active, paused
from sync.server.repository.records import Records
from sync.server.repository.rows import table_of
from sync.server.tables import messages


def holding(conn: Connection, now: datetime) -> list[Pause]:
    """Return the pauses that hold at `now`."""
    documents = conn.scalars(select(table_of(Pause.kind).c.data))
    return active((Pause.model_validate(each) for each in documents), now)


def holds(records: Records, message: Message, now: datetime) -> bool:
    """Return whether a message may not go because of a pause."""
    found = holding(records.conn, now)
    shop = records.get(Shop, message.shop_id) if found else None
    return shop is not None and paused(found, message, shop, now) is not None


def held(conn: Connection, now: datetime) -> ColumnElement[bool] | None:
    """Return what is true of the rows of `messages` that a pause holds (`policy.pause.paused`, for all of them at once),
    None where nothing is paused."""
    found = holding(conn, now)
    if not found:
        return None
    if any(one.scope is PauseScope.ALL for one in found):
        return true()
    named = {scope: {one.value for one in found if one.scope is scope} for scope in PauseScope}
    shops = named[PauseScope.SHOP]
    if regions := named[PauseScope.REGION] - {""}:
        shops = shops | {one.id for one in Records(conn).of_kind(Shop) if one.region in regions}
    template = func.coalesce(messages.c.data["template"].as_string(), "")
    return or_(messages.c.shop_id.in_(sorted(shops)), template.in_(sorted(named[PauseScope.TEMPLATE] - {""})))
