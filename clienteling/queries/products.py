"""Products by what was typed, each with what of it is free here and elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass

from clienteling.device import Cache
from clienteling.queries.stock import Item, items
from sync.model.catalogue import Variant
from sync.model.shop import Shop

LIMIT = 20


@dataclass(frozen=True)
class ProductHit:
    item: Item
    meant: tuple[Variant, ...]
    """Those of its variants that the words mean, where they mean any."""


def search_products(
    cache: Cache, text: str, categories: Mapping[str, str], here: Shop | None
) -> tuple[ProductHit, ...]:
    """Return what matches, by name; nothing for nothing. `categories` are the names by which staff call each."""
    found = cache.find_products(text, LIMIT, categories)
    pairs = [(product.id, meant[0] if len(meant) == 1 else None) for product, meant in found]
    by_id = {one.product.id: one for one in items(cache, pairs, here)}
    hits = []
    for product, meant in found:
        if product.id in by_id:
            chosen = set(meant)
            variants = tuple(one for one in cache.variants_of(product.id) if one.id in chosen) if chosen else ()
            hits.append(ProductHit(by_id[product.id], variants))
    return tuple(hits)


def categories_of(cache: Cache) -> tuple[str, ...]:
    """Return the codes of the categories that there are."""
    return tuple(sorted({str(getattr(one, "category", "")) for one in cache.records("product")} - {""}))
