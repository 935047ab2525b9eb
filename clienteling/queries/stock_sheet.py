"""The stock of one item: every colour and size here, and one of them in every shop, with what is spoken for and the age of each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from clienteling.device import Cache
from clienteling.formats import zone_of
from clienteling.queries.showcase import size_order
from sync.model.catalogue import Product, Variant
from sync.model.holds import Hold
from sync.model.shop import Shop, ShopKind
from sync.policy.holds import AT_MOST, ENDED, held_of
from sync.policy.nearby import by_distance, distance_km
from sync.protocol import Lying


@dataclass(frozen=True)
class Figure:
    """How many of a variant lie somewhere."""

    free: int
    held: int
    """How many more are spoken for."""
    counted: int
    """What the retailer's systems told: fewer than are held where one was sold that was set aside."""
    at: datetime


@dataclass(frozen=True)
class Place:
    shop: Shop
    figure: Figure | None
    """None where nobody told how many lie there."""
    km: float | None = None
    """None for here, the web shop, and a shop whose place nobody knows."""
    here: bool = False
    web: bool = False
    near: bool = True
    """Whether the feed keeps its figure here; else it is as old as the last question."""


@dataclass(frozen=True)
class StockSheet:
    product: Product
    variants: tuple[Variant, ...]
    """By colour, then by size."""
    here: tuple[Figure | None, ...]
    """Of each variant, in this shop."""
    chosen: Variant | None
    places: tuple[Place, ...]
    """Of the chosen variant: here, the web shop, then the nearest first."""
    beyond: int
    """How many shops' stock is not kept on this tablet."""
    asked_at: datetime | None
    """When the server was asked for them last; None where it was not in the last day."""
    holds: tuple[Hold, ...]
    """Of the chosen variant, those of this shop that have not ended."""
    at: datetime | None
    """The oldest of the figures here."""


def load_sheet(cache: Cache, product_id: str, variant_id: str, here: Shop | None) -> StockSheet | None:
    """Read it; None where the product is not (or no longer) in the catalogue. `variant_id` may be empty or unknown: then the
    first that lies here is chosen. Blocks for milliseconds."""
    product = cache.product(product_id)
    if product is None:
        return None
    variants = sorted(cache.variants_of(product_id), key=lambda one: (one.colour, size_order(one.size)))
    known = cache.stock_everywhere(product_id, here.id if here is not None else None)
    holds = cache.holds_of([one.id for one in variants])
    told = {(one.shop_id, one.variant_id): one for one in known.levels}

    def figure(shop: Shop, variant: Variant) -> Figure | None:
        lying = told.get((shop.id, variant.id))
        return _figure(lying, holds) if lying is not None else None

    mine = [figure(here, one) if here is not None else None for one in variants]
    chosen = next((one for one in variants if one.id == variant_id), None)
    if chosen is None:
        free = (one for one, found in zip(variants, mine, strict=True) if found is not None and found.free > 0)
        chosen = next(free, variants[0] if variants else None)
    shops = list(cache.shops())
    web = [one for one in shops if one.shop_kind is ShopKind.WEB]
    places: list[Place] = []
    if chosen is not None:
        if here is not None and here not in web:
            places.append(Place(here, figure(here, chosen), here=True))
        places += [Place(one, figure(one, chosen), web=True) for one in web]
        places += [
            Place(one, figure(one, chosen), _km(here, one), near=one.id not in known.beyond)
            for one in by_distance(here, shops)
            if one.id not in known.beyond or known.asked_at is not None
        ]
    return StockSheet(
        product=product,
        variants=tuple(variants),
        here=tuple(mine),
        chosen=chosen,
        places=tuple(places),
        beyond=len(known.beyond),
        asked_at=known.asked_at,
        holds=tuple(
            one
            for one in holds
            if chosen is not None
            and here is not None
            and one.variant_id == chosen.id
            and one.state not in ENDED
            and here.id in (one.shop_id, one.for_shop_id)
        ),
        at=min((one.at for one in mine if one is not None), default=None),
    )


def until_choices(shop: Shop | None, now: datetime) -> tuple[datetime, ...]:
    """Return by when something may be fetched: closing time today (while the shop is open), tomorrow, in three days, a week
    and two, by the shop's clock."""
    zone = zone_of(shop.time_zone if shop else None)
    closes = shop.closes if shop else time(20, 0)
    today = now.astimezone(zone).date()
    ends = (datetime.combine(today + timedelta(days=days), closes, zone) for days in (0, 1, 3, 7, 13))
    return tuple(end for end in ends if now < end <= now + AT_MOST)


def _figure(lying: Lying, holds: Sequence[Hold]) -> Figure:
    spoken = held_of(lying.variant_id, lying.shop_id, lying.at, holds)
    return Figure(max(lying.quantity - spoken, 0), spoken, max(lying.quantity, 0), lying.at)


def _km(here: Shop | None, other: Shop) -> float | None:
    found = distance_km(here, other)
    return found if math.isfinite(found) else None
