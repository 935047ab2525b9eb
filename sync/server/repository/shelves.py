"""What lies about a customer in the shops: where the pieces are that she may want, and up to when the tills reported.

A piece that is spoken for lies nowhere: it is not to be had, so no message may speak of it (docs/decisions/0029).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from sync.model.catalogue import StockLevel
from sync.model.holds import Hold
from sync.policy.facts import Piece
from sync.policy.holds import free
from sync.server.repository.rows import batches
from sync.server.tables import changes, holds, orders, products, stock_levels, variants

Tills = dict[str, datetime]
"""By shop, the time of the newest order that was seen there."""


def tills(conn: Connection, now: datetime) -> Tills:
    """Return up to when the tills of each shop have reported. Reads every order: for a run over everybody."""
    query = select(orders.c.shop_id, func.max(orders.c.at)).where(orders.c.at <= now).group_by(orders.c.shop_id)
    return {shop_id: at for shop_id, at in conn.execute(query) if shop_id is not None}


def tills_between(conn: Connection, after: int, until: int, now: datetime) -> Tills:
    """Return the same for the orders that changed after one place in the feed and up to another."""
    changed = (
        select(changes.c.record_id)
        .where(changes.c.seq > after, changes.c.seq <= until, changes.c.kind == "order")
        .distinct()
    )
    query = (
        select(orders.c.shop_id, func.max(orders.c.at))
        .where(orders.c.id.in_(changed), orders.c.at <= now)
        .group_by(orders.c.shop_id)
    )
    return {shop_id: at for shop_id, at in conn.execute(query) if shop_id is not None}


def later(known: Tills, more: Tills) -> Tills:
    """Return the later time of each shop."""
    return known | {shop: max(at, known.get(shop, at)) for shop, at in more.items()}


def shelves(conn: Connection, product_ids: Iterable[str]) -> dict[str, tuple[Piece, ...]]:
    """Return, by product, where each of its variants lies and how many are free; one that lies nowhere stands once, with no
    shop."""
    found: defaultdict[str, list[Piece]] = defaultdict(list)
    for ids in batches(product_ids):
        query = (
            select(variants.c.product_id, variants.c.id, products.c.data, stock_levels.c.shop_id, stock_levels.c.data)
            .join(products, products.c.id == variants.c.product_id)
            .outerjoin(stock_levels, stock_levels.c.variant_id == variants.c.id)
            .where(variants.c.product_id.in_(ids))
            .order_by(variants.c.id, stock_levels.c.shop_id)
        )
        rows = conn.execute(query).all()
        spoken_for = _holds(conn, {variant_id for _product_id, variant_id, *_rest in rows})
        for product_id, variant_id, product, shop_id, document in rows:
            level = StockLevel.model_validate(document) if document else None
            quantity = free(level, spoken_for[variant_id]) if level else 0
            name, category = product.get("name", ""), product.get("category", "")
            lies = shop_id or "", quantity, name, category, level.since if level else None
            found[product_id].append(Piece(product_id, variant_id, *lies))
    return {product_id: tuple(pieces) for product_id, pieces in found.items()}


def _holds(conn: Connection, variant_ids: Iterable[str]) -> defaultdict[str, list[Hold]]:
    found: defaultdict[str, list[Hold]] = defaultdict(list)
    for ids in batches(variant_ids):
        for document in conn.scalars(select(holds.c.data).where(holds.c.variant_id.in_(ids))):
            hold = Hold.model_validate(document)
            found[hold.variant_id].append(hold)
    return found
