"""With whom a customer came."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sync.model.commands_visits import Companion, NoteCompanions
from sync.model.customer import Visit
from sync.policy.companions import came_with, in_order, toggled, with_whom_last

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CODES = st.lists(st.sampled_from([*Companion, "driver"]))


def visit(name: str, days: int, *companions: str) -> Visit:
    return Visit(id=name, customer_id="c", shop_id="s", at=NOW - timedelta(days=days), companions=companions)


@given(CODES, st.sampled_from(list(Companion)))
def test_a_second_tap_undoes_the_first(codes: list[str], tapped: Companion) -> None:
    """One tap turns exactly what was tapped, two give back what was there."""
    before, once = in_order(codes), toggled(codes, tapped)
    assert set(before) ^ set(once) == {tapped}
    assert toggled(once, tapped) == before


@given(CODES, st.randoms())
def test_the_list_is_the_same_in_whatever_order_it_was_tapped(codes: list[str], chance: object) -> None:
    """Each once, and only what we have a word for."""
    found = in_order(codes)
    assert in_order(reversed(codes)) == found == in_order(found)
    assert set(found) == {one for one in Companion if one in codes}


@given(CODES, CODES)
def test_the_latest_list_stands_whole(first: list[str], second: list[str]) -> None:
    """Nothing of the earlier one is left."""
    twice = came_with(came_with(visit("v", 0), in_order(first)), in_order(second))
    assert twice == came_with(visit("v", 0), in_order(second))


def test_only_the_visit_before_says_who_came_along_last() -> None:
    """Not an older one, not this one, not one that came after it, and none where she came by herself."""
    this, before, older = visit("now", 0, "friend"), visit("before", 9, "mother"), visit("older", 30, "partner")
    assert with_whom_last([this, older, before, visit("later", -1, "son")], this) == before
    assert with_whom_last([this, older, visit("alone", 3)], this) is None
    assert with_whom_last([this], this) is None


def test_no_name_of_anybody_is_taken() -> None:
    """The command knows codes alone."""
    with pytest.raises(ValidationError):
        NoteCompanions.model_validate({"visit_id": "v", "customer_id": "c", "companions": ["Hanako"]})
