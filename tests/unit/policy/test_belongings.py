"""What she owns: what was bought here, less what went back or was for somebody else, and what she told us of."""

from datetime import date, timedelta
from typing import Any

from sync.model.belonging import Belonging
from sync.model.customer import OnTray
from sync.model.slip import Slip, SlipKind, SlipState
from sync.policy.belongings import owned, piece_id
from sync.policy.facts import CustomerFacts
from tests.unit.policy.build import GINZA, HER, ago, note, order, story, visit


def product_of(variant_id: str) -> str | None:
    return f"product of {variant_id}"


def names(facts: CustomerFacts) -> list[str]:
    return [one.name for one in owned(facts, product_of)]


def belonging(**fields: Any) -> Belonging:
    given = {"id": "b1", "customer_id": HER, "shop_id": GINZA, "staff_id": "s", "at": ago(3), "name": "祖母の鞄"}
    return Belonging.model_validate({**given, **fields})


def sent_back(bought: Any, state: SlipState) -> Slip:
    line = bought.lines[0]
    return Slip(
        id="r", customer_id=HER, shop_id=GINZA, slip_kind=SlipKind.RETURN, state=state, owner_id="s", at=ago(1),
        due_on=date(2026, 11, 20), order_id=bought.id, variant_id=line.variant_id,
    )  # fmt: skip


def test_what_was_bought_and_what_was_told_newest_first() -> None:
    """Both stand in one list."""
    bought = order(ago(5))
    assert names(story(bought, belonging())) == ["祖母の鞄", bought.lines[0].name]


def test_what_was_refunded_or_went_back_is_not_hers() -> None:
    """A refund, and a return that is settled; one that is only under way is still hers."""
    bought = order(ago(5))
    assert names(story(bought.model_copy(update={"refunded": True}))) == []
    assert names(story(bought, sent_back(bought, SlipState.UNDER_WAY))) == [bought.lines[0].name]
    assert names(story(bought, sent_back(bought, SlipState.DONE))) == []


def test_one_of_two_that_went_back_leaves_one() -> None:
    """Two of the same were bought, one came back."""
    bought = order(ago(5))
    two = bought.model_copy(update={"lines": (bought.lines[0].model_copy(update={"quantity": 2}),)})
    assert names(story(two, sent_back(two, SlipState.DONE))) == [bought.lines[0].name]


def test_a_gift_is_not_hers() -> None:
    """A note about a gift that names the product near the purchase; the same note months later says nothing of it."""
    bought = order(ago(5))
    product = product_of(bought.lines[0].variant_id)
    near = note(bought.at + timedelta(hours=1), tags=("gift",), product_ids=(product,))
    assert names(story(bought, near)) == []
    assert names(story(bought, near.model_copy(update={"at": ago(1)}))) == [bought.lines[0].name]


def test_a_gift_on_the_tray_is_not_hers() -> None:
    """Flagged while she was in the shop, by variant or by product; another piece on the tray says nothing of it."""
    bought = order(ago(5))
    variant = bought.lines[0].variant_id
    product = product_of(variant) or ""

    def with_tray(thing: OnTray) -> list[str]:
        return names(story(bought, visit(bought.at - timedelta(hours=1), tray=(thing,))))

    assert with_tray(OnTray(product_id=product, variant_id=variant, gift=True, at=bought.at)) == []
    assert with_tray(OnTray(product_id=product, gift=True, at=bought.at)) == []
    assert with_tray(OnTray(product_id=product, variant_id=variant, at=bought.at)) == [bought.lines[0].name]
    assert with_tray(OnTray(product_id=product, variant_id="other", gift=True, at=bought.at)) == [bought.lines[0].name]


def test_more_about_a_piece_is_no_second_piece() -> None:
    """What staff wrote of a purchase lies over it; what she has no more is gone, and of what went back nothing is left."""
    bought = order(ago(5))
    line = bought.lines[0]
    more = belonging(
        id=piece_id(bought.id, line.variant_id), name="紺のワンピース", order_id=bought.id, variant_id=line.variant_id,
        alteration="袖丈 -2cm",
    )  # fmt: skip
    [one] = owned(story(bought, more), product_of)
    assert (one.name, one.told, one.bought) == ("紺のワンピース", more, line)
    assert names(story(bought, more.model_copy(update={"gone": True}))) == []
    assert names(story(bought, more, sent_back(bought, SlipState.DONE))) == []
