"""The label on an item, its stock, a hold for a customer, and the shop's list: with the camera, over the real server."""

from pathlib import Path

import pytest

from sync.client import Client
from sync.model.catalogue import StockLevel
from sync.model.holds import Hold, HoldState
from tests.journeys import camera, codes
from tests.journeys.tablet import Tablet

LANGUAGE = "en"


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
    _ = signed_in.words
    other_device.sync_once()
    before = {one.id for one in holds(other_device)}
    signed_in.scan(film, codes.barcode(jan_in(other_device)))
    signed_in.sees(_.like("Where it lies: {item}"))
    signed_in.press(_("Hold it here"))
    signed_in.press(_("Hold it"))
    signed_in.sees(_.like("Held until {until:datetime}"))
    signed_in.press(_.like("Holds"))
    signed_in.sees(_("for nobody yet"))
    other_device.sync_once()
    assert [one.state for one in holds(other_device) if one.id not in before] == [HoldState.HELD]
    signed_in.press_in_list(_.code("hold_step", "handed_over"))
    signed_in.sees(_("Ended in the last days"))
