"""Gathering a customer's records."""

import pytest

from sync.errors import NotFound
from sync.model.customer import AppointmentState
from sync.policy.facts import WEB_SHOP_ID, facts_from
from tests.unit.policy.build import NOW, TOKYO, ago, appointment, customer, order, shop, visit


def test_records_are_sorted_newest_first_and_each_once() -> None:
    """Whatever order they come in; of two versions of one record the later given holds."""
    old, new = visit(ago(9)), visit(ago(1))
    again = old.model_copy(update={"staff_id": "staff-7"})
    facts = facts_from([old, customer(), shop(), new, again])
    assert facts.visits == (new, again)


def test_another_customers_records_are_left_out() -> None:
    """What belongs to somebody else is not mixed in; what she had under an earlier id is hers."""
    hers, before = visit(ago(1)), visit(ago(2), customer_id="customer-0")
    other = visit(ago(3), customer_id="customer-9")
    facts = facts_from([customer(aliases=("customer-0",)), other, before, hers])
    assert facts.visits == (hers, before)


def test_without_her_own_record_there_are_no_facts() -> None:
    """Orders alone make no customer."""
    with pytest.raises(NotFound):
        facts_from([visit(ago(1))])


def test_what_counts_as_being_with_us() -> None:
    """A visit, a purchase at a till and an appointment that took place are arrivals; a purchase online is a day with us
    but no arrival; each day counts once."""
    facts = facts_from(
        [
            customer(),
            visit(ago(3)),
            order(ago(3)),
            order(ago(5), shop_id=WEB_SHOP_ID),
            appointment(ago(7), ago(20), state=AppointmentState.DONE),
            appointment(ago(8), ago(20), state=AppointmentState.CANCELLED),
        ]
    )
    assert facts.arrivals(NOW) == (ago(3), ago(3), ago(7))
    assert [d.isoformat() for d in facts.contact_days(NOW, TOKYO)] == ["2026-11-17", "2026-11-15", "2026-11-13"]
