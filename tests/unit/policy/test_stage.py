"""How far a relationship has come."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.model.customer import AppointmentKind, AppointmentState, Feeling
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts
from sync.policy.playbook import load_playbook
from sync.policy.playbook_rules import Branch
from sync.policy.stage import WAY, Relationship, moves, present, relationship
from tests.unit.policy.build import NOW, ago, appointment, her_message, look, note, order, story, visit

RULES = load_playbook().stage


def stage(facts: CustomerFacts, now: datetime) -> Relationship:
    return relationship(facts, now, RULES)


def test_someone_new_is_new() -> None:
    """A customer of whom nothing is known has got to know us, and no more."""
    found = stage(story(), NOW)
    assert (found.experiences, found.closeness, found.label) == (("knew",), 0.0, "new")


def test_experiences_come_in_the_order_of_the_way() -> None:
    """Everything she has lived through is named once, the nearest last."""
    video = appointment(ago(50), ago(60), appointment_kind=AppointmentKind.VIDEO, state=AppointmentState.DONE)
    facts = story(visit(ago(100)), video, her_message(ago(40)), *(order(ago(d)) for d in (10, 30, 50, 70, 90)))
    assert stage(facts, NOW).experiences == (
        "knew",
        "visited",
        "first_bought",
        "consulted",
        "replied",
        "repeated",
        "regular",
    )


def test_closeness_moves_both_ways() -> None:
    """It grows by purchases and joy, falls by displeasure and by time; who was close and is not is distant."""
    orders = [order(ago(d)) for d in (5, 20, 40, 60)]
    close = stage(story(*orders), NOW)
    assert close.label == "close"
    assert stage(story(*orders, note(ago(2), feeling=Feeling.HAPPY)), NOW).closeness > close.closeness
    assert stage(story(*orders, note(ago(2), feeling=Feeling.DISPLEASED)), NOW).closeness < close.closeness
    assert stage(story(*orders), NOW + timedelta(days=700)).label == "distant"


def test_the_future_is_not_known_yet() -> None:
    """What lies after the moment asked about does not count."""
    assert stage(story(order(ago(1)), visit(ago(1))), ago(2)) == stage(story(), ago(2))


@given(st.lists(st.integers(0, 900), max_size=8), st.lists(st.integers(0, 900), max_size=4), st.integers(0, 900))
def test_bounds_decay_and_experiences_kept(bought: list[int], angry: list[int], later: int) -> None:
    """Closeness stays within 0 and 1, time alone never brings anyone closer who was not displeased, and no experience
    is ever undone."""
    facts = story(*(order(ago(d)) for d in bought), *(note(ago(d), feeling=Feeling.DISPLEASED) for d in angry))
    then: datetime = NOW + timedelta(days=later)
    now, after = stage(facts, NOW), stage(facts, then)
    assert 0 <= now.closeness <= 1
    assert now.experiences == after.experiences
    if not angry:
        assert after.closeness <= now.closeness + 1e-9


RECORDS = st.one_of(
    st.builds(lambda d, back: order(ago(d), refunded=back), st.integers(0, 900), st.booleans()),
    st.builds(lambda d: order(ago(d), shop_id=WEB_SHOP_ID), st.integers(0, 900)),
    st.builds(lambda d: visit(ago(d)), st.integers(0, 900)),
    st.builds(lambda d: her_message(ago(d)), st.integers(0, 900)),
    st.builds(lambda d: look(ago(d)), st.integers(0, 40)),
    st.builds(
        lambda d, feeling, tags: note(ago(d), feeling=feeling, tags=tags),
        st.integers(0, 900),
        st.sampled_from([None, *Feeling]),
        st.sampled_from([(), ("consultation",), ("recommended",), ("complaint",)]),
    ),
    st.builds(
        lambda d, state: appointment(ago(d), ago(d + 3), subject="…", state=state),
        st.integers(0, 900),
        st.sampled_from(AppointmentState),
    ),
)


@given(st.lists(RECORDS, max_size=12), st.lists(RECORDS, max_size=4), st.integers(0, 900), st.integers(0, 400))
def test_no_experience_is_ever_undone(before: list[Any], more: list[Any], ago_days: int, later: int) -> None:
    """Neither time nor any further record takes an experience away, and closeness stays within 0 and 1."""
    then = ago(ago_days)
    first = stage(story(*before), then)
    for found in (stage(story(*before), then + timedelta(days=later)), stage(story(*before, *more), then)):
        assert set(first.experiences) <= set(found.experiences)
        assert 0 <= found.closeness <= 1


@given(st.lists(RECORDS, max_size=15), st.integers(0, 900))
def test_the_moves_add_up_to_the_present(records: list[Any], days: int) -> None:
    """Every move has its cause and begins where the one before has faded to; together they are where she stands."""
    told = moves(story(*records), NOW, RULES)
    now = NOW + timedelta(days=days)
    found = stage(story(*records), now)
    assert present(told, now, RULES) == found
    assert {"knew", *(one for move in told for one in move.gained)} == set(found.experiences)
    assert [move.at for move in told] == sorted(move.at for move in told)
    assert all(move.cause.params for move in told)
    for earlier, later in pairwise(told):
        up = later.after - later.before
        assert later.before <= earlier.after + 1e-9
        assert up >= -1e-9 if later.weight > 0 else up <= 1e-9
    if told:
        assert found.closeness <= told[-1].after + 1e-9


def test_each_experience_is_gained_once_and_by_a_record() -> None:
    """The second purchase makes her one who came again; the move names the order."""
    first, second = order(ago(90)), order(ago(30))
    told = moves(story(first, second), NOW, RULES)
    assert [(m.cause.params["order_id"], m.gained) for m in told] == [
        (first.id, ("visited", "first_bought")),
        (second.id, ("repeated",)),
    ]


def test_what_she_brought_back_stays_lived_through_and_brings_no_nearer() -> None:
    """A purchase taken back is an experience all the same; closeness does not count it."""
    found = stage(story(order(ago(30), refunded=True)), NOW)
    assert "first_bought" in found.experiences
    assert found.closeness == 0


def test_the_feeling_in_two_taps_moves_her() -> None:
    """うれしい brings nearer, 迷い does not move, 不安 and ご不満 move away, the latter further."""
    close = [order(ago(d)) for d in (5, 20)]
    at = {f: stage(story(*close, note(ago(1), feeling=f)), NOW).closeness for f in Feeling}
    still = stage(story(*close), NOW).closeness
    assert at[Feeling.HAPPY] > at[Feeling.UNDECIDED] == still > at[Feeling.UNEASY] > at[Feeling.DISPLEASED]


def test_the_branches_are_the_playbooks() -> None:
    """A house names its own places on the way, with tone and pace."""
    tonal = RULES.model_copy(update={"branches": (Branch(name="guest", tone="formal", gap_days=30),)})
    found = relationship(story(order(ago(3))), NOW, tonal)
    assert (found.label, found.tone, found.gap_days) == ("guest", "formal", 30)
    assert set(stage(story(), NOW).experiences) <= set(WAY)
