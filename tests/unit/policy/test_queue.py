"""The order of the follow-up queue, and when a follow-up leaves it by itself."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model.outreach import Cause, FollowUp, FollowUpState, Reason
from sync.policy.queue import closes, out_of_time, place, pull
from tests.unit.policy.build import GINZA, HER, NOW

TONIGHT = NOW + timedelta(hours=11)
hours = st.integers(min_value=-24 * 40, max_value=24 * 40).map(lambda n: NOW + timedelta(hours=n))
strengths = st.floats(min_value=0, max_value=1, width=16)


def follow_up(
    number: int, due_at: datetime, strength: float | None, state: FollowUpState = FollowUpState.OPEN, **fields: object
) -> FollowUp:
    given_fields: dict[str, object] = {"cause": Cause.RANK, **fields}
    return FollowUp.model_validate(
        {
            "id": f"f{number:03}", "customer_id": HER, "shop_id": GINZA, "evidence": Reason(code="rank"), "due_at": due_at,
            "strength": strength, "state": state, "created_at": NOW, **given_fields,
        }
    )  # fmt: skip


def queue_place(one: FollowUp) -> tuple[int, float, datetime, str]:
    return place(one, NOW, TONIGHT)


several = st.lists(
    st.tuples(
        hours,
        st.none() | strengths,
        st.sampled_from(FollowUpState),
        st.none() | hours,
        st.sampled_from(list(Cause)),
    ),
    min_size=2,
    max_size=8,
).map(lambda rows: [follow_up(n, d, s, state, stale_after=e, cause=c) for n, (d, s, state, e, c) in enumerate(rows)])


@given(several, st.randoms(use_true_random=False))
def test_the_order_is_total_and_stable(those: list[FollowUp], chance: object) -> None:
    """Of two exactly one comes first, in whatever order they were read, and the list is the same however it lay before."""
    for one in those:
        for other in those:
            if one.id != other.id:
                assert (queue_place(one) < queue_place(other)) is not (queue_place(other) < queue_place(one))
    mixed = list(those)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    listed = sorted(mixed, key=queue_place)
    assert listed == sorted(those, key=queue_place)
    assert all(queue_place(one) < queue_place(after) for one, after in pairwise(listed))


@given(hours, st.integers(min_value=1, max_value=24 * 60), strengths, strengths)
def test_the_stronger_leads_and_time_lifts_nobody(due: datetime, lasts: int, one: float, other: float) -> None:
    """Of one day and one end the stronger is never behind; what waits longer never pulls more than it did."""
    end = due + timedelta(hours=lasts)
    if one >= other:
        assert pull(one, due, end, NOW) >= pull(other, due, end, NOW)
    assert pull(one, due, end, NOW) >= pull(one, due, end, NOW + timedelta(days=1))
    assert -1 <= pull(one, due, end, NOW) <= 1


def test_a_weak_one_that_was_due_weeks_ago_sinks() -> None:
    """A rank that was due three weeks ago stands behind what is due today, and her unanswered message before both."""
    rank = follow_up(1, NOW - timedelta(days=21), 0.45, stale_after=NOW + timedelta(days=20))
    thanks = follow_up(2, NOW, 0.4, cause=Cause.AFTER_VISIT, stale_after=NOW + timedelta(days=5))
    hers = follow_up(3, NOW - timedelta(hours=60), 1.0, cause=Cause.REPLY, stale_after=NOW + timedelta(hours=9))
    assert [one.id for one in sorted([rank, thanks, hers], key=queue_place)] == ["f003", "f002", "f001"]


def test_what_waits_for_a_word_stands_first_and_what_is_planned_last() -> None:
    """Drafts for the manager, what came back, what is due, what is due later by its day, what is planned, what has ended."""
    states = (FollowUpState.AWAITING_APPROVAL, FollowUpState.RETURNED, FollowUpState.OPEN)
    those = [follow_up(n, NOW + timedelta(days=9), 0.1, state) for n, state in enumerate(states[:2])]
    those.append(follow_up(2, NOW, 0.1))
    those += [follow_up(n, NOW + timedelta(days=n), 1 - n / 10) for n in (3, 4)]
    those += [follow_up(5, NOW, 1.0, FollowUpState.SCHEDULED), follow_up(6, NOW, 1.0, FollowUpState.DONE)]
    assert sorted(those[3:] + those[:3], key=queue_place) == those


@pytest.mark.parametrize(
    ("left", "proposed", "alone", "reachable", "why"),
    [
        (5, True, False, True, None),
        (5, False, True, False, None),
        (5, False, False, True, "gone"),
        (5, False, False, False, "unreachable"),
        (0, True, True, True, "late"),
        (None, False, False, False, None),
    ],
)
def test_why_a_follow_up_closes_by_itself(
    left: int | None, proposed: bool, alone: bool, reachable: bool, why: str | None
) -> None:
    """When its time is over, its signal gone, or no channel is left; not for what only holds us back for a while, and
    never what staff made without an end."""
    end = None if left is None else NOW + timedelta(days=left)
    one = follow_up(1, NOW - timedelta(days=1), 0.45, stale_after=end)
    found = closes(one, NOW, proposed=proposed, alone=alone, reachable=reachable)
    assert (found and found.params["why"]) == why
    assert out_of_time(one, NOW) is (left == 0)
    taken = one.model_copy(update={"state": FollowUpState.AWAITING_APPROVAL})
    assert closes(taken, NOW, proposed=False, alone=False, reachable=False) is None
