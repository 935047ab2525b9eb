"""A customer's facts with what lies about her in the shops, as far as this tablet knows: stock, and the tills."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from clienteling.device import Cache
from clienteling.queries.shelf import free_levels
from sync.model.base import Record
from sync.model.customer import Order
from sync.policy.facts import CustomerFacts, Piece, facts_from
from sync.policy.playbook import Playbook
from sync.policy.signals.wanted_in_stock import wanted

_LOOKED_BACK = (1, 4)
"""Days. The tills of a shop that sold nothing known here for so long count as silent."""


def facts_here(cache: Cache, records: Iterable[Record], now: datetime, playbook: Playbook) -> CustomerFacts:
    """Return what this tablet knows of a customer and about her. Raises NotFound without her own record."""
    facts = facts_from(records)
    return replace(facts, shelf=tuple(_shelf(cache, facts, now, playbook)), tills_until=TillsHere(cache, now))


def _shelf(cache: Cache, facts: CustomerFacts, now: datetime, playbook: Playbook) -> Iterator[Piece]:
    for want in wanted(facts, now, playbook):
        product = cache.product(want.product_id)
        if product is None:
            continue
        ids = [variant.id for variant in cache.variants_of(product.id)]
        lying = free_levels(cache, ids)
        for level in lying:
            where = level.variant_id, level.shop_id, level.quantity
            yield Piece(product.id, *where, product.name, product.category, level.since)
        for nowhere in sorted({*ids} - {level.variant_id for level in lying}):
            yield Piece(product.id, nowhere, "", 0, product.name, product.category)


class TillsHere(Mapping[str, datetime]):
    """Up to when each shop's tills have reported, by the orders on this tablet; read only when a signal asks.

    The tablet holds the orders of its own scope alone, so it may wait longer than the server, never less.
    """

    def __init__(self, cache: Cache, now: datetime) -> None:
        self._cache, self._now = cache, now
        self._known: dict[str, datetime] = {}
        self._left = list(_LOOKED_BACK)

    def __getitem__(self, shop_id: str) -> datetime:
        while shop_id not in self._known and self._left:
            since = self._now - timedelta(days=self._left.pop(0))
            for order in self._cache.records("order", since, self._now):  # oldest first
                if isinstance(order, Order):
                    self._known[order.shop_id] = max(order.at, self._known.get(order.shop_id, order.at))
        return self._known[shop_id]

    def _all(self) -> dict[str, datetime]:
        while self._left:
            self.get("")
        return self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())
