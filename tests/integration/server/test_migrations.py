"""Migrations: from nothing to the present schema, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from sync.errors import Unavailable
from sync.model.catalogue import StockLevel
from sync.server import convergence
from sync.server.admin import new_epoch
from sync.server.database import make_engine, reading, transaction
from sync.server.feed import epoch, whole_head
from sync.server.migrate import LOCK, differences, is_current, migrate
from sync.server.repository.records import Records
from sync.settings import ServerSettings
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, NOON, MovableClock, open_shop, shop, write


def test_a_new_database_gets_the_schema_of_the_code(empty_url: str) -> None:
    """Migrating from nothing gives exactly the tables that the code describes, and an epoch to begin with."""
    engine = make_engine(empty_url)
    try:
        assert not is_current(engine)
        migrate(engine)
        assert is_current(engine)
        assert differences(engine) == []
        with reading(engine) as conn:
            assert epoch(conn)
            assert whole_head(conn) == 0
    finally:
        engine.dispose()


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    """A second start finds its database as it left it, in the same epoch."""
    with reading(engine) as conn:
        before = epoch(conn)
    migrate(engine)
    with reading(engine) as conn:
        assert epoch(conn) == before


def test_a_newer_database_is_said_to_be_newer(engine: Engine) -> None:
    """A host that was not updated with the others says so, in words, and changes nothing."""
    with transaction(engine) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="newer version"):
        migrate(engine)
    assert not is_current(engine)


def test_who_waits_for_anothers_migration_is_not_ended_for_it(engine: Engine) -> None:
    """A process that starts while another one migrates waits for longer than a transaction may last."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one in at a time by itself")
    url = engine.url.render_as_string(hide_password=False)
    hasty = make_engine(url, transaction_seconds=0.3)
    try:
        with ThreadPoolExecutor(1) as pool, engine.begin() as conn:
            conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            waiting = pool.submit(migrate, hasty)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=1.0)
            conn.rollback()
            waiting.result(timeout=60)
    finally:
        hasty.dispose()


def test_stock_of_before_there_were_scopes_of_it(engine: Engine) -> None:
    """A database in which all stock was everybody's: the log and the digests are put right, and as a tablet holds too much and
    nothing would tell it so, a new epoch begins, in which it gets what is near and no more."""
    clock = MovableClock()
    open_shop(engine, clock)
    shops = [shop(f"n{number}") for number in range(8)]
    gone, *levels = (
        StockLevel(id=f"l-{one.id}", variant_id="v1", shop_id=one.id, quantity=1, at=NOON) for one in (GINZA, *shops)
    )
    write(engine, clock, *shops, gone, *levels)
    with transaction(engine) as conn:
        Records(conn, clock).delete(StockLevel, gone.id)
    device = Device(engine, clock)
    with transaction(engine) as conn:
        conn.execute(text("UPDATE changes SET scope = '*' WHERE scope LIKE 'stock:%'"))
        conn.execute(text("DROP TABLE scope_stock"))
        conn.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        before = epoch(conn)
    migrate(engine)
    with reading(engine) as conn:
        assert epoch(conn) != before
    assert convergence.differences(engine) == []
    page = device.pull(limit=3)
    assert page.digests == device.digests()
    near = sorted(shops, key=lambda one: one.name)[:5]
    assert device.ids("stock_level") == {f"l-{one.id}" for one in near}
    assert not [row for row in device.seen if row.id == f"l-{shops[7].id}"]


def test_a_new_epoch_can_be_begun_by_hand(empty_url: str, tmp_path: Path) -> None:
    """After a backup was put back: the history has another name from then on, also after the next start."""
    settings = ServerSettings(data=tmp_path, database_url=empty_url)
    begun = new_epoch(settings)
    engine = make_engine(empty_url)
    try:
        migrate(engine)
        with reading(engine) as conn:
            assert epoch(conn) == begun
        assert new_epoch(settings) != begun
    finally:
        engine.dispose()


def test_words_are_searched_in_the_order_of_their_letters(engine: Engine) -> None:
    """Whatever language the database sorts by, searching by a beginning finds the same words."""
    asked = {
        "sqlite": "SELECT coll FROM pragma_index_xinfo('sqlite_autoindex_customer_words_1') WHERE name = 'word'",
        "postgresql": "SELECT collation_name FROM information_schema.columns"
        " WHERE table_name = 'customer_words' AND column_name = 'word'",
    }[engine.dialect.name]
    with engine.connect() as conn:
        assert conn.scalar(text(asked)) == {"sqlite": "BINARY", "postgresql": "C"}[engine.dialect.name]
