"""Where a product lies in every shop: near as the feed tells, beyond as the server was asked last, each with its time."""

from dataclasses import dataclass
from datetime import datetime

from clienteling.device import Cache
from clienteling.queries.shelf import free_lying
from clienteling.queries.showcase import size_order
from sync.model.catalogue import Variant
from sync.model.shop import Shop, ShopKind
from sync.policy.nearby import by_distance
from sync.protocol import Lying


@dataclass(frozen=True)
class Everywhere:
    rows: tuple["InShop", ...]
    """Here first, then the web shop, then the others, the nearest first; those beyond this tablet only once they were asked for."""
    beyond: int
    """How many shops' stock is not kept on this tablet."""
    asked_at: datetime | None
    """When the server was asked for them last; None where it was not in the last day."""
    complete: bool
    single: bool
    """Whether it is about one variant, which needs no name in each row."""


@dataclass(frozen=True)
class InShop:
    shop: Shop
    lying: tuple[tuple[Variant, int], ...]
    """Those variants of which anybody told how many lie there; empty where nobody did."""
    at: datetime | None
    """The oldest of the figures; None where there is none."""
    here: bool = False


def load_everywhere(cache: Cache, product_id: str, variant_id: str | None, here: Shop | None) -> Everywhere:
    """Read where a product, or one variant of it, lies. Blocks for milliseconds."""
    shops = {one.id: one for one in cache.shops()}
    known = cache.stock_everywhere(product_id, here.id if here is not None else None)
    variants = sorted(cache.variants_of(product_id), key=lambda one: (one.colour, size_order(one.size)))
    variants = [one for one in variants if variant_id in (None, one.id)]
    told = {(one.shop_id, one.variant_id): one for one in free_lying(cache, known.levels)}
    web = [one for one in shops.values() if one.shop_kind is ShopKind.WEB]
    order = [*([here] if here is not None and here not in web else []), *web, *by_distance(here, shops.values())]
    rows = [
        _row(shop, [(one, told[shop.id, one.id]) for one in variants if (shop.id, one.id) in told], here=here == shop)
        for shop in order
        if shop.id not in known.beyond or known.asked_at is not None
    ]
    return Everywhere(tuple(rows), len(known.beyond), known.asked_at, known.complete, variant_id is not None)


def _row(shop: Shop, told: list[tuple[Variant, Lying]], *, here: bool) -> InShop:
    lying = tuple((variant, max(one.quantity, 0)) for variant, one in told)
    return InShop(shop, lying, min((one.at for _, one in told), default=None), here)
