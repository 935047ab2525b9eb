"""What was bought for somebody else says nothing of her."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model.commands_visits import FlagGift
from sync.policy import signals
from sync.policy.belongings import owned
from sync.policy.facts import CustomerFacts, main_line, own_lines
from sync.policy.playbook import load_playbook
from sync.policy.visits import flagged
from tests.unit.insight.people import people
from tests.unit.policy.build import ago, order

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def as_if_never(facts: CustomerFacts) -> CustomerFacts:
    """The same customer, had the gifts not been among what was bought."""
    return replace(facts, orders=tuple(o.model_copy(update={"lines": own_lines(o)}) for o in facts.orders))


def test_signals_and_belongings_are_those_without_the_gifts() -> None:
    """For generated customers every rule proposes the same, and as much is hers, as if no gift had been bought."""
    playbook, spoken = load_playbook(), 0
    for facts, zone in people(300, 7, NOW):
        without = as_if_never(facts)
        spoken += without != facts
        for signal in signals.SIGNALS:
            one, other = (signal(f, now=NOW, zone=ZoneInfo(zone), playbook=playbook) for f in (facts, without))
            assert one == other
        assert [p.id for p in owned(facts, lambda _: None)] == [p.id for p in owned(without, lambda _: None)]
    assert spoken > 50, "many of them have gifts"


@given(given=st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=8))
def test_of_each_piece_the_last_word_stands(given: list[tuple[str, bool]]) -> None:
    """Whatever was flagged before, in any order; price, pieces and total of the purchase stay."""
    bought = order(ago(3))
    lines = tuple(bought.lines[0].model_copy(update={"variant_id": one, "sku": one}) for one in "abc")
    before = after = bought.model_copy(update={"lines": lines})
    for variant_id, gift in given:
        after = flagged(after, FlagGift(order_id="o", customer_id="c", variant_id=variant_id, gift=gift))
    last = dict(given)
    assert [line.variant_id for line in own_lines(after)] == [one for one in "abc" if not last.get(one, False)]
    off = tuple(line.model_copy(update={"gift": False}) for line in after.lines)
    assert after.model_copy(update={"lines": off}) == before


@pytest.mark.parametrize(("gifts", "remembered"), [((), "b"), (("b",), "a"), (("a", "b"), None)])
def test_a_purchase_is_remembered_for_what_is_hers(gifts: tuple[str, ...], remembered: str | None) -> None:
    """The dearest piece that was no gift; nothing where all were."""
    line = order(ago(3)).lines[0]
    dear = line.price.model_copy(update={"amount": line.price.amount * 2})
    lines = (line.model_copy(update={"variant_id": "a"}), line.model_copy(update={"variant_id": "b", "price": dear}))
    bought = order(ago(3), lines=tuple(x.model_copy(update={"gift": x.variant_id in gifts}) for x in lines))
    found = main_line(bought)
    assert (found.variant_id if found else None) == remembered
