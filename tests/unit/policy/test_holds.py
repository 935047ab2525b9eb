"""What is spoken for counts for as long as the retailer's figure still has it in, and no longer."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from sync.model.catalogue import StockLevel
from sync.model.holds import Hold, HoldState, HoldWay
from sync.policy.holds import ENDED, expires, free, moved, spoken_for, steps

NOON = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hold(way: HoldWay = HoldWay.KEEP, state: HoldState = HoldState.HELD, **more: object) -> Hold:
    other = "ginza" if way is HoldWay.KEEP else "umeda"
    fields: dict[str, object] = {
        "id": "hold", "variant_id": "navy", "shop_id": "ginza", "for_shop_id": other, "way": way, "state": state,
        "by": "misaki", "at": NOON, "until": NOON + 24 * HOUR, "state_at": NOON,
    }  # fmt: skip
    return Hold.model_validate(fields | more)


def level(quantity: int, at: datetime = NOON, shop_id: str = "ginza") -> StockLevel:
    return StockLevel(id="level", variant_id="navy", shop_id=shop_id, quantity=quantity, at=at)


def test_what_is_set_aside_is_not_free() -> None:
    """It lies in the shop, so every count has it in, and it is taken off whenever the count was made."""
    for at in (NOON - HOUR, NOON, NOON + 20 * HOUR):
        assert free(level(2, at), [hold()]) == 1


def test_a_hold_of_another_variant_or_shop_takes_nothing() -> None:
    """Navy in Ginza says nothing of red, nor of Umeda."""
    assert free(level(1), [hold(variant_id="red")]) == 1
    assert free(level(1, shop_id="umeda"), [hold()]) == 1


def test_fewer_counted_than_held_is_none_left_not_less() -> None:
    """The till may have sold what was set aside: none is free then."""
    assert free(level(0), [hold()]) == 0


def test_what_was_fetched_counts_until_the_till_has_told() -> None:
    """Between the farewell and the next count the figure still has the piece in; from then on it is not taken off twice."""
    fetched = moved(hold(), HoldState.HANDED_OVER, at=NOON + 3 * HOUR, by="misaki")
    assert free(level(2, NOON + 2 * HOUR), [fetched]) == 1
    assert free(level(1, NOON + 3 * HOUR), [fetched]) == 1


@pytest.mark.parametrize("state", [HoldState.RELEASED, HoldState.EXPIRED, HoldState.DECLINED])
def test_what_is_free_again_takes_nothing(state: HoldState) -> None:
    """It never left the shelf."""
    assert free(level(1), [moved(hold(), state, at=NOON + HOUR, by="misaki")]) == 1


def test_what_was_sent_moves_from_one_count_to_the_other() -> None:
    """At the sender it is off until a count without it; at the receiver it is off from the first count that has it in."""
    sent = moved(hold(HoldWay.SEND, HoldState.ACCEPTED), HoldState.SENT, at=NOON + HOUR, by="misaki")
    assert spoken_for(sent, "ginza", NOON) == 1
    assert spoken_for(sent, "ginza", NOON + HOUR) == 0
    assert spoken_for(sent, "umeda", NOON + 2 * HOUR) == 0
    here = moved(sent, HoldState.ARRIVED, at=NOON + 5 * HOUR, by="osaka")
    assert spoken_for(here, "umeda", NOON + 4 * HOUR) == 0, "counted before it came"
    assert spoken_for(here, "umeda", NOON + 5 * HOUR) == 1
    gone = moved(here, HoldState.HANDED_OVER, at=NOON + 8 * HOUR, by="osaka")
    assert spoken_for(gone, "umeda", NOON + 7 * HOUR) == 1
    assert spoken_for(gone, "umeda", NOON + 8 * HOUR) == 0


def test_every_way_ends() -> None:
    """From each state some way leads to an end, nothing follows an end, and no step leads back."""
    for way, state in product(HoldWay, HoldState):
        nexts = steps(hold(way, state), giver_is_web=False)
        if state in ENDED:
            assert not nexts
    for way, first in (
        (HoldWay.KEEP, HoldState.HELD),
        (HoldWay.SEND, HoldState.ASKED),
        (HoldWay.HOME, HoldState.ASKED),
    ):
        seen: list[HoldState] = []
        ways = [first]
        while ways:
            state = ways.pop()
            assert len(seen) < 50, "it goes round"
            seen.append(state)
            nexts = steps(hold(way, state), giver_is_web=False)
            assert nexts or state in ENDED, f"{way} {state} leads nowhere"
            ways += [one.to for one in nexts]


def test_for_a_web_shop_the_shop_that_asked_acts() -> None:
    """Nobody stands in a web shop with a tablet."""
    asked = hold(HoldWay.HOME, HoldState.ASKED)
    assert {one.to for one in steps(asked, giver_is_web=False) if one.giver} == {HoldState.ACCEPTED, HoldState.DECLINED}
    assert not any(one.giver for one in steps(asked, giver_is_web=True))


@pytest.mark.parametrize(
    ("way", "state", "over"),
    [
        (HoldWay.KEEP, HoldState.HELD, True),
        (HoldWay.SEND, HoldState.ASKED, True),
        (HoldWay.SEND, HoldState.ACCEPTED, True),
        (HoldWay.SEND, HoldState.SENT, False),
        (HoldWay.SEND, HoldState.ARRIVED, True),
        (HoldWay.HOME, HoldState.ACCEPTED, False),
        (HoldWay.KEEP, HoldState.HANDED_OVER, False),
    ],
)
def test_what_nobody_fetched_is_free_at_its_time(way: HoldWay, state: HoldState, *, over: bool) -> None:
    """At the agreed time, not before; what is on its way is in somebody's hands."""
    one = hold(way, state)
    assert not expires(one, one.until - timedelta(seconds=1))
    assert expires(one, one.until) is over
