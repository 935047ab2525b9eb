"""Snapshots from end to end: built by the real server on both databases, fetched over real HTTP, read by the tablet."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import zstandard
from sqlalchemy import Engine, update
from structlog.testing import capture_logs

from sync.client import Client
from sync.client.look import Progress, look
from sync.errors import NotFound, Offline
from sync.model.base import Record
from sync.model.commands import LogInteraction
from sync.model.customer import BrowseEvent, WebActivity
from sync.model.kinds import RECORD_TYPES
from sync.sealed import digests
from sync.server import feed
from sync.server.database import transaction
from sync.server.enrolment import create_enrolment_code
from sync.server.snapshot import SnapshotStore
from sync.server.tables import scope_digests
from tests.integration.client.house import APP_BEYOND, BEYOND, House
from tests.integration.databases import empty_url, engine, migrated, postgresql
from tests.integration.server.people import GINZA, MISAKI, YUMI, MovableClock, customer
from tests.integration.server.test_scopes import order

__all__ = ["empty_url", "engine", "migrated", "postgresql"]

PEOPLE = [
    customer(str(number), family_name=f"佐々木{number}", aliases=(f"before-{number}",)) for number in range(3000, 3040)
]

NOTE = LogInteraction(interaction_id="note-1", customer_id=YUMI.id, shop_id=GINZA.id, text="紺がお好き")


class Line(httpx.BaseTransport):
    """The network between tablet and server: can be cut, and changes bytes on their way."""

    def __init__(self) -> None:
        self.cut_after: int | None = None
        self.change: Callable[[bytes], bytes] = bytes
        self.ranges: list[str] = []
        self.asked: list[str] = []
        self._real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._real.handle_request(request)
        self.asked.append(request.url.path)
        if "/v1/sync/snapshots/" in request.url.path:
            self.ranges.append(request.headers["range"])
            stream = self._through(answer)
            return httpx.Response(answer.status_code, headers=answer.headers, stream=_Stream(stream))
        return answer

    def _through(self, answer: httpx.Response) -> Iterator[bytes]:
        sent = 0
        for block in answer.iter_raw(1000):
            yield self.change(block)
            sent += len(block)
            if self.cut_after is not None and sent >= self.cut_after:
                answer.close()
                raise httpx.ReadError("cut")


class _Stream(httpx.SyncByteStream):
    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        return self._blocks


@pytest.fixture
def house(tmp_path: Path, engine: Engine) -> Iterator[House]:
    made = House(tmp_path, engine)
    made.write(*PEOPLE, *(order(str(number), GINZA.id, person.id) for number, person in enumerate(PEOPLE)))
    made.start()
    made.core.snapshots = SnapshotStore(made.engine, made.clock, tmp_path / "snapshots", smallest=1)
    yield made
    made.stop()


def joined(house: House, name: str = "tablet", transport: httpx.BaseTransport | None = None) -> Client:
    client = house.tablet(name, transport=transport)
    client.enrol(create_enrolment_code(house.engine, "ginza", house.clock))
    return client


def contents(client: Client) -> dict[tuple[str, str], Record]:
    """Return every record that a tablet holds."""
    return {(kind, one.id): one for kind in RECORD_TYPES for one in client.cache.records(kind)}


def test_a_snapshot_is_what_the_pages_are(house: House) -> None:
    """A tablet that took the snapshot and one that read the feed from its start hold and find the same."""
    fast = joined(house, "fast")
    report = fast.sync_once()
    assert (report.error, report.rows > 80) == (None, True)
    house.core.snapshots = SnapshotStore(house.engine, house.clock, house.folder / "none")
    slow = joined(house, "slow")
    assert slow.sync_once().error is None
    assert contents(fast) == contents(slow)
    assert fast.cache.staff_pin(MISAKI.id) is not None
    for text in ("佐々木3007", "さとう", PEOPLE[3].member_number):
        assert (
            [one.id for one in fast.cache.search_customers(text)]
            == [one.id for one in slow.cache.search_customers(text)]
            != []
        )
    assert fast.cache.customer_range("before-3005") == slow.cache.customer_range("before-3005") != []
    assert fast.cache.position().cursor >= slow.cache.position().cursor > 0
    fast.close()
    slow.close()


def test_a_snapshot_tells_the_time(house: House) -> None:
    """A tablet whose clock was set back knows so after a round in which it asked for a snapshot: what is held goes in the next."""
    joined(house, "first").sync_once()
    clock = MovableClock(house.clock())
    client = house.tablet("second", clock)
    client.enrol(create_enrolment_code(house.engine, "ginza", house.clock))
    clock.at -= timedelta(minutes=1)
    client.submit(NOTE, MISAKI.id, hold_seconds=10)
    assert client.sync_once().error is None
    assert client.status().skew_seconds == 60
    house.clock.at += timedelta(seconds=20)
    clock.at += timedelta(seconds=20)
    assert client.sync_once().pushed == 1


def test_a_first_sync_asks_three_times(house: House) -> None:
    """Where the file is there, who may sign in comes with its description, and the page after it is asked for once."""
    joined(house, "first").sync_once()
    line = Line()
    client = joined(house, "second", transport=line)
    line.asked.clear()
    assert client.sync_once().error is None
    (name,) = (file.stem for file in house.folder.glob("snapshots/*/*.zst"))
    assert line.asked == ["/v1/sync/snapshot", f"/v1/sync/snapshots/{name}", "/v1/sync/pull"]
    client.close()


def test_the_file_says_what_it_holds(house: House) -> None:
    """The figures that the server leaves in a file are those that a tablet counts in it."""
    client = joined(house)
    assert client.sync_once().error is None
    with closing(sqlite3.connect(house.folder / "tablet" / "cache.db")) as conn:
        assert digests.noted(conn) == client.cache.digests()
    assert client.cache.digests()["customer"].records > 30
    client.close()


def test_a_file_that_is_not_what_the_server_means(house: House) -> None:
    """Also the first comparison, by the figures of the file itself, finds that they differ: pages take its place."""
    joined(house, "first").sync_once()
    with transaction(house.engine) as conn:
        conn.execute(update(scope_digests).where(scope_digests.c.kind == "customer").values(total=1))
    client = joined(house, "second")
    report = client.sync_once()
    assert (report.error, report.rebuilt) == (None, True)
    client.close()


def test_it_is_sealed(house: House, tmp_path: Path) -> None:
    """Neither the file that the server keeps nor the tablet's holds a name or a number in clear."""
    client = joined(house)
    assert client.sync_once().error is None
    client.close()
    for path in (tmp_path / "tablet" / "cache.db", *tmp_path.glob("snapshots/*/*")):
        assert path.stat().st_size > 0 or path.name == "lock"
        for secret in ("佐々木", "ササキ", YUMI.phone, YUMI.email):
            assert not secret or secret.encode() not in path.read_bytes()


