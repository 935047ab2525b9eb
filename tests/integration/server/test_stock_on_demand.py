"""Where a product lies in every shop, for a device whose scope holds the stock of a few."""

import pytest
import zstandard
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from sync.errors import NotFound
from sync.model.catalogue import Money, Product, StockLevel, Variant
from sync.protocol import ProductStock
from tests.integration.server.devices import Device, HttpDevice
from tests.integration.server.people import NOON, MovableClock, shop, write

SHOPS = [shop(f"s{number:02}") for number in range(24)]
PATH = "/v1/products/p1/stock"


@pytest.fixture
def stocked(retailer: Engine, clock: MovableClock) -> Engine:
    """Two dozen more shops; a product in two variants lies in each, another one in the first only."""
    price = Money(amount=1000)
    owner = {"v1": "p1", "v2": "p1", "v3": "p2"}
    write(
        retailer,
        clock,
        *SHOPS,
        *(Product(id=each, code=each, name="服", category="dress") for each in ("p1", "p2", "p3")),
        *(Variant(id=each, product_id=product, sku=each, price=price) for each, product in owner.items()),
        *(
            StockLevel(id=f"{each}@{where.id}", variant_id=each, shop_id=where.id, quantity=number, at=NOON)
            for number, where in enumerate(SHOPS)
            for each in (("v1", "v2", "v3") if number == 0 else ("v1", "v2"))
        ),
    )
    return retailer


def test_every_shop_is_in_the_answer(stocked: Engine, tablet: HttpDevice) -> None:
    """All variants of that product in all shops, also those that the device's feed does not carry; and the server's time."""
    answer = tablet.call("GET", PATH)
    assert answer.status_code == 200
    found = ProductStock.model_validate_json(answer.content)
    assert {(one.variant_id, one.shop_id): one.quantity for one in found.levels} == {
        (variant, where.id): number for number, where in enumerate(SHOPS) for variant in ("v1", "v2")
    }
    assert (found.complete, found.server_time, found.levels[0].at) == (True, NOON, NOON)


def test_a_product_that_lies_nowhere_and_one_that_is_none(stocked: Engine, tablet: HttpDevice) -> None:
    """Of the one nobody told anything, which is an answer; of the other there is none."""
    assert tablet.call("GET", "/v1/products/p3/stock").json()["levels"] == []
    missing = tablet.call("GET", "/v1/products/nothing/stock")
    assert (missing.status_code, missing.json()["code"], missing.json()["params"]) == (
        404,
        "not_found",
        {"what": "product"},
    )
    too_long = tablet.call("GET", f"/v1/products/{'p' * 65}/stock")
    assert (too_long.status_code, too_long.json()["code"]) == (422, "bad_field")


def test_there_is_an_end_to_it(stocked: Engine, device: Device) -> None:
    """More levels than fit are left out, and the answer says so."""
    found = device.service.stock("p1", most=5)
    assert (len(found.levels), found.complete) == (5, False)
    assert device.service.stock("p1", most=48).complete
    with pytest.raises(NotFound):
        device.service.stock("nothing")


def test_a_long_answer_is_compressed(stocked: Engine, tablet: HttpDevice) -> None:
    """For a device that takes it, like a page."""
    plain = tablet.call("GET", PATH, headers={"Accept-Encoding": "identity"})
    with tablet.http.stream(
        "GET",
        PATH,
        headers=tablet.key.headers("GET", f"{tablet.http.base_url}".rstrip("/") + PATH, tablet.enrolment.token, NOON)
        | {"Accept-Encoding": "zstd"},
    ) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "zstd"
    assert len(raw) < len(plain.content) / 3
    assert zstandard.decompress(raw) == plain.content


def test_it_is_not_for_strangers(stocked: Engine, http: TestClient) -> None:
    """Without a device's proof there is no answer."""
    answer = http.get(PATH, headers={"X-Clienteling-Protocol": "1"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
