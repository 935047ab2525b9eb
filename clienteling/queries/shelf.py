"""What lies where and is free: the retailer's figures with what is spoken for taken off, for every screen alike."""

from collections.abc import Iterable

from clienteling.device import Cache
from sync.model.catalogue import StockLevel
from sync.policy.holds import free, held_of
from sync.protocol import Lying


def free_levels(cache: Cache, variant_ids: Iterable[str]) -> list[StockLevel]:
    """Return what is known to lie anywhere of these variants and is nobody's yet."""
    wanted = list(variant_ids)
    holds = cache.holds_of(wanted)
    return [one.model_copy(update={"quantity": free(one, holds)}) for one in cache.stock_of(wanted)]


def free_lying(cache: Cache, levels: Iterable[Lying]) -> list[Lying]:
    """The same for levels that the server told."""
    told = list(levels)
    holds = cache.holds_of({one.variant_id for one in told})
    return [
        one._replace(quantity=max(one.quantity - held_of(one.variant_id, one.shop_id, one.at, holds), 0))
        for one in told
    ]
