"""A begun note that is handed over with a visit: whose it is, and when the server holds it no more."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from sync.model.base import Id
from sync.model.commands import AnyCommand, LogInteraction, Outcome
from sync.model.commands_visits import AttachReceipt, CloseVisit, DropVisitDraft, HandOverVisit
from sync.model.customer import Interaction, Visit, VisitDraft
from sync.server.closing import close_visits, closing
from sync.server.database import reading
from sync.server.repository.records import Records
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MISAKI, NOON, YUMI, MovableClock, customer, person, write

AKI, BEN = person("aki", GINZA.id), person("ben", GINZA.id)
OTHER = customer("1003", GINZA.id)
WORDS = VisitDraft(text="紺をお探し", tags=("fitting",), product_ids=("coat",))
BEGUN = WORDS.model_copy(update={"begun_by": MISAKI.id})


class Shop:
    """A tablet, and the visit as the server holds it."""

    def __init__(self, engine: Engine, clock: MovableClock) -> None:
        self.engine, self.clock = engine, clock
        self.tablet = Device(engine, clock)

    def do(self, command: AnyCommand, staff_id: Id) -> Outcome:
        self.clock.at += timedelta(minutes=1)
        return self.tablet.do(command, staff_id)

    def give(self, by: Id, to: Id, draft: VisitDraft | None = None) -> Outcome:
        before = self.visit.staff_id
        command = HandOverVisit(visit_id="v-1", customer_id=YUMI.id, from_staff_id=before, to_staff_id=to, draft=draft)
        return self.do(command, by)

    def note(self, number: int, by: Id, visit_id: str | None = "v-1", customer_id: str = YUMI.id) -> Outcome:
        command = LogInteraction(
            interaction_id=f"note-{number}",
            customer_id=customer_id,
            shop_id=GINZA.id,
            text="紺のMを",
            visit_id=visit_id,
        )
        return self.do(command, by)

    @property
    def visit(self) -> Visit:
        with reading(self.engine) as conn:
            found = Records(conn).get(Visit, "v-1")
        assert found is not None
        return found


@pytest.fixture
def shop(retailer: Engine, clock: MovableClock) -> Shop:
    visit = Visit(id="v-1", customer_id=YUMI.id, shop_id=GINZA.id, staff_id=MISAKI.id, at=NOON)
    write(retailer, clock, AKI, BEN, OTHER, visit)
    return Shop(retailer, clock)


def test_it_says_who_began_it_and_nobody_else(shop: Shop) -> None:
    """Given on by others, the words stay those of who began them; a tablet cannot put them into somebody's mouth."""
    assert shop.give(MISAKI.id, AKI.id, BEGUN).accepted
    assert shop.visit.draft == BEGUN
    more = BEGUN.model_copy(update={"text": "紺をお探し、Mで"})
    shop.give(AKI.id, BEN.id, more)
    assert shop.visit.draft == more
    shop.give(BEN.id, AKI.id, WORDS.model_copy(update={"begun_by": "ghost"}))
    assert shop.visit.draft == WORDS.model_copy(update={"begun_by": BEN.id})


def test_whoever_takes_the_visit_over_takes_the_words_of_who_looked_after_her(shop: Shop) -> None:
    """On the writer's tablet, a colleague who signs in and takes over carries the writer's words along, as the writer's."""
    assert shop.give(AKI.id, AKI.id, BEGUN).accepted
    assert (shop.visit.draft, shop.visit.handed_by) == (BEGUN, AKI.id)


def test_handed_on_without_a_word_it_goes_along_and_an_empty_one_takes_it_away(shop: Shop) -> None:
    """None leaves what came before; an empty draft says that it is wanted no more."""
    shop.give(MISAKI.id, AKI.id, BEGUN)
    shop.give(AKI.id, BEN.id)
    assert shop.visit.draft == BEGUN
    shop.give(BEN.id, AKI.id, VisitDraft())
    assert shop.visit.draft is None


def test_it_is_gone_with_the_note_that_goes_on_with_it(shop: Shop) -> None:
    """Only a note of whoever looks after her, and one that says that it goes on with it; the note is taken either way."""
    shop.give(MISAKI.id, AKI.id, BEGUN)
    assert shop.note(1, AKI.id, visit_id=None).accepted
    assert shop.note(2, BEN.id).accepted
    assert shop.note(3, AKI.id, visit_id="elsewhere").accepted
    assert shop.note(4, AKI.id, customer_id=OTHER.id).accepted
    assert shop.visit.draft == BEGUN
    assert shop.note(5, AKI.id).accepted
    assert shop.visit.draft is None
    with reading(shop.engine) as conn:
        assert all(Records(conn).get(Interaction, f"note-{number}") for number in range(1, 6))


def test_who_looks_after_her_lets_it_go(shop: Shop) -> None:
    """Nobody else does; again, when it is gone, is no mistake."""
    shop.give(MISAKI.id, AKI.id, BEGUN)
    drop = DropVisitDraft(visit_id="v-1", customer_id=YUMI.id)
    late = shop.do(drop, MISAKI.id)
    assert late.reason is not None
    assert (late.reason.code, late.reason.params["staff_id"]) == ("moved", AKI.id)
    assert shop.visit.draft == BEGUN
    assert shop.do(drop, AKI.id).accepted
    assert shop.visit.draft is None
    assert shop.do(drop, MISAKI.id).accepted


@pytest.mark.parametrize("how", ["staff", "receipt", "closing"])
def test_it_ends_with_the_visit(shop: Shop, clock: MovableClock, how: str) -> None:
    """Whoever or whatever ends the visit; and a hand-over that arrives after the end brings nothing back."""
    shop.give(MISAKI.id, AKI.id, BEGUN)
    match how:
        case "staff":
            shop.do(CloseVisit(visit_id="v-1", customer_id=YUMI.id), AKI.id)
        case "receipt":
            shop.do(AttachReceipt(visit_id="v-1", customer_id=YUMI.id, number="R-1"), AKI.id)
        case "closing":
            clock.at = closing(GINZA, NOON)
            close_visits(shop.engine, clock)
    assert (shop.visit.ended_by, shop.visit.draft) == (how, None)
    late = shop.give(AKI.id, BEN.id, BEGUN)
    assert not late.accepted
    assert shop.visit.draft is None
