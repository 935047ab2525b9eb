"""Stock of other shops over real HTTP: asked for, kept, and shown with its age when the server is away."""

from datetime import timedelta
from pathlib import Path

from sync.model.catalogue import Money, Product, StockLevel, Variant
from tests.integration.client.house import House
from tests.integration.server.people import GINZA, shop

FAR = [shop(f"n{number}") for number in range(9)]


def test_the_server_is_asked_and_its_last_answer_stays(tmp_path: Path) -> None:
    """The tablet holds what lies in Ginza and near; of the farthest shop it learns by asking, and offline it says when."""
    house = House(tmp_path)
    last = max(FAR, key=lambda one: one.name)
    house.write(
        *FAR,
        Product(id="p1", code="p1", name="服", category="dress"),
        Variant(id="v1", product_id="p1", sku="v1", price=Money(amount=1000)),
        *(
            StockLevel(id=f"v1@{one.code}", variant_id="v1", shop_id=one.id, quantity=5, at=house.clock())
            for one in (GINZA, last)
        ),
    )
    house.start()
    client = house.enrolled()
    try:
        assert [one.shop_id for one in client.cache.stock_of(["v1"])] == [GINZA.id]
        found = client.fetch_stock("p1")
        assert {one.shop_id for one in found.levels} == {GINZA.id, last.id}
        assert last.id in found.beyond
        house.stop()
        house.clock.at += timedelta(minutes=10)
        later = client.fetch_stock("p1")
        assert (later.current, later.asked_at, later.levels) == (False, found.asked_at, found.levels)
    finally:
        client.close()
        house.stop()
