"""Where an item lies: here, in the web shop, in the nearest shops that have it, and as of when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from clienteling.device import Cache
from clienteling.queries.shelf import free_levels
from sync.model.catalogue import Money, Product, Variant
from sync.model.shop import Shop, ShopKind
from sync.policy.nearby import by_distance

NEARBY = 2
"""How many other shops a tile names; the rest is one tap away."""


@dataclass(frozen=True)
class Place:
    shop: Shop
    quantity: int | None
    """None where nobody told how many lie there."""
    here: bool = False
    web: bool = False


@dataclass(frozen=True)
class Item:
    """One thing on a screen: a product, or one variant of it where that is known."""

    product: Product
    variant: Variant | None
    price: Money | None
    places: tuple[Place, ...]
    """Here first, then the web shop, then the nearest other shops, those that have it first."""
    at: datetime | None
    """The oldest of the figures shown, so that the stamp never promises too much."""

    @property
    def image(self) -> str:
        return (self.variant.image if self.variant else "") or self.product.image


def items(cache: Cache, wanted: Iterable[tuple[str, str | None]], here: Shop | None) -> list[Item]:
    """Return the items of (product id, variant id or None), in that order, with their stock; unknown products are left out."""
    pairs = list(wanted)
    products = {product.id: product for product in cache.products([product for product, _ in pairs])}
    shops = {shop.id: shop for shop in cache.shops()}
    found = []
    for product_id, variant_id in pairs:
        product = products.get(product_id)
        if product is None:
            continue
        variants = cache.variants_of(product_id)
        variant = next((one for one in variants if one.id == variant_id), None)
        counted = [variant] if variant else list(variants)
        levels = [level for level in free_levels(cache, [one.id for one in counted]) if level.shop_id in shops]
        totals: dict[str, int] = {}
        for level in levels:
            totals[level.shop_id] = totals.get(level.shop_id, 0) + max(level.quantity, 0)
        prices = [one.price for one in counted]
        found.append(
            Item(
                product,
                variant,
                min(prices, key=lambda price: price.amount) if prices else None,
                _places(totals, shops, here),
                min((level.at for level in levels), default=None),
            )
        )
    return found


def _places(totals: Mapping[str, int], shops: Mapping[str, Shop], here: Shop | None) -> tuple[Place, ...]:
    places = [Place(here, totals.get(here.id), here=True)] if here and here.shop_kind is not ShopKind.WEB else []
    places += [Place(shop, totals.get(shop.id), web=True) for shop in shops.values() if shop.shop_kind is ShopKind.WEB]
    others = sorted(by_distance(here, shops.values()), key=lambda shop: totals.get(shop.id, 0) <= 0)
    return (*places, *(Place(shop, totals.get(shop.id)) for shop in others[:NEARBY]))