def test_what_she_did_online_long_ago_is_not_in_it(house: House) -> None:
    """The file itself holds no web activity older than 30 days, and a tablet that took it agrees with the server."""
    for days in (29, 31):
        house.write(
            WebActivity(
                id=f"web-{days}", customer_id=YUMI.id, at=house.clock() - timedelta(days=days),
                event=BrowseEvent.PRODUCT_VIEWED, category="dress", product_id="p",
            )
        )  # fmt: skip
    client = joined(house)
    report = client.sync_once()
    assert (report.error, report.rebuilt) == (None, False)
    assert [one.id for one in client.cache.records("web_activity")] == ["web-29"]
    client.close()
    [described] = house.folder.glob("snapshots/*/current.json")  # a newer one may stand beside it by now
    squeezed = described.with_name(f"{json.loads(described.read_text())['name']}.zst")
    plain = house.folder / "plain.db"
    with squeezed.open("rb") as source, plain.open("wb") as out:
        zstandard.ZstdDecompressor().copy_stream(source, out)
    with closing(sqlite3.connect(plain)) as conn:
        assert conn.execute("SELECT id FROM customer_range WHERE kind = 'web_activity'").fetchall() == [("web-29",)]


def test_a_cut_line_is_taken_up_where_it_broke(house: House) -> None:
    """What came before the line was cut, or the tablet was switched off, is not fetched again."""
    line = Line()
    client = joined(house, transport=line)
    line.cut_after = 4000
    assert isinstance(client.sync_once().error, Offline)
    assert client.cache.position().epoch is None
    client.close()
    client = house.tablet(transport=line)
    assert isinstance(client.sync_once().error, Offline)
    line.cut_after = None
    assert client.sync_once().error is None
    assert line.ranges == ["bytes=0-", "bytes=4000-", "bytes=8000-"]
    assert client.cache.record("customer", PEOPLE[0].id) == PEOPLE[0]
    assert list((house.folder / "tablet" / "snapshot").iterdir()) == []
    client.close()


