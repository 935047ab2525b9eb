"""The label on an item, its stock, a hold for a customer, and the shop's list: with the camera, over the real server."""

import re
from pathlib import Path

import pytest

from sync.client import Client
from sync.model.catalogue import StockLevel
from sync.model.holds import Hold, HoldState
from tests.journeys import camera, codes
from tests.journeys.tablet import Tablet


@pytest.fixture
def signed_in(tablet: Tablet, film: Path) -> Tablet:
    """Signed in, with an empty counter before the camera."""
    camera.show(film, None)
    tablet.sign_in("髙橋(美)")
    return tablet


def holds(client: Client) -> list[Hold]:
    return [one for one in client.cache.records("hold") if isinstance(one, Hold)]


def jan_in(client: Client) -> str:
    """Return the JAN of something of which at least two lie in the demo's shop, and nobody holds one yet."""
    levels = [one for one in client.cache.records("stock_level") if isinstance(one, StockLevel)]
    here = [one.variant_id for one in levels if one.shop_id == client.shop_id and one.quantity >= 2]
    held = {one.variant_id for one in holds(client)}
    for variant in client.cache.variants(here):
        if variant.jan and variant.id not in held:
            return variant.jan
    raise AssertionError("the demo's shop has stock")


def test_a_label_is_scanned_held_and_stands_in_the_list(signed_in: Tablet, film: Path, other_device: Client) -> None:
    """The JAN opens the stock with its colour and size, one is held, the server takes it, and the list hands it over."""
    other_device.sync_once()
    before = {one.id for one in holds(other_device)}
    signed_in.scan(film, codes.barcode(jan_in(other_device)))
    signed_in.sees(re.compile("^在庫のある場所"))
    signed_in.press("当店で取り置き")
    signed_in.press("取り置く")
    signed_in.sees(re.compile("まで取り置きました"))
    signed_in.press(re.compile("^お取り置き"))
    signed_in.sees("お客様は未定")
    other_device.sync_once()
    assert [one.state for one in holds(other_device) if one.id not in before] == [HoldState.HELD]
    signed_in.press_in_list("お渡しした")
    signed_in.sees("最近終わったもの")
