"""The digests of scopes: whatever is written, they stand for the records, and for what a device has come to hold."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, update
from structlog.testing import capture_logs

from sync.identity.merge import merge
from sync.model.base import Record
from sync.model.catalogue import Product
from sync.model.customer import BrowseEvent, Customer, Interaction, Visit, WebActivity
from sync.model.outreach import Cause, FollowUp, FollowUpState, Reason
from sync.model.shop import Role, ShopKind
from sync.protocol import PullRequest
from sync.server import admin, convergence, digests, feed
from sync.server.database import make_engine, reading, retrying, transaction
from sync.server.merging import merge_customers
from sync.server.migrate import migrate
from sync.server.repository.records import Records
from sync.server.setup import database_url
from sync.server.tables import scope_digests
from sync.settings import ServerSettings
from tests.integration.server.devices import Device
from tests.integration.server.people import (
    GINZA,
    MISAKI,
    NOON,
    OSAKA,
    STYLIST,
    UMEDA,
    YUMI,
    MovableClock,
    agrees,
    customer,
    open_shop,
    pin,
    shop,
    write,
)

SHOPS = (GINZA.id, UMEDA.id, None)
PEOPLE = (MISAKI, OSAKA, STYLIST)


class Work:
    """Random writes of every sort that decides where a record belongs."""

    def __init__(self, engine: Engine, clock: MovableClock, seed: int) -> None:
        self.engine, self.clock, self.chance = engine, clock, random.Random(seed)
        self.customers = [YUMI.id]

    def do(self) -> None:
        steps = (self.put, self.put, self.put, self.people, self.remove, self.merge, self.house)
        self.chance.choice(steps)()

    def put(self) -> None:
        write(self.engine, self.clock, *(self._record() for _ in range(self.chance.randint(1, 6))))

    def _record(self) -> Record:
        chance, number = self.chance, self.chance.randint(0, 12)
        owner = chance.choice(self.customers)
        place = {"customer_id": owner, "shop_id": chance.choice(SHOPS[:2]), "at": NOON}
        choices: tuple[Callable[[], Record], ...] = (
            self._customer,
            lambda: Visit.model_validate({"id": f"visit-{number}", **place}),
            lambda: Interaction.model_validate(
                {"id": f"note-{number}", "staff_id": MISAKI.id, "text": f"メモ{chance.random()}", **place}
            ),
            lambda: FollowUp(
                id=f"follow-{number}", customer_id=owner, shop_id=UMEDA.id, cause=Cause.AFTER_VISIT,
                evidence=Reason(code="visited"), due_at=NOON, created_at=NOON,
                state=chance.choice((FollowUpState.OPEN, FollowUpState.DONE)),
            ),
            lambda: WebActivity(
                id=f"web-{number}", customer_id=owner, at=NOON, event=BrowseEvent.PRODUCT_VIEWED, category="dress",
                product_id="p",
            ),
            lambda: Product(id=f"p{number}", code=f"p{number}", name=f"服{chance.random()}", category="dress"),
        )  # fmt: skip
        return chance.choice(choices)()

    def _customer(self) -> Customer:
        made = customer(
            str(2000 + self.chance.randint(0, 9)),
            self.chance.choice(SHOPS),
            given_name=f"名{self.chance.randint(0, 3)}",
            person_in_charge_id=self.chance.choice((None, MISAKI.id, OSAKA.id)),
        )
        with reading(self.engine) as conn:  # one that was merged away stays gone
            gone = Records(conn).customer_id_of(made.id) not in (None, made.id)
        if gone:
            return YUMI.model_copy(update={"given_name": made.given_name})
        self.customers.append(made.id)
        return made

    def people(self) -> None:
        person = self.chance.choice(PEOPLE)
        moved = person.model_copy(
            update={
                "shop_id": self.chance.choice(SHOPS[:2]),
                "helps_shop_ids": self.chance.choice(((), (UMEDA.id,))),
                "role": self.chance.choice((Role.ASSOCIATE, Role.STYLIST)),
                "active": self.chance.random() < 0.8,
            }
        )
        new_pin = pin(person).model_copy(update={"pin_hash": f"$argon2id${self.chance.random()}"})
        write(self.engine, self.clock, *self.chance.choice(((moved,), (new_pin,), (new_pin, moved))))

    def remove(self) -> None:
        number = self.chance.randint(0, 12)
        kind, record_id = self.chance.choice(
            (("visit", f"visit-{number}"), ("interaction", f"note-{number}"), ("follow_up", f"follow-{number}"),
             ("product", f"p{number}"), ("staff_pin", pin(STYLIST).id))
        )  # fmt: skip
        with transaction(self.engine) as conn:
            Records(conn, self.clock).delete(kind, record_id)

    def merge(self) -> None:
        alive = list(dict.fromkeys(self.customers))
        if len(alive) > 2 and self.chance.random() < 0.4:
            kept, other = self.chance.sample(alive, 2)
            if other == YUMI.id:
                kept, other = other, kept
            with transaction(self.engine) as conn:
                merge_customers(conn, self.clock, kept, other, merge)
            self.customers = [one for one in self.customers if one != other]

    def house(self) -> None:
        write(self.engine, self.clock, shop(f"new{self.chance.randint(0, 3)}", ShopKind.OWN))


@pytest.mark.parametrize("seed", range(6))
def test_random_work_keeps_the_digests(retailer: Engine, clock: MovableClock, seed: int) -> None:
    """After each step the digests are those of the records, and of what each shop's tablet holds."""
    work = Work(retailer, clock, seed)
    tablets = [Device(retailer, clock), Device(retailer, clock, "umeda", seed=b"\x02" * 32)]
    for _ in range(40):
        work.do()
        assert convergence.differences(retailer) == []
        tablet = work.chance.choice(tablets)
        page = tablet.pull(limit=work.chance.choice((3, 50, 2000)))
        assert page.digests == tablet.digests()
    fresh = Device(retailer, clock, seed=b"\x03" * 32)
    page = fresh.pull(limit=7)
    tablets[0].pull()
    assert page.digests == fresh.digests() == tablets[0].digests()
    assert "web_activity" not in (page.digests or {})


