"""What `generate` writes: always the same, of the promised size, and fit for the doors that it enters through."""

import hashlib
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sync.connectors.files import FolderReader
from sync.connectors.segment import SegmentConnector
from sync.model.source import BrowseFact, OrderFact
from sync.sandbox.retailer import generate
from sync.sandbox.retailer.catalogue import make_catalogue
from sync.sandbox.retailer.customers import Addresses
from sync.sandbox.retailer.orders import Shelf
from sync.sandbox.retailer.telling import Teller
from sync.sandbox.retailer.world import World

SEED = 11
NOW = datetime(2026, 11, 22, 5, 47, tzinfo=UTC)
OF_THE_MOMENT = {"appointments.csv", "doings.json", "messages.csv", "stock.csv"}

Rows = Any
Bodies = list[tuple[bytes, list[dict[str, Any]]]]


def _digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_and_moment_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Two runs agree in every file, pictures included; what an earlier run left behind is gone."""
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "1999-01.jsonl").write_text("{}\n")
    generate(tmp_path, seed=SEED, now=NOW, progress=lambda *_: None)
    assert _digests(tmp_path) == _digests(folder)


def test_another_hour_moves_only_what_belongs_to_the_moment(folder: Path, tmp_path: Path) -> None:
    """Later on the same day, only today's bookings, waiting replies, stock times and what staff have in hand are others."""
    generate(tmp_path, seed=SEED, now=NOW + timedelta(hours=2), progress=lambda *_: None)
    one, other = _digests(folder), _digests(tmp_path)
    assert one.keys() == other.keys()
    assert {name for name in one if one[name] != other[name]} == OF_THE_MOMENT


@pytest.mark.usefixtures("folder")
def test_progress_is_told_step_by_step(told: list[tuple[str, int, int]]) -> None:
    """Each step comes up to its end and never past it."""
    assert list(dict.fromkeys(step for step, _, _ in told)) == ["people", "files", "events", "pictures"]
    for name in ("people", "files", "events", "pictures"):
        counted = [(done, of) for step, done, of in told if step == name]
        assert counted == sorted(counted)
        assert counted[-1][0] == counted[-1][1]


def test_another_seed_makes_another_retailer(world: World) -> None:
    """Products, and with them everything else, are others."""
    other = World(SEED + 1, NOW)
    make_catalogue(other)
    assert [p.name for p in other.products] != [p.name for p in world.products]


def test_sizes_are_as_promised(rows: Rows, bodies: Bodies) -> None:
    """5 shops and a web shop, 15 staff in three roles, 3,000 customers, 400 products in 2,000 variants, and their doings."""
    shops = rows("shops")
    assert Counter(row["shop_kind"] for row in shops) == {"own": 3, "department_store": 1, "franchise": 1, "web": 1}
    assert Counter(row["role"] for row in rows("staff")) == {"manager": 5, "associate": 8, "stylist": 2}
    assert sum(bool(row["member_number"]) for row in rows("customers")) == 3000
    assert (len(rows("products")), len(rows("variants"))) == (400, 2000)
    events = Counter(event.get("event", event["type"]) for _, batch in bodies for event in batch)
    assert 8_500 <= events.pop("Order Completed") <= 10_000
    assert 700 <= events.pop("identify") <= 1_200
    assert 18_000 <= events.total() <= 23_000


def test_every_row_is_read_by_the_file_import(folder: Path, rows: Rows) -> None:
    """The importer finds all fourteen files and nothing wrong in any row."""
    reader = FolderReader()
    files = reader.files(folder)
    assert len(files) == 14
    for file in files:
        stretches = list(reader.read(file))
        assert [error for parsed in stretches for error in parsed.errors] == []
        assert sum(len(parsed.facts) for parsed in stretches) == len(rows(file.stem)) > 0


def test_every_event_is_read_by_the_segment_connector(bodies: Bodies, folder: Path) -> None:
    """Nothing is wrong with any event; orders and browsing come out as such."""
    connector = SegmentConnector("key", lambda: NOW)
    facts: list[object] = []
    for body, _ in bodies[::7]:
        parsed = connector.parse("/v1/batch", {}, body)
        assert parsed.errors == ()
        facts += [fact for _, fact in parsed.facts]
    assert sum(isinstance(fact, OrderFact) for fact in facts) > 500
    assert sum(isinstance(fact, BrowseFact) for fact in facts) > 1000


def test_batches_keep_the_limits_and_the_order(bodies: Bodies) -> None:
    """At most 1,000 events and 450 KB a body, in time order from first to last, each event with an id of its own, none
    of today or later."""
    assert all(len(batch) <= 1000 and len(body) < 450_000 for body, batch in bodies)
    events = [event for _, batch in bodies for event in batch]
    times = [event["timestamp"] for event in events]
    assert times == sorted(times)
    assert times[-1] < "2026-11-21T15:00:00"  # midnight in the shops
    assert len({event["messageId"] for event in events}) == len(events)


def test_some_browse_before_they_say_who_they_are(bodies: Bodies) -> None:
    """Browsers are nobody's first and become somebody's by an identify; others stay nobody's."""
    first: dict[str, bool] = {}
    known: set[str] = set()
    for _, batch in bodies:
        for event in batch:
            if "anonymousId" in event:
                first.setdefault(event["anonymousId"], "userId" in event)
                if event["type"] == "identify":
                    known.add(event["anonymousId"])
    nameless = {device for device, named in first.items() if not named}
    assert len(nameless & known) > 100
    assert len(nameless - known) > 300


def test_pictures_are_small_and_tell_products_apart(folder: Path, rows: Rows) -> None:
    """Each product has a picture of 300 by 400, at most 6 KB of WebP; those of two products are rarely the same."""
    images = {row["image"]: (folder / "media" / row["image"]).read_bytes() for row in rows("products")}
    assert len(images) == 400
    assert max(map(len, images.values())) <= 6 * 1024
    for data in list(images.values())[::40]:
        with Image.open(BytesIO(data)) as image:
            assert (image.format, image.size) == ("WEBP", (300, 400))
    assert len(set(images.values())) > 200


@pytest.mark.parametrize("hour", range(24))
def test_the_days_bookings_fit_at_any_hour(hour: int) -> None:
    """Also at night, the four bookings told by cases lie on the shop's day, in its hours, one after the other."""
    world = World(1, datetime(2026, 3, 1, hour, 50, tzinfo=UTC))
    make_catalogue(world)
    teller = Teller(world, Shelf(world), Addresses(world.random("addresses")))
    slots = [teller.slot(number) for number in range(4)]
    assert {slot.date() for slot in slots} == {world.today}
    assert all(time(11) <= slot.time() <= time(19, 45) for slot in slots)
    assert slots == sorted(set(slots))
