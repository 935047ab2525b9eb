"""A visit goes from one tablet to another with the note that was begun, and the words leave all three when it is saved."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync.client import Client
from sync.client.drafts import Draft
from sync.model.commands import AnyCommand, LogInteraction
from sync.model.commands_visits import CloseVisit, DropVisitDraft, HandOverVisit
from sync.model.customer import Interaction, Visit, VisitDraft
from sync.server.database import reading
from sync.server.repository.records import Records
from tests.integration.client.house import House
from tests.integration.server.people import GINZA, MISAKI, YUMI, person

AKI = person("aki", GINZA.id)
WORDS = "紺のMをお探し。ご旅行の前に"
BEGUN = VisitDraft(begun_by=MISAKI.id, text=WORDS)
KEY = f"note {YUMI.id}"


class Two:
    """Misaki's tablet and Aki's, and the server between them."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.hers, self.his = house.enrolled("first"), house.enrolled("second")

    def do(self, client: Client, command: AnyCommand, staff_id: str) -> str:
        command_id = client.submit(command, staff_id)
        self.meet()
        return command_id

    def meet(self) -> None:
        for client in (self.hers, self.his, self.hers):
            assert client.sync_once().error is None

    def drafts(self) -> list[VisitDraft | None]:
        """Return what the server and each tablet hold of the visit's draft."""
        with reading(self.house.engine) as conn:
            found = [Records(conn).get(Visit, "visit-1")]
        for client in (self.hers, self.his):
            there = client.cache.record("visit", "visit-1")
            found.append(there if isinstance(there, Visit) else None)
        return [one.draft if one is not None else VisitDraft(text="no visit") for one in found]

    def begin(self) -> None:
        now = self.house.clock()
        self.hers.drafts.put(Draft(MISAKI.id, KEY, YUMI.id, now, now + timedelta(hours=8), "words"))
        self.hers.drafts.flush()

    def hand_over(self, seen: str = MISAKI.id) -> None:
        over = HandOverVisit(
            visit_id="visit-1", customer_id=YUMI.id, from_staff_id=seen, to_staff_id=AKI.id, draft=BEGUN
        )
        command_id = self.hers.submit(over, MISAKI.id)
        self.hers.drafts.give(MISAKI.id, KEY, command_id)
        self.meet()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    house = House(tmp_path)
    house.start()
    house.write(AKI, Visit(id="visit-1", customer_id=YUMI.id, shop_id=GINZA.id, staff_id=MISAKI.id, at=house.clock()))
    both = Two(house)
    yield both
    both.hers.close()
    both.his.close()
    house.stop()
    house.engine.dispose()


def test_the_colleague_finds_the_words_on_another_tablet(two: Two) -> None:
    """Nothing is sent before the hand-over; afterwards the server and the other tablet have the words, the first only so."""
    two.begin()
    two.meet()
    assert two.drafts() == [None, None, None]
    two.hand_over()
    assert two.drafts() == [BEGUN, BEGUN, BEGUN]
    assert two.hers.drafts.all() == []


def test_the_saved_note_ends_them_everywhere(two: Two) -> None:
    """At once on the tablet that saves it, without a network too; then at the server and on the other one."""
    two.hand_over()
    saved = LogInteraction(
        interaction_id="note-1", customer_id=YUMI.id, shop_id=GINZA.id, text=f"{WORDS}。お決まり", visit_id="visit-1"
    )
    two.his.submit(saved, AKI.id)
    assert two.drafts() == [BEGUN, BEGUN, None]
    two.meet()
    assert two.drafts() == [None, None, None]
    two.meet()
    notes = [one.text for one in two.hers.cache.customer_range(YUMI.id) if isinstance(one, Interaction)]
    assert notes == [f"{WORDS}。お決まり"]


@pytest.mark.parametrize("how", ["dropped", "closed"])
def test_so_do_letting_them_go_and_the_end_of_the_visit(two: Two, how: str) -> None:
    """The words are nowhere any more."""
    two.hand_over()
    hers = {"visit_id": "visit-1", "customer_id": YUMI.id}
    two.do(two.his, DropVisitDraft(**hers) if how == "dropped" else CloseVisit(**hers), AKI.id)
    assert two.drafts() == [None, None, None]


def test_a_refused_hand_over_costs_no_words(two: Two) -> None:
    """Somebody was faster: the server keeps nothing of it, and the draft is the writer's again."""
    two.begin()
    two.hand_over(seen=AKI.id)
    two.meet()
    assert two.drafts() == [None, None, None]
    assert [one.place for one in two.hers.drafts.of(MISAKI.id, two.house.clock())] == [(MISAKI.id, KEY)]
