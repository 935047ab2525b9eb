"""Whose stock the tablets of a shop follow, and what the feed must say when that changes.

What lies in a shop is a scope of its own, `stock:<shop>`: a till's write is one change, whoever follows it. A shop's tablets
follow the scopes of the shops that `sync.policy.nearby` chooses, as last settled (`scope_stock`). When a shop opens, moves
or closes, the levels of a shop that is followed from now on are fed to the shop's own scope, and tombstones of those of a shop
that is not followed any more. These changes add nothing to a digest: the levels are counted where they lie.

A level that is deleted, or lies in another shop now, is told to everybody: who does not follow its shop any more
may hold it still.
"""

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select, text

from sync.model.shop import Shop
from sync.policy.nearby import stock_shops
from sync.server.feed import EVERYWHERE, Change, shop_scope, stock_scope
from sync.server.tables import devices, scope_stock, shops, stock_levels

_LOCK = 7_205_002

Pair = tuple[str, str]
"""A shop's scope, and the id of a shop whose stock is followed there."""


def hold(conn: Connection) -> None:
    """Let nobody change who follows whose stock until the transaction ends: who writes stock, or begins to follow.

    Writers of stock do not wait for each other. On SQLite the transaction is alone anyway.
    """
    if conn.dialect.name != "sqlite":
        conn.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _LOCK})


def lock(conn: Connection) -> None:
    """Let nobody write stock, or shops, until the transaction ends: what `settle` feeds must be all there is."""
    if conn.dialect.name != "sqlite":
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def following(conn: Connection, shop_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the scopes that a device in each of these shops follows: everybody's, its shop's, and the stock near it."""
    kept = scope_stock.c
    own = {shop_scope(shop_id): shop_id for shop_id in shop_ids}
    near: dict[str, list[str]] = {shop_id: [] for shop_id in shop_ids}
    query = select(kept.scope, kept.shop_id).where(kept.scope.in_(own)).order_by(kept.scope, kept.shop_id)
    for scope, shop_id in conn.execute(query):
        near[own[scope]].append(stock_scope(shop_id))
    return {shop_id: (EVERYWHERE, shop_scope(shop_id), *stocks) for shop_id, stocks in near.items()}


def of_scope(conn: Connection, scope: str) -> tuple[str, ...]:
    """Return the scopes that a device in the shop of this scope follows."""
    shop_id = scope.removeprefix(shop_scope(""))
    return following(conn, [shop_id])[shop_id]


def choose(conn: Connection) -> tuple[list[Pair], list[Pair]]:
    """Bring who follows whose stock up to date with the shops; return what is followed no more, and what is from now on."""
    every = [Shop.model_validate(document) for document in conn.scalars(select(shops.c.data))]
    wanted = {(shop_scope(one.id), near) for one in every for near in stock_shops(one, every)}
    present = {(scope, near) for scope, near in conn.execute(select(scope_stock.c.scope, scope_stock.c.shop_id))}
    gone, come = sorted(present - wanted), sorted(wanted - present)
    for scope, near in gone:
        conn.execute(delete(scope_stock).where(scope_stock.c.scope == scope, scope_stock.c.shop_id == near))
    if come:
        conn.execute(insert(scope_stock), [{"scope": scope, "shop_id": near} for scope, near in come])
    return gone, come


def settle(conn: Connection) -> list[Change]:
    """Bring who follows whose stock up to date with the shops; return what the feed must say. Call `lock` before.

    Nothing is said to a shop in which no device has ever been: the first one begins from the start.
    """
    gone, come = choose(conn)
    heard = {shop_scope(shop_id) for shop_id in conn.scalars(select(devices.c.shop_id).distinct())}
    told = [(*pair, True) for pair in gone if pair[0] in heard] + [(*pair, False) for pair in come if pair[0] in heard]
    levels = {near: _levels(conn, near) for near in {near for _, near, _ in told}}
    return [
        Change(scope, "stock_level", level, None, deleted) for scope, near, deleted in told for level in levels[near]
    ]


def _levels(conn: Connection, shop_id: str) -> list[str]:
    query = select(stock_levels.c.id).where(stock_levels.c.shop_id == shop_id).order_by(stock_levels.c.id)
    return list(conn.scalars(query))
