"""Another history: a restored file, another cluster or timeline. Cursors of before mean nothing then."""

import shutil
from pathlib import Path

from sqlalchemy import Engine, select, update

from sync.server.database import make_engine, reading, transaction
from sync.server.feed import epoch
from sync.server.migrate import migrate, settle_epoch
from sync.server.tables import feed_state
from tests.integration.server.devices import Device
from tests.integration.server.people import YUMI, MovableClock, customer, open_shop, write


def mark(engine: Engine) -> str:
    with reading(engine) as conn:
        found: str = conn.execute(select(feed_state.c.database_mark)).scalar_one()
        return found


def test_another_database_is_another_epoch(retailer: Engine, device: Device) -> None:
    """Where cluster or timeline are others than the cursors were given in, devices build anew, once."""
    device.pull()
    before = device.epoch
    settle_epoch(retailer)
    assert device.pull().epoch == before
    if retailer.dialect.name == "sqlite":
        assert mark(retailer) == ""  # a file has no such mark; a cursor ahead of the head tells, see below
        return
    present = mark(retailer)
    assert "/" in present
    with transaction(retailer) as conn:
        conn.execute(update(feed_state).values(database_mark="another/1"))
    settle_epoch(retailer)
    assert mark(retailer) == present
    page = device.pull()
    assert page.epoch != before
    assert page.digests == device.digests()
    settle_epoch(retailer)
    assert device.pull().epoch == page.epoch


def test_a_mark_that_nobody_could_ask_for_before_is_only_noted(retailer: Engine) -> None:
    """A hoster that lets us ask from now on is no restored database."""
    with transaction(retailer) as conn:
        before = epoch(conn)
        conn.execute(update(feed_state).values(database_mark=""))
    settle_epoch(retailer)
    with reading(retailer) as conn:
        assert epoch(conn) == before


def test_an_older_copy_of_the_file_is_another_epoch(tmp_path: Path) -> None:
    """Restored from a copy of yesterday, the server knows less than a tablet; the tablet comes to what the server has."""
    clock = MovableClock()
    file, copy = tmp_path / "a" / "server.db", tmp_path / "copy.db"
    engine = make_engine(f"sqlite:///{file}")
    migrate(engine)
    open_shop(engine, clock)
    device = Device(engine, clock)
    device.pull()
    engine.dispose()
    shutil.copy(file, copy)
    write(engine, clock, customer("2002"), YUMI.model_copy(update={"given_name": "後"}))
    device.pull()
    before = device.epoch
    engine.dispose()
    for suffix in ("-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    shutil.copy(copy, file)
    migrate(engine)
    page = device.pull()
    assert page.epoch != before
    assert device.ids("customer") == {YUMI.id}
    assert device.rows["customer", YUMI.id]["given_name"] == YUMI.given_name
    assert page.digests == device.digests()
    engine.dispose()