def test_status_says_how_far_it_is(house: House) -> None:
    """Whoever asks at the terminal hears bytes, total, share and the time left while it comes; after the line broke, how
    much is here, for as long as it takes; and nothing more once it is taken in."""
    line = Line()
    client = joined(house, transport=line)
    seen: list[Progress] = []

    def first_sync() -> Progress | None:
        return look(client._settings, house.clock, httpx.MockTransport(lambda _: httpx.Response(200)))[0].first_sync

    def pass_on(block: bytes) -> bytes:
        house.clock.at += timedelta(seconds=1)
        if (far := first_sync()) is not None:
            seen.append(far)
        return block

    line.change = pass_on
    line.cut_after = 1000
    for _ in range(3):
        assert isinstance(client.sync_once().error, Offline)
    (file,) = house.folder.glob("snapshots/*/*.zst")
    size = file.stat().st_size
    house.clock.at += timedelta(hours=1)
    assert first_sync() == Progress(unit="bytes", done=3000, total=size, share=round(3000 / size, 4), seconds_left=None)
    line.cut_after = None
    assert client.sync_once().error is None
    assert first_sync() is None
    assert {(one.unit, one.total) for one in seen} == {("bytes", size)}
    assert [one.share for one in seen] == sorted(one.share for one in seen)
    client.close()


def test_somebody_can_sign_in_while_it_comes(house: House) -> None:
    """Staff and PINs are there before the snapshot is, and a customer's code is looked up at the server."""
    line = Line()
    client = joined(house, transport=line)
    line.cut_after = 1000
    assert isinstance(client.sync_once().error, Offline)
    assert client.cache.staff_pin(MISAKI.id) is not None
    assert [shop.id for shop in client.cache.shops() if shop.id == GINZA.id] == [GINZA.id]
    assert client.identify(house.code(APP_BEYOND)).customer_id == BEYOND.id
    line.cut_after = None
    assert client.sync_once().error is None
    assert client.cache.record("customer", BEYOND.id) == BEYOND, "a visitor stays when the snapshot takes its place"
    assert [one.id for one in client.cache.search_customers("井上")] == [BEYOND.id]
    client.close()


def test_changed_bytes_are_not_taken(house: House) -> None:
    """A file that is not the promised one is thrown away; pages carry the scope instead, and work stays as it was."""
    line = Line()
    client = joined(house, transport=line)
    client.submit(NOTE, MISAKI.id)
    line.change = lambda block: block[:-1] + bytes([block[-1] ^ 1])
    report = client.sync_once()
    assert (report.error, report.pushed) == (None, 1)
    assert client.cache.record("customer", PEOPLE[0].id) == PEOPLE[0]
    assert client.cache.record("interaction", "note-1") is not None
    assert list((house.folder / "tablet" / "snapshot").iterdir()) == []
    client.close()


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ({"mac": "00" * 16}, False),
        ({"nonce": "00" * 12}, False),
        ({"mac": "", "nonce": ""}, True),
        ({"mac": "", "nonce": "", "sha256": "00" * 32}, False),
        ({"sha256": "00" * 32}, True),
    ],
    ids=["another tag", "another nonce", "a server of before", "and another digest", "the tag alone counts"],
)
def test_who_has_the_key_vouches_for_the_file(house: House, told: dict[str, str], taken: bool) -> None:
    """The scope's key vouches for a whole and readable file, its digest alone where the server is of before; what nobody vouches
    for is not taken, and pages carry the scope instead."""
    joined(house, "first").sync_once()
    [described] = house.folder.glob("snapshots/*/current.json")
    described.write_text(json.dumps(json.loads(described.read_text()) | told))
    with capture_logs() as logs:
        client = joined(house, "second")
        assert client.sync_once().error is None
    assert ("snapshot_broken" in [line["event"] for line in logs]) is not taken
    assert client.cache.record("customer", PEOPLE[0].id) == PEOPLE[0]
    assert client.cache.search_customers(PEOPLE[0].family_name)
    client.close()


