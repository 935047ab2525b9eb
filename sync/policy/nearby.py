"""Which shops are near a shop, and whose stock its tablets therefore hold: decided here for the server and the app alike."""

import math
from collections.abc import Iterable

from sync.model.shop import Shop, ShopKind

NEAREST = 5
"""So many other shops' stock is on a tablet; beyond them a customer is seldom sent."""
_EARTH_KM = 6371.0


def distance_km(one: Shop | None, other: Shop) -> float:
    """Return the great-circle distance between two shops in kilometres; infinite where a position is not known."""
    if one is None or None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return math.inf
    assert one.latitude is not None and one.longitude is not None  # noqa: PT018
    assert other.latitude is not None and other.longitude is not None  # noqa: PT018
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return _EARTH_KM * 2 * math.asin(math.sqrt(min(half, 1.0)))


def by_distance(here: Shop | None, shops: Iterable[Shop]) -> list[Shop]:
    """Return the shops that customers walk into, without `here`, the nearest first; of the same distance by name and id."""
    others = (one for one in shops if one.shop_kind is not ShopKind.WEB and (here is None or one.id != here.id))
    return [one for *_, one in sorted((_metres(here, one), one.name, one.id, one) for one in others)]


def stock_shops(own: Shop, shops: Iterable[Shop]) -> frozenset[str]:
    """Return the ids of the shops whose stock the tablets of a shop hold: its own, every web shop, and the nearest five."""
    every = list(shops)
    web = (one.id for one in every if one.shop_kind is ShopKind.WEB)
    return frozenset((own.id, *web, *(one.id for one in by_distance(own, every)[:NEAREST])))


def _metres(here: Shop | None, other: Shop) -> float:
    """Whole metres: the last digits of a sine are another machine's own."""
    distance = distance_km(here, other)
    return round(distance * 1000) if math.isfinite(distance) else distance
