"""Whom a contact brought back: what followed what, and whose it was."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model.customer import AppointmentState
from sync.model.outreach import Cause, MessageState
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts
from sync.policy.results import BroughtBack, brought_back
from tests.unit.policy.build import NOW, TOKYO, ago, appointment, her_message, message, order, story, visit

DAYS = 14


def told(facts: CustomerFacts, since_days: float = 7) -> BroughtBack | None:
    return brought_back(facts, since=ago(since_days), until=NOW, zone=TOKYO, days=DAYS)


def test_a_visit_after_a_message_is_told_with_both_days() -> None:
    """When she came, how, when the contact went out and whose it was."""
    found = told(story(message(ago(5)), visit(ago(2), staff_id="staff-1")))
    assert found is not None
    assert (found.at, found.how, found.contacted_at, found.staff_ids) == (ago(2), "visit", ago(5), ("staff-1",))


def test_it_is_shared_with_whoever_stood_in() -> None:
    """In whose name it went, who wrote it, who handed her over and who received her: all of them, each once."""
    letter = message(ago(5), staff_id="named", written_by="writer")
    found = told(story(letter, visit(ago(2), staff_id="received", handed_by="writer")))
    assert found is not None
    assert found.staff_ids == ("named", "writer", "received")


@pytest.mark.parametrize(
    "records",
    [
        [visit(ago(2))],
        [message(ago(20)), visit(ago(2))],
        [message(ago(1)), visit(ago(2))],
        [message(ago(5), state=MessageState.FAILED), visit(ago(2))],
        [message(ago(5), Cause.HOLD_READY), visit(ago(2))],
        [message(ago(5), Cause.CAMPAIGN), visit(ago(2))],
        [message(ago(5), staff_id=None), visit(ago(2))],
        [her_message(ago(5)), visit(ago(2))],
        [message(ago(5)), order(ago(2), refunded=True)],
        [message(ago(5)), appointment(ago(2), ago(6), state=AppointmentState.ARRIVED), visit(ago(2))],
        [message(ago(5)), appointment(ago(2), ago(6)), visit(ago(2))],
        [message(ago(9)), visit(ago(8.5)), visit(ago(2))],
        [message(ago(2, 1)), visit(ago(2, 2)), order(ago(2))],
    ],
    ids=["no contact", "too long ago", "came before", "never arrived", "service", "campaign", "nobody's", "hers", "given back",
         "was coming anyway", "was expected, and nobody marked it", "has had its result", "bought on the visit before it"],
)  # fmt: skip
def test_what_is_nobodys_result(records: list[Any]) -> None:
    """What did not follow a contact of somebody's own, or would have come all the same, is not told."""
    assert told(story(*records)) is None


def test_an_appointment_booked_after_the_message_counts() -> None:
    """She was written to, booked, and came."""
    kept = appointment(ago(2), ago(4), state=AppointmentState.DONE)
    assert told(story(message(ago(5)), kept)) is not None


def test_a_purchase_in_the_web_shop_counts_as_that() -> None:
    """Nobody received her, and it is said how it came."""
    found = told(story(message(ago(5)), order(ago(1), shop_id=WEB_SHOP_ID)))
    assert found is not None
    assert found.how == "web_order"


_hours = st.integers(min_value=0, max_value=60 * 24)
_letters = st.lists(st.tuples(_hours, st.sampled_from("abc"), st.sampled_from([None, "a", "b", "c"])), max_size=5)
_visits = st.lists(st.tuples(_hours, st.sampled_from([None, "a", "d"])), max_size=5)


@given(_letters, _visits, st.randoms(use_true_random=False))
def test_every_result_followed_a_contact_and_belongs_to_who_had_a_part(
    letters: list[tuple[int, str, str | None]], visits: list[tuple[int, str | None]], mix: Any
) -> None:
    """In whatever order records lie: it lies in the week, within the days after a message, is nobody's who had no part, and
    without the messages there is none."""
    written = [message(ago(hours=h), staff_id=name, written_by=by) for h, name, by in letters]
    came = [visit(ago(hours=h), staff_id=who) for h, who in visits]
    records = [*written, *came]
    found = told(story(*records))
    mix.shuffle(records)
    assert told(story(*records)) == found
    assert told(story(*came)) is None
    if found is None:
        return
    assert ago(7) <= found.at < NOW
    assert timedelta(0) < found.at - found.contacted_at <= timedelta(days=DAYS)
    assert found.contacted_at in {one.at for one in written}
    assert found.at in {one.at for one in came}
    near = [one for one in written if timedelta(0) < found.at - one.at <= timedelta(days=DAYS)]
    part = {who for one in near for who in (one.staff_id, one.writer_id)} | {one.staff_id for one in came}
    assert set(found.staff_ids) <= part
    assert len(set(found.staff_ids)) == len(found.staff_ids)


@given(_letters, _visits)
def test_weeks_do_not_count_one_coming_twice(
    letters: list[tuple[int, str, str | None]], visits: list[tuple[int, str | None]]
) -> None:
    """The results of two weeks that follow each other are two comings."""
    facts = story(
        *(message(ago(hours=h), staff_id=name, written_by=by) for h, name, by in letters),
        *(visit(ago(hours=h), staff_id=who) for h, who in visits),
    )
    this = brought_back(facts, since=ago(7), until=NOW, zone=TOKYO, days=DAYS)
    last = brought_back(facts, since=ago(14), until=ago(7), zone=TOKYO, days=DAYS)
    assert this is None or last is None or (last.at < ago(7) <= this.at)
