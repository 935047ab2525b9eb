"""Whom a reference means, by its names alone."""

from collections.abc import Sequence

from sync.identity.match import IdentityResolver
from sync.model.source import CustomerRef


class Names:
    """Names in memory (implements `sync.ports.IdentityStore`)."""

    def __init__(self, **owners: str) -> None:
        self.owners = {tuple(name.split("__", 1)): owner for name, owner in owners.items()}

    def find(self, kind: str, value: str) -> str | None:
        return self.owners.get((kind, value))

    def link(self, kind: str, value: str, customer_id: str) -> None:
        self.owners[kind, value] = customer_id

    def names_of(self, customer_id: str, kind: str) -> Sequence[str]:
        return [name[1] for name, owner in self.owners.items() if owner == customer_id and name[0] == kind]

    def is_visitor(self, customer_id: str) -> bool:
        return customer_id.startswith("visitor")


resolve = IdentityResolver().resolve


def test_the_strongest_name_decides_and_the_other_is_reported() -> None:
    """Two customers named at once are not merged: the card decides over the mail address."""
    known = Names(member_number__M1="anna", email__shared="bea")
    found = resolve(CustomerRef(member_number="M1", email="shared"), known)
    assert (found.customer_id, found.by, found.conflicts, found.free) == (
        "anna",
        "member_number",
        (("email", "bea"),),
        (),
    )


def test_a_new_name_of_a_known_customer_becomes_hers() -> None:
    """What is nobody's may be linked."""
    found = resolve(CustomerRef(member_number="M1", line_user_id="U1"), Names(member_number__M1="anna"))
    assert (found.customer_id, found.free) == ("anna", (("line_user_id", "U1"),))


def test_a_customer_without_a_card_gets_one() -> None:
    """Somebody registered by telephone is the member whose row carries it."""
    found = resolve(CustomerRef(member_number="M1", phone="1"), Names(phone__1="anna"))
    assert (found.customer_id, found.by, found.free) == ("anna", "phone", (("member_number", "M1"),))


def test_another_card_is_another_customer() -> None:
    """A telephone of somebody who has a card does not make the second card hers."""
    known = Names(member_number__M1="anna", phone__1="anna")
    found = resolve(CustomerRef(member_number="M2", phone="1"), known)
    assert (found.customer_id, found.conflicts, found.free) == (None, (("phone", "anna"),), (("member_number", "M2"),))


def test_a_shared_browser_tells_nothing_against_a_name() -> None:
    """A browser is the weakest name: it decides alone, never against an account, and is not reported."""
    known = Names(user_id__u1="anna", anonymous_id__x="anna", user_id__u2="bea")
    assert resolve(CustomerRef(anonymous_id="x"), known).customer_id == "anna"
    both = resolve(CustomerRef(user_id="u2", anonymous_id="x"), known)
    assert (both.customer_id, both.conflicts) == ("bea", ())
    stranger = resolve(CustomerRef(user_id="u3", anonymous_id="x"), known)
    assert (stranger.customer_id, stranger.free) == (None, (("user_id", "u3"),))


def test_a_first_account_on_a_known_browser_is_hers() -> None:
    """Somebody known by her card on this browser, who now opens an account."""
    known = Names(member_number__M1="anna", anonymous_id__x="anna")
    assert resolve(CustomerRef(user_id="u1", anonymous_id="x"), known).customer_id == "anna"


def test_visitors_are_absorbed_by_whoever_they_turn_out_to_be() -> None:
    """A visitor is nobody's conflict."""
    known = Names(user_id__u1="anna", anonymous_id__x="visitor:1")
    found = resolve(CustomerRef(user_id="u1", anonymous_id="x"), known)
    assert (found.customer_id, found.absorbed, found.conflicts) == ("anna", ("visitor:1",), ())
    alone = resolve(CustomerRef(anonymous_id="x"), known)
    assert (alone.customer_id, alone.absorbed) == (None, ("visitor:1",))