def test_a_replaced_history_swaps_the_cache(house: House) -> None:
    """After a restore the old cache can be read until the new one is there, and unsent work is shown in both."""
    line = Line()
    client = joined(house, transport=line)
    assert client.sync_once().error is None
    client.submit(NOTE, MISAKI.id, hold_seconds=600)
    with transaction(house.engine) as conn:
        feed.start_epoch(conn)
    line.cut_after = 1000
    assert isinstance(client.sync_once().error, Offline)
    assert client.cache.record("customer", PEOPLE[0].id) == PEOPLE[0]
    line.cut_after = None
    assert client.sync_once().error is None
    assert client.cache.record("customer", PEOPLE[0].id) == PEOPLE[0]
    assert client.cache.record("interaction", "note-1") is not None
    client.close()


def test_built_once_kept_and_built_anew(house: House) -> None:
    """Devices of a shop get the same bytes until the feed has moved far; who is still fetching the old one can end it."""
    store = SnapshotStore(house.engine, house.clock, house.folder / "store", smallest=1, start=lambda work: work())
    joined(house).close()  # the shop has a key from now on
    scope = f"shop:{GINZA.id}"
    first = store.ask(scope)
    assert (first.ready, first.rows > 80) == (True, True)
    house.write(customer("4000"))
    assert store.ask(scope).name == first.name
    house.write(*(customer(str(number)) for number in range(4001, 4060)))
    assert store.ask(scope).name == first.name, "the old one, while another is built"
    second = store.ask(scope)
    assert second.name != first.name
    assert second.cursor > first.cursor
    assert store.file(scope, first.name).stat().st_size == first.size
    with pytest.raises(NotFound):
        store.file(scope, "../" + first.name)
    with pytest.raises(NotFound):
        store.file("shop:other", first.name)


def test_what_another_has_built_meanwhile_is_not_built_again(house: House) -> None:
    """Two processes of a host that were both asked before there was a snapshot make one, and hand out the same."""
    joined(house).close()
    waiting: list[Callable[[], None]] = []
    one, other = (
        SnapshotStore(house.engine, house.clock, house.folder / "store", smallest=1, start=waiting.append) for _ in "12"
    )
    scope = f"shop:{GINZA.id}"
    assert not one.ask(scope).ready
    assert not other.ask(scope).ready
    for build in waiting:
        build()
    first = other.ask(scope)
    assert [file.stem for file in house.folder.glob("store/*/*.zst")] == [first.name]
    assert one.ask(scope).name == first.name
    house.write(*(customer(str(number)) for number in range(4000, 4060)))
    waiting.clear()
    assert {one.ask(scope).name, other.ask(scope).name} == {first.name}
    for build in waiting:
        build()
    second = one.ask(scope)
    assert second.name != first.name
    assert {file.stem for file in house.folder.glob("store/*/*.zst")} == {first.name, second.name}


def test_a_failing_build_leaves_the_pages(house: House) -> None:
    """Where no file can be written devices are told to read pages, and nobody waits for a snapshot that never comes."""
    joined(house).close()
    in_the_way = house.folder / "blocked"
    in_the_way.write_text("not a folder")
    store = SnapshotStore(house.engine, house.clock, in_the_way, smallest=1, start=lambda work: work())
    scope = f"shop:{GINZA.id}"
    store.ask(scope)
    with pytest.raises(NotFound):
        store.ask(scope)
