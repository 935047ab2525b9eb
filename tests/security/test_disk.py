"""What a thief of the whole disk finds after a day of use: nobody."""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from sync.client import Client
from sync.clock import system_clock
from sync.server.enrolment import create_enrolment_code
from sync.settings import TabletSettings
from tests.integration.client.house import APP, House
from tests.integration.server.people import GINZA, UMEDA, YUMI, customer
from tests.security.searching import found

pytestmark = pytest.mark.processes
PEOPLE = 150
PATIENCE = 500


class Day(BaseModel):
    """A day that is over: the tablet's disk, without its key, and everything that was said of anybody."""

    disk: Path
    key: Path
    words: list[str]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """A real server, and a tablet in a process of its own that is killed in the evening, its temporary folder on its disk."""
    folder = tmp_path_factory.mktemp("day")
    house = House(folder)
    house.clock.at = system_clock()
    people = [
        customer(
            str(4000 + number), GINZA.id if number < PEOPLE else UMEDA.id, family_name=f"佐々木{number:03}", given_name=f"緑子{number:03}",
            family_kana=f"ササキ{number:03}", given_kana=f"ミドリコ{number:03}",
        )
        for number in range(PEOPLE + 10)
    ]  # fmt: skip
    house.write(*people)
    house.start()
    disk, words = folder / "disk", folder / "words.json"
    (disk / "tmp").mkdir(parents=True)
    code = create_enrolment_code(house.engine, "ginza", house.clock)
    told = [f"http://127.0.0.1:{house.port}", code, str(words), house.code(APP)]
    places = dict.fromkeys(("TMPDIR", "SQLITE_TMPDIR", "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(disk / "tmp"))
    try:
        with (disk / "log").open("wb") as log:
            tablet = subprocess.Popen(
                [sys.executable, "-m", "tests.security.day", str(disk), *told], env=os.environ | places, stdout=log, stderr=log
            )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while not (words.exists() and words.stat().st_size):
            assert tablet.poll() is None, (disk / "log").read_text()[-2000:]
            assert time.monotonic() < end, "the day has no end"
            time.sleep(0.2)
        tablet.kill()
        tablet.wait()
    finally:
        house.stop()
        house.engine.dispose()
    shutil.move(disk / "key", folder / "key")
    return Day(disk=disk, key=folder / "key" / "device.json", words=json.loads(words.read_text()))


def test_no_name_kana_number_or_address_is_on_the_disk(day: Day) -> None:
    """Database, journal, outbox, temporary files and log, as a kill left them, hold none of those whom the cache held."""
    assert len(day.words) > 5 * PEOPLE
    assert YUMI.email in day.words
    assert sum(path.stat().st_size for path in (day.disk / "data").glob("cache.db*")) > 500_000
    assert (day.disk / "data" / "device.db-wal").exists()
    assert (day.disk / "log").stat().st_size > 0
    assert found(day.disk, day.words) == set()
    assert found(day.disk, [f"{GINZA.code}店"]), "the search finds what lies in clear, as shops do"


def test_a_copy_without_the_key_opens_for_nobody(day: Day, tmp_path: Path) -> None:
    """The data folder on another machine: no customer, no search, no unsent work, and still no name on its disk."""
    copy = tmp_path / "copy"
    shutil.copytree(day.disk / "data", copy)
    settings = TabletSettings(_env_file=None, data=copy, key_file=tmp_path / "new" / "device.json")
    thief = Client(settings, system_clock)
    thief.open()
    try:
        assert not thief.enrolled
        assert thief.cache.records("customer") == []
        assert thief.cache.customer_range(YUMI.id) == []
        assert thief.cache.search_customers("佐々木") == []
        assert thief.cache.membership_key(APP) is None
    finally:
        thief.close()
    assert found(copy, day.words) == set()


def test_the_same_copy_opens_with_the_key(day: Day, tmp_path: Path) -> None:
    """So that the test above shows the key's absence and nothing else: with it everybody is there."""
    copy = tmp_path / "copy"
    shutil.copytree(day.disk / "data", copy)
    evening = lambda: system_clock() + timedelta(hours=12)  # noqa: E731 - the day ran ahead; behind it the lease would be over
    owner = Client(TabletSettings(_env_file=None, data=copy, key_file=day.key), evening)
    owner.open()
    try:
        assert len(owner.cache.records("customer")) > PEOPLE
        assert owner.cache.search_customers("佐々木")
    finally:
        owner.close()
