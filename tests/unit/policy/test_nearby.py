"""Which shops are near, and whose stock a tablet holds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model.shop import Shop, ShopKind
from sync.policy.nearby import NEAREST, by_distance, distance_km, stock_shops

degrees = st.one_of(st.none(), st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
shops = st.lists(st.tuples(st.sampled_from(ShopKind), degrees), min_size=1, max_size=14)


def shop(number: int, kind: ShopKind = ShopKind.OWN, at: tuple[float, float] | None = None) -> Shop:
    latitude, longitude = at or (None, None)
    return Shop(
        id=f"s{number:02}", code=f"s{number}", name=f"{number:02}店", brand="Mirai", controller="Mirai K.K.",
        shop_kind=kind, latitude=latitude, longitude=longitude,
    )  # fmt: skip


GINZA, OSAKA = shop(1, at=(35.6717, 139.7650)), shop(2, at=(34.7025, 135.4959))


def test_a_known_distance() -> None:
    """A quarter of the globe from the pole to the equator, a degree along it, and Ginza to Umeda, 403 km both ways."""
    quarter = math.tau * 6371 / 4
    assert distance_km(shop(3, at=(90, 0)), shop(4, at=(0, 77))) == pytest.approx(quarter)
    assert distance_km(shop(3, at=(0, 179.5)), shop(4, at=(0, -179.5))) == pytest.approx(quarter / 90)
    assert round(distance_km(GINZA, OSAKA)) == round(distance_km(OSAKA, GINZA)) == 403
    assert distance_km(GINZA, GINZA) == 0
    assert distance_km(None, GINZA) == distance_km(GINZA, shop(3)) == math.inf


def test_the_nearest_come_first_and_the_unknown_last() -> None:
    """By distance; those of an unknown place last, by name; the web shop and the own one are none of them."""
    near, nameless = shop(9, at=(35.68, 139.77)), shop(0)
    every = [nameless, OSAKA, shop(4, ShopKind.WEB), GINZA, near, shop(3)]
    assert [one.id for one in by_distance(GINZA, every)] == ["s09", "s02", "s00", "s03"]


@given(shops)
def test_what_is_chosen(drawn: list[tuple[ShopKind, tuple[float, float] | None]]) -> None:
    """Always the own and every web shop, and five others, none of which lies farther than one that was left out; which order
    the shops are told in changes nothing, and a shop that is farther than all of them changes nothing."""
    every = [shop(number, kind, at) for number, (kind, at) in enumerate(drawn)]
    for own in every:
        chosen = stock_shops(own, every)
        assert chosen == stock_shops(own, reversed(every))
        web = {one.id for one in every if one.shop_kind is ShopKind.WEB}
        walked = {one.id: one for one in every if one.id not in {*web, own.id}}
        assert {own.id, *web} <= chosen
        others = chosen - {own.id, *web}
        assert len(others) == min(NEAREST, len(walked))
        farthest = max((distance_km(own, walked[one]) for one in others), default=0.0)
        left_out = [distance_km(own, one) for one in walked.values() if one.id not in others]
        assert all(distance >= farthest - 0.001 for distance in left_out)
        if len(walked) >= NEAREST:
            last = shop(99)  # nobody knows where it is, and its name comes last
            assert stock_shops(own, [*every, last]) == chosen
