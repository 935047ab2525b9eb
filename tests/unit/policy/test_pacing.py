"""Fairness between shops and the providers' pace, over any mixture of messages."""

from collections import Counter
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model.customer import Channel
from sync.policy.pacing import Bucket, Due, choose, full

SHOPS = ("akasaka", "ginza", "kyoto", "umeda")
WAITING = st.lists(st.tuples(st.sampled_from(SHOPS), st.sampled_from(list(Channel))), max_size=60).map(
    lambda pairs: [Due(f"m{n}", shop, channel) for n, (shop, channel) in enumerate(pairs)]
)
ROOM = st.dictionaries(st.sampled_from(list(Channel)), st.integers(0, 20))


@given(WAITING, ROOM, st.sampled_from(("", *SHOPS)))
def test_no_provider_is_asked_faster_than_it_takes(due: list[Due], room: dict[Channel, int], after: str) -> None:
    """Each provider gets what it has room for or all there is for it, whichever is less: nothing is left lying either."""
    chosen = Counter(each.channel for each in choose(due, room, after=after))
    there = Counter(each.channel for each in due)
    assert chosen == Counter({channel: min(there[channel], room.get(channel, 0)) for channel in Channel})


def key(each: Due) -> tuple[str, Channel]:
    return each.shop_id, each.channel


@given(WAITING, ROOM, st.sampled_from(("", *SHOPS)))
def test_each_shops_messages_keep_their_order(due: list[Due], room: dict[Channel, int], after: str) -> None:
    """Within a shop and a provider the older goes first, and nothing goes twice."""
    chosen = choose(due, room, after=after)
    assert len({each.id for each in chosen}) == len(chosen)
    for _, some in groupby(sorted(chosen, key=key), key):
        numbers = [int(each.id[1:]) for each in some]
        assert numbers == sorted(numbers)
    for which in {key(each) for each in due}:
        gone = [each for each in chosen if key(each) == which]
        assert gone == [each for each in due if key(each) == which][: len(gone)]


@given(WAITING, st.integers(0, 20), st.sampled_from(("", *SHOPS)))
def test_no_shop_gets_ahead_of_another(due: list[Due], room: int, after: str) -> None:
    """By one provider: a shop that was left with something got at most one message less than any other shop."""
    due = [Due(each.id, each.shop_id, Channel.LINE) for each in due]
    chosen = Counter(each.shop_id for each in choose(due, {Channel.LINE: room}, after=after))
    there = Counter(each.shop_id for each in due)
    hungry = [shop for shop in there if chosen[shop] < there[shop]]
    assert all(chosen[shop] >= max(chosen.values(), default=0) - 1 for shop in hungry)


def test_the_turn_goes_on_where_it_ended() -> None:
    """With room for one message at a time, a shop with a thousand waits for the one with a single message."""
    many = [Due(f"m{n}", "ginza", Channel.SMS) for n in range(1000)]
    due, last, order = [*many, Due("the one", "umeda", Channel.SMS)], "", []
    for _ in range(4):
        [each] = choose(due, {Channel.SMS: 1}, after=last)
        order.append(each.shop_id)
        due, last = [one for one in due if one.id != each.id], each.shop_id
    assert order == ["ginza", "umeda", "ginza", "ginza"]


@given(st.floats(0.1, 1000), st.lists(st.tuples(st.floats(0, 10), st.floats(0, 1)), max_size=40))
def test_a_bucket_gives_no_more_than_its_rate(rate: float, steps: list[tuple[float, float]]) -> None:
    """Over any stretch it gives at most what it held plus rate times seconds, however it is emptied."""
    bucket, now, taken = full(rate, 0.0), 0.0, 0
    for seconds, share in steps:
        now += seconds
        bucket = bucket.filled(now)
        count = int(bucket.whole * share)
        bucket = bucket.less(count)
        taken += count
    assert taken <= max(rate, 1.0) + rate * now + 1e-6


def test_a_bucket_gives_nothing_it_has_not() -> None:
    """Taking more than is there is a mistake of the caller; a clock put back takes nothing away."""
    with pytest.raises(ValueError, match="3 tokens of 2"):
        full(2, 0.0).less(3)
    assert Bucket(1.0, 0.5, at=10.0).filled(5.0) == Bucket(1.0, 0.5, at=10.0)