def test_writers_at_the_same_time_keep_the_digests(retailer: Engine, clock: MovableClock) -> None:
    """Writers that change the same products, people and customers at once lose nothing of what they add and take away."""

    known = [customer(str(2000 + number)) for number in range(10)]
    write(retailer, clock, *known)

    def work(number: int) -> None:
        mine = Work(retailer, clock, number)
        mine.customers = [YUMI.id, *(each.id for each in known)]
        for _ in range(25):
            retrying(mine.chance.choice((mine.put, mine.people, mine.remove)), attempts=12)

    done = threading.Event()
    tablet = Device(retailer, clock)

    def follow() -> int:
        compared = 0
        while not done.is_set():
            page = tablet.pull(limit=9)
            if page.digests is not None:
                assert page.digests == tablet.digests()
                compared += 1
        return compared

    with ThreadPoolExecutor(7) as pool:
        reader = pool.submit(follow)
        try:
            for future in [pool.submit(work, number) for number in range(6)]:
                future.result()
        finally:
            done.set()
        assert reader.result() > 0
    assert convergence.differences(retailer) == []
    page = tablet.pull()
    assert page.digests == tablet.digests()


def test_a_page_says_nothing_while_a_record_is_ahead_of_its_number(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """A committed change without a number shows in the record already: then the last page has no digests."""
    assert device.pull().digests is not None
    if retailer.dialect.name == "sqlite":
        pytest.skip("on SQLite a change has its number when it is committed")
    last = device.service.pull(PullRequest(epoch=device.epoch, cursor=device.cursor - 1))
    assert last.digests is not None
    with reading(retailer, whole=True) as conn:
        wanted = (feed.EVERYWHERE, feed.shop_scope(GINZA.id))
        assert not feed.waiting(conn, wanted)
        write(retailer, clock, YUMI.model_copy(update={"given_name": "新"}))
        assert not feed.waiting(conn, wanted)
    with reading(retailer, whole=True) as conn:
        assert feed.waiting(conn, wanted)
        assert not feed.waiting(conn, (feed.shop_scope(UMEDA.id),))
    assert device.pull().digests == device.digests()


def test_a_page_before_the_last_has_no_digests(device: Device) -> None:
    """Only a device that has taken in everything has what the digests stand for."""
    page = device.service.pull(PullRequest(limit=2))
    assert page.more
    assert page.digests is None


def test_a_customer_fetched_by_name_has_the_feeds_tags(retailer: Engine, device: Device) -> None:
    """A customer's range carries the same tags as the feed."""
    device.pull()
    rows = device.service.customer(YUMI.id).rows
    assert {(row.kind, row.id): row.tag for row in rows} == {
        key: tag for key, tag in device.tags.items() if key[0] in {"customer", "consent"}
    }
    assert all(row.tag for row in rows)


def test_a_tag_stands_for_the_content() -> None:
    """The order of fields makes no difference, a value, a kind and an id do; it has at most 40 bits."""
    tag = digests.tag_of("customer", "1", {"a": 1, "b": "二"})
    assert tag == digests.tag_of("customer", "1", {"b": "二", "a": 1})
    others = {
        digests.tag_of("customer", "1", {"a": 1, "b": "三"}),
        digests.tag_of("customer", "2", {"a": 1, "b": "二"}),
        digests.tag_of("visit", "1", {"a": 1, "b": "二"}),
    }
    assert len(others | {tag}) == 4
    assert 0 < tag < 2**40


def test_repair_writes_what_the_records_say(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A digest that went wrong is found and put right, with changes waiting for their number counted in."""
    device.pull()
    with transaction(retailer) as conn:
        conn.execute(update(scope_digests).where(scope_digests.c.kind == "shop").values(total=1))
        conn.execute(insert(scope_digests).values(scope="shop:none", kind="visit", records=3, total=4))
    write(retailer, clock, agrees(customer("1001"), at=NOON), customer("3003"))
    found = convergence.differences(retailer)
    assert {(each.scope, each.kind) for each in found} == {("*", "shop"), ("shop:none", "visit")}
    assert convergence.repair(retailer) == found
    assert convergence.differences(retailer) == []
    assert device.pull().digests == device.digests()
    assert convergence.differences(retailer) == []


def test_a_device_that_rebuilt_says_why(device: Device) -> None:
    """What a device reports of a cache it set aside is in the server's log."""
    with capture_logs() as said:
        device.service.pull(PullRequest(rebuilt="mismatch"))
    assert [(each["log_level"], each["why"], each["device_id"]) for each in said] == [
        ("warning", "mismatch", device.device.id)
    ]


def test_the_command_line_compares_and_repairs(tmp_path: Path, clock: MovableClock) -> None:
    """It says what differs, puts it right when asked to, and then finds nothing."""
    settings = ServerSettings(data=tmp_path)
    engine = make_engine(database_url(settings))
    migrate(engine)
    open_shop(engine, clock)
    assert admin.digests(settings, repair=False) == []
    with transaction(engine) as conn:
        conn.execute(update(scope_digests).where(scope_digests.c.kind == "staff").values(records=2))
    engine.dispose()
    (line,) = admin.digests(settings, repair=False)
    assert line.startswith("*\tstaff\tkept 2 ")
    assert admin.digests(settings, repair=True) == [line]
    assert admin.digests(settings, repair=False) == []
