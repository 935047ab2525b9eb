"""What is held counts on the tablet before the server knows of it, and no longer once the server says otherwise."""

from datetime import timedelta

import pytest

from sync.client.products import Found, find, typed_words
from sync.model import commands_goods as g
from sync.model.holds import Hold, HoldState, HoldWay
from sync.sealed.names import fold
from tests.unit.client.build import World
from tests.unit.client.fake import SHOP, START

VARIANT = "variant-1"


def keep(hold_id: str = "hold-1", customer_id: str | None = None) -> g.PlaceHold:
    return g.PlaceHold(
        hold_id=hold_id, way=HoldWay.KEEP, variant_id=VARIANT, shop_id=SHOP, for_shop_id=SHOP,
        for_customer_id=customer_id, until=START + timedelta(days=1),
    )  # fmt: skip


def states(world: World) -> dict[str, HoldState]:
    return {one.id: one.state for one in world.client.cache.holds_of([VARIANT])}


def test_a_hold_counts_at_once_and_so_does_each_step(synced: World) -> None:
    """Without a network: held for a customer, then given back, both seen at once; she has nothing foreign in her range."""
    synced.server.down = True
    synced.client.submit(keep(customer_id="customer-1"), "staff-1")
    assert states(synced) == {"hold-1": HoldState.HELD}
    assert not any(isinstance(one, Hold) for one in synced.client.cache.customer_range("customer-1"))
    assert "hold-1" in synced.client.cache.unanswered("")
    step = g.MoveHold(hold_id="hold-1", seen=HoldState.HELD, to=HoldState.RELEASED)
    synced.client.submit(step, "staff-1")
    assert states(synced) == {"hold-1": HoldState.RELEASED}


def test_who_was_slower_loses_the_hold_and_is_told(synced: World) -> None:
    """Refused, it is no longer counted, and the refusal stays to be read."""
    synced.server.refuse["place_hold"] = "none_left"
    synced.client.submit(keep(), "staff-1")
    synced.client.sync_once()
    assert states(synced) == {}
    (told,) = synced.client.status().refused
    assert (told.type, told.reason.code if told.reason else "") == ("place_hold", "none_left")


def test_what_the_server_moved_on_is_as_the_server_says(synced: World) -> None:
    """A step of this tablet from what is not so any more changes nothing that is shown."""
    hold = Hold(
        id="hold-1", variant_id=VARIANT, shop_id=SHOP, for_shop_id=SHOP, way=HoldWay.KEEP, state=HoldState.HELD,
        by="staff-2", at=START, until=START + timedelta(days=1), state_at=START,
    )  # fmt: skip
    synced.server.put(hold)
    synced.client.sync_once()
    synced.client.submit(
        g.MoveHold(hold_id="hold-1", seen=HoldState.HELD, to=HoldState.RELEASED), "staff-1", hold_seconds=600
    )
    assert states(synced) == {"hold-1": HoldState.RELEASED}
    synced.server.put(hold.model_copy(update={"state": HoldState.HANDED_OVER}))
    synced.client.sync_once()
    assert states(synced) == {"hold-1": HoldState.HANDED_OVER}


PRODUCTS = [("dress", "dress", "\n".join(map(fold, ("リネンワンピース", "Linen dress", "LN-1", "Aoba", "dress"))))]
PRODUCTS += [("mknit", "mknit", "\n".join(map(fold, ("モヘアニット", "Mohair knit", "KN-2", "Aoba", "knit"))))]
VARIANTS = [
    (f"{product}-{colour}-{size}", product, "\n".join(map(fold, (f"{product}{size}", jan, colour, english, size))))
    for product, colour, english, size, jan in (
        ("dress", "ネイビー", "Navy", "M", "4901234567894"),
        ("dress", "ネイビー", "Navy", "L", ""),
        ("dress", "レッド", "Red", "M", ""),
        ("mknit", "レッド", "Red", "S", ""),
    )
]
NAMES = {"dress": fold("ワンピース dresses"), "knit": fold("ニット knitwear")}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("り", {"dress": ()}),
        ("ﾘﾈﾝ", {"dress": ()}),
        ("ﾆｯﾄ", {"mknit": ()}),
        ("ワンピース 赤", {}),
        ("れっど", {"dress": ("dress-レッド-M",), "mknit": ("mknit-レッド-S",)}),
        ("navy L", {"dress": ("dress-ネイビー-L",)}),
        ("linen ネイビー Ｍ", {"dress": ("dress-ネイビー-M",)}),
        ("レッド L", {}),
        ("4901234567894", {"dress": ("dress-ネイビー-M",)}),
        ("dresses", {"dress": ()}),
        ("L", {"dress": ("dress-ネイビー-L",)}),
        ("", {}),
    ],
)
def test_products_by_name_colour_size_category_and_jan(typed: str, found: dict[str, tuple[str, ...]]) -> None:
    """From the first character, in any width and kana, every word of one and the same variant."""
    got = find(typed_words(typed), PRODUCTS, VARIANTS, NAMES)
    assert dict(got) == found
    assert all(isinstance(one, Found) for one in got)
