"""What a message says of goods must be true when it goes, not only when it was written."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from sync.model.catalogue import Money, Product, StockLevel, Variant
from sync.model.holds import Hold, HoldState, HoldWay
from sync.model.outreach import MessageState
from sync.server.repository.delivery import Delivery
from tests.integration.delivery.house import NOON, SHOP, STAFF, MovableClock, get, message, put

LAST = "店頭には残り1点でございます。"


def lay_out(engine: Engine, clock: MovableClock, quantity: int) -> None:
    variant = Variant(id="v1", product_id="p1", sku="s1", price=Money(amount=42_000))
    product = Product(id="p1", code="p1", name="ウールコート", category="coat")
    level = StockLevel(id="l1", variant_id="v1", shop_id=SHOP.id, quantity=quantity, at=NOON)
    put(engine, clock, product, variant, level)


@pytest.mark.parametrize(("quantity", "goes"), [(0, False), (1, True), (2, False)])
def test_the_last_one_is_the_last_one(
    store: Delivery, engine: Engine, clock: MovableClock, quantity: int, goes: bool
) -> None:
    """It was the last piece when it was written. Where another came in, or it was sold, nothing is said."""
    before = message(state=MessageState.DELIVERED, at=NOON.replace(month=1))
    queued = message(body=LAST, product_ids=("p1",))
    lay_out(engine, clock, 1)
    put(engine, clock, before, queued)
    lay_out(engine, clock, quantity)
    assert (store.claim(queued.id) is not None) == goes
    sent = get(engine, queued.id)
    assert sent.state is (MessageState.SENDING if goes else MessageState.BLOCKED)
    assert goes or (sent.reason is not None and sent.reason.code == "last_one_untrue")


HELD = Hold(
    id="h1",
    variant_id="v1",
    shop_id=SHOP.id,
    for_shop_id=SHOP.id,
    way=HoldWay.KEEP,
    state=HoldState.HELD,
    by=STAFF.id,
    at=NOON,
    until=NOON + timedelta(days=3),
    state_at=NOON,
)


@pytest.mark.parametrize(
    ("quantity", "hold", "goes"),
    [
        (1, HELD, False),
        (2, HELD, True),
        (1, HELD.model_copy(update={"state": HoldState.RELEASED}), True),
    ],
)
def test_what_is_held_is_not_to_be_had(
    store: Delivery, engine: Engine, clock: MovableClock, quantity: int, hold: Hold, goes: bool
) -> None:
    """Of two where one is held, one is the last; the one that is held for somebody is nobody's last chance."""
    before = message(state=MessageState.DELIVERED, at=NOON.replace(month=1))
    queued = message(body=LAST, product_ids=("p1",))
    lay_out(engine, clock, quantity)
    put(engine, clock, before, queued, hold)
    assert (store.claim(queued.id) is not None) == goes


def test_the_last_one_is_no_first_word(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """However true: nobody is pressed by the first message she has from us."""
    lay_out(engine, clock, 1)
    queued = message(body=LAST, product_ids=("p1",))
    put(engine, clock, queued)
    assert store.claim(queued.id) is None
    reason = get(engine, queued.id).reason
    assert reason is not None
    assert reason.code == "last_one_first"
