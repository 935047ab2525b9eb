"""Whose a customer's messages are."""

from datetime import timedelta

from sync.model.customer import Conversation
from sync.model.outreach import Message
from sync.policy.conversation import holder, last_of_ours
from tests.unit.policy.build import NOW, ago, customer, message

SAID = Conversation(staff_id="new", taken_from="old", by="manager", at=ago(days=1))


def wrote(staff_id: str | None, days: float) -> Message:
    return message(ago(days=days), staff_id=staff_id, sent_at=ago(days=days))


def test_without_a_word_of_a_manager_it_is_who_wrote() -> None:
    """Else whoever is in charge of her; a message in the shop's name is nobody's."""
    assert holder(customer(), wrote("old", 2)) == "old"
    assert holder(customer(person_in_charge_id="charge"), wrote(None, 2)) is None
    assert holder(customer(person_in_charge_id="charge"), None) == "charge"


def test_a_managers_word_holds() -> None:
    """Over what was written before it, over what the former person writes after it, and over the shop's own messages."""
    hers = customer(conversation=SAID, person_in_charge_id="charge")
    for partner in (None, wrote("old", 2), wrote("old", 0.5), wrote("third", 2), wrote(None, 0.5), wrote("new", 0.5)):
        assert holder(hers, partner) == "new"


def test_it_ends_with_somebody_elses_message() -> None:
    """Whoever has written since, and is not whom it was taken from, is answered."""
    assert holder(customer(conversation=SAID), wrote("third", 0.5)) == "third"


def test_the_last_of_ours_is_what_was_sent_last() -> None:
    """By when it went, not by when it was written; what never went does not count."""
    early, late = wrote("a", 3), message(ago(days=9), staff_id="b", sent_at=NOW - timedelta(hours=1))
    assert last_of_ours([early, late, message(NOW, staff_id="c", sent_at=None)]) == late
    assert last_of_ours([]) is None
