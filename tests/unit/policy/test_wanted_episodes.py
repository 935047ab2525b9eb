"""One time that what she wants lies in her shop is one episode: a new one opens, and none twice."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sync.model.customer import BrowseEvent
from sync.model.outreach import Cause, FollowUp, FollowUpState
from sync.policy.facts import CustomerFacts, Piece
from sync.policy.playbook import load_playbook
from sync.policy.signals import Proposal, follow_up_id, wanted_in_stock
from tests.unit.policy import build as b
from tests.unit.policy.build import GINZA, HER, NOW, TOKYO, ago, story

PLAYBOOK = load_playbook()
CAME, AGAIN = ago(20), ago(1)


def wish(product: str, days: float, variant: str | None = None) -> Any:
    return b.look(ago(days), BrowseEvent.PRODUCT_ADDED_TO_WISHLIST, product_id=product, variant_id=variant)


def lies(product: str, since: datetime | None, variant: str = "m") -> Piece:
    return Piece(product, f"{product}-{variant}", GINZA, 1, "コート", "coat", since)


def heard(*pieces: Piece, records: tuple[Any, ...] = (), now: datetime = NOW) -> Proposal | None:
    agreed, wrote = b.granted(None, "online_history"), b.message(ago(60))
    known = story(agreed, wrote, wish("coat", 9), *records, her=b.customer(home_shop_id=GINZA))
    facts: CustomerFacts = replace(known, shelf=pieces)
    return wanted_in_stock.propose(facts, now=now, zone=TOKYO, playbook=PLAYBOOK)


def made_of(proposal: Proposal | None, at: datetime, state: FollowUpState = FollowUpState.DISMISSED) -> FollowUp:
    assert proposal is not None
    return FollowUp(
        id=follow_up_id(HER, proposal.episode), customer_id=HER, shop_id=GINZA, cause=Cause.WANTED_IN_STOCK,
        evidence=proposal.evidence, due_at=proposal.due_at, state=state, created_at=at,
    )  # fmt: skip


def test_what_was_closed_stays_closed_while_it_lies_there() -> None:
    """However often the rule runs, and whatever is counted meanwhile."""
    told = made_of(heard(lies("coat", CAME)), ago(5))
    assert heard(lies("coat", CAME), records=(told,)) is None
    assert heard(replace(lies("coat", CAME), quantity=9), records=(told,), now=NOW + timedelta(days=3)) is None


def test_sold_out_and_come_back_is_another_episode() -> None:
    """It opens once more, as one of its own, and is told of once more; closed, that one stays closed as well."""
    first = made_of(heard(lies("coat", CAME)), ago(5), FollowUpState.DONE)
    assert heard(records=(first,)) is None
    wrote = b.message(ago(4), Cause.WANTED_IN_STOCK)
    anew = heard(lies("coat", AGAIN), records=(first, wrote))
    assert anew is not None
    assert follow_up_id(HER, anew.episode) != first.id
    second = made_of(anew, ago(0.5))
    assert heard(lies("coat", AGAIN), records=(first, wrote, second)) is None


def test_another_thing_that_she_wants_is_another_episode() -> None:
    """Closing one does not hide the next, whichever she looked at last."""
    both, older = (lies("coat", CAME), lies("bag", CAME)), wish("bag", 12)
    first = heard(*both, records=(older,))
    assert first is not None
    assert first.evidence.params["product_id"] == "coat"
    second = heard(*both, records=(older, made_of(first, ago(5))))
    assert second is not None
    assert second.evidence.params["product_id"] == "bag"
    assert heard(*both, records=(older, made_of(first, ago(5)), made_of(second, ago(4)))) is None


def test_the_first_of_two_sizes_is_sold_while_the_other_lies_there() -> None:
    """Of a want without a size the product never was gone: the follow-up stays the same one, open or closed."""
    before = heard(lies("coat", CAME), lies("coat", ago(10), "l"))
    for state in (FollowUpState.OPEN, FollowUpState.DONE):
        told = made_of(before, ago(5), state)
        after = heard(lies("coat", ago(10), "l"), records=(told,))
        assert (after and follow_up_id(HER, after.episode)) == (told.id if state is FollowUpState.OPEN else None)


def test_what_nobody_saw_come_is_one_episode() -> None:
    """Stock counted before anybody noted when it came keeps the episode it had, so that nothing opens twice."""
    proposal = heard(lies("coat", None))
    assert proposal is not None
    assert proposal.episode == "wanted_in_stock:coat"
    assert "since" not in proposal.evidence.params
