"""A tablet that works for days without a network and comes back weeks later; caches that were damaged meanwhile."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from sync.client import Client
from sync.model.commands import CheckIn, LogInteraction, RegisterCustomer
from sync.model.customer import Customer, Interaction, Visit
from sync.server.compaction import compact
from sync.server.database import make_engine, reading
from sync.server.enrolment import create_enrolment_code
from sync.server.migrate import migrate
from sync.server.repository.records import Records
from sync.server.tables import command_log
from sync.settings import TabletSettings
from tests.integration.client.direct import Direct
from tests.integration.server.people import GINZA, MANAGER, MISAKI, YUMI, MovableClock, customer, open_shop, write

STAFF = (MISAKI.id, MANAGER.id)


class Place:
    """A server's database, and a tablet of Ginza with a clock of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock, self.tablet_clock = MovableClock(), MovableClock()
        self.file = folder / "server.db"
        self.engine: Engine = make_engine(f"sqlite:///{self.file}")
        migrate(self.engine)
        open_shop(self.engine, self.clock)
        self.api = Direct(self.engine, self.clock)
        self.client = self.opened()
        self.client.enrol(create_enrolment_code(self.engine, "ginza", self.clock))
        assert self.client.sync_once().error is None

    def opened(self) -> Client:
        settings = TabletSettings(data=self.folder / "tablet", key_file=self.folder / "tablet.key")
        client = Client(settings, self.tablet_clock, api=self.api)
        client.open()
        return client

    def advance(self, **by: float) -> None:
        self.clock.at += timedelta(**by)
        self.tablet_clock.at += timedelta(**by)

    def damage(self, statement: str) -> None:
        conn = sqlite3.connect(self.folder / "tablet" / "cache.db")
        with conn:
            assert conn.execute(statement).rowcount == 1
        conn.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.client.close()
    made.engine.dispose()


def test_three_days_of_work_arrive_once_on_day_thirty(place: Place) -> None:
    """72 hours of visits, notes and registrations without a network, the tablet restarted and its clock wrong by a day
    meanwhile; back on day 30 with answers lost on the way, everything is on the server once, in order, at its own time."""
    place.api.down = True
    began = place.clock()
    expected: Counter[str] = Counter()
    for hour in range(0, 72, 3):
        place.client.submit(
            CheckIn(visit_id=f"visit-{hour}", customer_id=YUMI.id, shop_id=GINZA.id, source="staff"), STAFF[0]
        )
        place.client.submit(RegisterCustomer(customer_id=f"new-{hour}", shop_id=GINZA.id, family_name="新垣"), STAFF[1])
        for number, whose in enumerate((YUMI.id, f"new-{hour}")):
            said = LogInteraction(
                interaction_id=f"note-{hour}-{number}", customer_id=whose, shop_id=GINZA.id, text=f"メモ{hour}"
            )
            place.client.submit(said, STAFF[number])
        expected.update({"check_in": 1, "register_customer": 1, "log_interaction": 2})
        assert place.client.sync_once().error is not None
        if hour == 36:
            place.client.close()
            place.client = place.opened()
        place.advance(hours=3)
    assert place.client.status().waiting == sum(expected.values())
    place.clock.at = began + timedelta(days=30)
    place.tablet_clock.at = began + timedelta(days=29)  # it runs a day slow by now
    compact(place.engine, place.clock(), keep=timedelta(days=90), enough=1)
    place.api.down, place.api.lose_answers = False, 1
    assert place.client.sync_once().error is not None  # the first batch was carried out, its answer lost
    report = place.client.sync_once()
    assert (report.error, report.refused) == (None, 0)
    with reading(place.engine) as conn:
        log = conn.execute(select(command_log.c.type, command_log.c.seq).order_by(command_log.c.at)).all()
        records = Records(conn)
        notes = records.find(Interaction, customer_id=YUMI.id)
        visits = records.find(Visit, customer_id=YUMI.id)
        newcomers = [one for one in records.of_kind(Customer) if one.id.startswith("new-")]
    assert Counter(row.type for row in log) == expected
    assert sorted(row.seq for row in log) == list(range(1, len(log) + 1))
    assert len(newcomers) == len(notes) == len(visits) == 24
    at = {one.id: one.at for one in visits}
    assert [at[f"visit-{hour}"] for hour in range(0, 72, 3)] == [
        began + timedelta(hours=hour) for hour in range(0, 72, 3)
    ]
    assert place.client.status().waiting == 0
    assert place.client.cache.overlay.customers() == set()
    assert not place.client.sync_once().rebuilt


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM customer_range WHERE kind = 'consent'",
        "UPDATE customer_range SET tag = 1 WHERE kind = 'customer'",
        "DELETE FROM clear_record WHERE kind = 'retailer'",
    ],
)
def test_a_damaged_cache_is_healed_by_the_real_server(place: Place, statement: str) -> None:
    """What differs from the server's figures is pulled anew; unsent work goes out all the same."""
    place.damage(statement)
    place.api.down = True
    said = LogInteraction(interaction_id="note-1", customer_id=YUMI.id, shop_id=GINZA.id, text="メモ")
    place.client.submit(said, MISAKI.id)
    place.api.down = False
    report = place.client.sync_once()
    assert (report.error, report.pushed, report.rebuilt) == (None, 1, True)
    assert place.client.cache.record("customer", YUMI.id) == YUMI
    assert place.client.cache.retailer() is not None
    place.advance(hours=2)
    assert not place.client.sync_once().rebuilt


def test_a_restored_file_that_was_written_to_again_is_noticed(place: Place) -> None:
    """A server restored from a copy and busy since may have passed the tablet's cursor: then the figures tell."""
    place.engine.dispose()
    copy = place.folder / "copy.db"
    shutil.copy(place.file, copy)
    write(place.engine, place.clock, customer("2002"), customer("2003"))
    assert place.client.sync_once().error is None
    place.engine.dispose()
    for suffix in ("-wal", "-shm"):
        Path(f"{place.file}{suffix}").unlink(missing_ok=True)
    shutil.copy(copy, place.file)
    write(place.engine, place.clock, *(customer(f"30{number:02}") for number in range(9)))
    report = place.client.sync_once()
    assert report.error is None
    assert report.rebuilt
    assert place.client.cache.record("customer", customer("2002").id) is None
    assert place.client.cache.record("customer", customer("3000").id) is not None
