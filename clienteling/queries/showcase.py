"""What a customer may look at on the tablet: products, their sizes, and where they lie. Nothing of anybody."""

from dataclasses import dataclass
from datetime import datetime

from clienteling.device import Cache
from clienteling.queries.shelf import free_levels
from clienteling.queries.stock import Item, Place, items
from sync.model.catalogue import Money, Product, Variant
from sync.model.shop import Shop

_LETTERS = ("XXS", "XS", "S", "M", "L", "XL", "XXL")
PAGE = 24
"""Products shown at first; more on request."""


@dataclass(frozen=True)
class Card:
    """One product among others."""

    item: Item
    sizes: tuple[tuple[str, bool], ...]
    """Each size once, the smallest first, and whether one of it lies here."""


@dataclass(frozen=True)
class Showcase:
    categories: tuple[str, ...]
    cards: tuple[Card, ...]
    found: int
    """How many products there are of what was asked for."""


@dataclass(frozen=True)
class Piece:
    """One variant, with where it lies."""

    variant: Variant
    places: tuple[Place, ...]
    """Those of which anybody told how many lie there."""


@dataclass(frozen=True)
class Sheet:
    """One product with everything that a customer may want to know of it."""

    product: Product
    price: Money | None
    pieces: tuple[Piece, ...]
    at: datetime | None
    """As of when the stock is; the oldest figure shown."""


def load_showcase(cache: Cache, *, category: str, text: str, here: Shop | None, most: int = PAGE) -> Showcase:
    """Read the products of a category, or those that a text finds, newest season first. Blocks for milliseconds."""
    everything = [one for one in cache.records("product") if isinstance(one, Product)]
    if text.strip():
        chosen = list(cache.search_products(text, 200))
    else:
        chosen = [one for one in everything if category in ("", one.category)]
        chosen.sort(key=lambda one: (_number(one), one.code))
        chosen.sort(key=_season, reverse=True)
    cards = tuple(
        Card(item, _sizes(cache, item.product, here))
        for item in items(cache, [(one.id, None) for one in chosen[:most]], here)
    )
    return Showcase(tuple(sorted({one.category for one in everything})), cards, len(chosen))


def load_sheet(cache: Cache, product_id: str, here: Shop | None) -> Sheet | None:
    """Read one product; None where it is not (or no longer) in the catalogue."""
    product = cache.product(product_id)
    if product is None:
        return None
    variants = cache.variants_of(product_id)
    variants = sorted(variants, key=lambda one: (one.colour, size_order(one.size)))
    shown = [item for one in variants for item in items(cache, [(product_id, one.id)], here)]
    prices = [one.price for one in variants]
    return Sheet(
        product,
        min(prices, key=lambda price: price.amount) if prices else None,
        tuple(Piece(item.variant, _known(item.places)) for item in shown if item.variant is not None),
        min((item.at for item in shown if item.at), default=None),
    )


def _sizes(cache: Cache, product: Product, here: Shop | None) -> tuple[tuple[str, bool], ...]:
    variants = cache.variants_of(product.id)
    levels = free_levels(cache, [one.id for one in variants])
    lying = {level.variant_id for level in levels if here and level.shop_id == here.id and level.quantity > 0}
    found: dict[str, bool] = {}
    for one in sorted(variants, key=lambda one: size_order(one.size)):
        if one.size:
            found[one.size] = found.get(one.size, False) or one.id in lying
    return tuple(found.items())


def _season(product: Product) -> tuple[str, str]:
    """`26SS` comes before `26AW` in a year."""
    return product.season[:2], "1" if product.season.endswith("AW") else "0"


def size_order(size: str) -> tuple[int, float, str]:
    """Return what sizes are sorted by: letters from XXS to XXL, then numbers, then whatever else there is."""
    if size in _LETTERS:
        return 0, _LETTERS.index(size), ""
    try:
        return 1, float(size), ""
    except ValueError:
        return 2, 0.0, size


def _known(places: tuple[Place, ...]) -> tuple[Place, ...]:
    return tuple(one for one in places if one.quantity is not None)


def _number(product: Product) -> str:
    """The running number at the end of a code, so that the newest of all kinds stand side by side."""
    return product.code[len(product.code.rstrip("0123456789")) :]
