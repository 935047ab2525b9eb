"""How far a relationship has come."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.model.customer import AppointmentKind, AppointmentState, Feeling
from sync.policy.stage import relationship
from tests.unit.policy.build import NOW, ago, appointment, her_message, note, order, story, visit


def test_someone_new_is_new() -> None:
    """A customer of whom nothing is known has got to know us, and no more."""
    found = relationship(story(), NOW)
    assert (found.experiences, found.closeness, found.label) == (("knew",), 0.0, "new")


def test_experiences_come_in_the_order_of_the_way() -> None:
    """Everything she has lived through is named once, the nearest last."""
    video = appointment(ago(50), ago(60), appointment_kind=AppointmentKind.VIDEO, state=AppointmentState.DONE)
    facts = story(visit(ago(100)), video, her_message(ago(40)), *(order(ago(d)) for d in (10, 30, 50, 70, 90)))
    assert relationship(facts, NOW).experiences == (
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
    close = relationship(story(*orders), NOW)
    assert close.label == "close"
    assert relationship(story(*orders, note(ago(2), feeling=Feeling.HAPPY)), NOW).closeness > close.closeness
    assert relationship(story(*orders, note(ago(2), feeling=Feeling.DISPLEASED)), NOW).closeness < close.closeness
    assert relationship(story(*orders), NOW + timedelta(days=700)).label == "distant"


def test_the_future_is_not_known_yet() -> None:
    """What lies after the moment asked about does not count."""
    assert relationship(story(order(ago(1)), visit(ago(1))), ago(2)) == relationship(story(), ago(2))


@given(st.lists(st.integers(0, 900), max_size=8), st.lists(st.integers(0, 900), max_size=4), st.integers(0, 900))
def test_bounds_decay_and_experiences_kept(bought: list[int], angry: list[int], later: int) -> None:
    """Closeness stays within 0 and 1, time alone never brings anyone closer who was not displeased, and no experience
    is ever undone."""
    facts = story(*(order(ago(d)) for d in bought), *(note(ago(d), feeling=Feeling.DISPLEASED) for d in angry))
    then: datetime = NOW + timedelta(days=later)
    now, after = relationship(facts, NOW), relationship(facts, then)
    assert 0 <= now.closeness <= 1
    assert now.experiences == after.experiences
    if not angry:
        assert after.closeness <= now.closeness + 1e-9
