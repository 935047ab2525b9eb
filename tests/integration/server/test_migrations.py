"""Migrations: from nothing to the present schema, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, delete, insert, inspect, select, text

from sync.errors import Unavailable
from sync.model.catalogue import Product, StockLevel
from sync.model.commands import StopContact
from sync.model.customer import Consent, Visit
from sync.server import convergence
from sync.server.admin import new_epoch
from sync.server.database import make_engine, reading, transaction
from sync.server.digests import tag_of
from sync.server.feed import EVERYWHERE, epoch, shop_scope, whole_head
from sync.server.migrate import LOCK, differences, is_current, migrate
from sync.server.repository.records import Records
from sync.server.tables import RECORD_TABLES, feed_state, metadata, scope_digests
from sync.settings import ServerSettings
from tests.integration.server.devices import Device
from tests.integration.server.people import (
    GINZA,
    MISAKI,
    NOON,
    UMEDA,
    WEB,
    YUMI,
    MovableClock,
    customer,
    open_shop,
    shop,
    write,
)


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
        others = ("audit_head", "audit_reviews", "quarantine", "staff_accounts", "slips", "belongings", "holds")
        for since in ("scope_stock", "contacts", "pauses", "attachments", *others):
            conn.execute(text(f"DROP TABLE {since}"))
        for since in ("visits_at", "visits_receipt", "orders_number"):
            conn.execute(text(f"DROP INDEX ix_{since}"))
        for since in ("ended_at", "receipt"):
            conn.execute(text(f"ALTER TABLE visits DROP COLUMN {since}"))
        for since in ("promises", "forgotten", "forgotten_names", "kept_orders"):
            conn.execute(text(f"DROP TABLE {since}"))
        conn.execute(text("DROP INDEX ix_command_log_customer_id"))
        conn.execute(text("ALTER TABLE command_log DROP COLUMN customer_id"))
        conn.execute(text("DROP TABLE link_revocations"))
        conn.execute(text("ALTER TABLE customer_links DROP COLUMN sent_at"))
        for since in (
            "messages_state",
            "messages_at_once",
            "messages_at_its_time",
            "attempts_to_repeat",
            "audit_seq",
            "audit_unlinked",
            "audit_looks",
        ):
            conn.execute(text(f"DROP INDEX ix_{since}"))
        for since in ("device_at", "purpose", "command_id", "seq", "hash"):
            conn.execute(text(f"ALTER TABLE audit DROP COLUMN {since}"))
        for table, columns in {
            "devices": ("serial", "version", "unsent", "oldest_unsent_at", "battery", "synced_at"),
            "enrolment_codes": ("serial", "name"),
        }.items():
            for column in columns:
                conn.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        conn.execute(text("CREATE INDEX ix_messages_due ON messages (state, send_after)"))
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


SEVERAL_PAGES = 2500
"""More records of a kind than the migration reads at once."""


def _fill(engine: Engine) -> None:
    """Write customers of several shops, with records of theirs, and a large catalogue."""
    clock = MovableClock()
    open_shop(engine, clock)
    people = [customer(str(2000 + number), (GINZA, UMEDA)[number % 2].id) for number in range(40)]
    write(engine, clock, *people)
    write(
        engine,
        clock,
        *(
            Visit(id=f"visit-{number}-{where.code}", customer_id=person.id, shop_id=where.id, at=NOON)
            for number, person in enumerate(people)
            for where in ((GINZA, UMEDA, WEB)[: 1 + number % 3])
        ),
        *(
            Product(id=f"p{number}", code=f"p{number}", name=f"服{number}", category="dress")
            for number in range(SEVERAL_PAGES)
        ),
    )


def _copy(source: Engine, old: Engine) -> None:
    """Put what one database holds into one of an earlier schema: the columns that are there, and no change numbered yet
    where numbers are given later than the change is written."""
    with source.connect() as conn, transaction(old) as out:
        known = inspect(out)
        out.execute(delete(feed_state))
        for table in (one for one in metadata.sorted_tables if known.has_table(one.name)):
            columns = [table.c[one["name"]] for one in known.get_columns(table.name)]
            rows = [dict(row) for row in conn.execute(select(*columns)).mappings()]
            if old.dialect.name != "sqlite":
                later: dict[str, dict[str, object]] = {"changes": {"seq": None}, "feed_state": {"head": 0}}
                rows = [{**row, **later.get(table.name, {})} for row in rows]
            if rows:
                out.execute(insert(table), rows)
        if old.dialect.name != "sqlite":
            out.execute(text("SELECT setval('changes_row_id_seq', (SELECT max(row_id) FROM changes))"))


def test_a_filled_database_gets_its_digests(empty_url: str, tmp_path: Path) -> None:
    """A database of before there were digests has, once migrated, those that its records give when they are counted from
    nothing: by the program that wrote the same records, by summing them up, and by tablets that pull all of them."""
    source, old = make_engine(f"sqlite:///{tmp_path / 'source.db'}"), make_engine(empty_url)
    try:
        migrate(source)
        _fill(source)
        migrate(old, to="0001")
        assert not inspect(old).has_table(scope_digests.name)
        _copy(source, old)
        migrate(old)
        assert is_current(old)
        assert convergence.differences(old) == []
        kept = select(scope_digests).order_by(scope_digests.c.scope, scope_digests.c.kind)
        with reading(source) as was, reading(old) as now:
            rows = now.execute(kept).all()
            assert rows == was.execute(kept).all()
            for table in RECORD_TABLES.values():
                tags = select(table.c.id, table.c.tag).order_by(table.c.id)
                assert dict(now.execute(tags).all()) == dict(was.execute(tags).all())
        assert {row.scope for row in rows} == {EVERYWHERE, *(shop_scope(one.id) for one in (GINZA, UMEDA, WEB))}
        clock = MovableClock()
        for number, code in enumerate(("ginza", "umeda", "web")):
            tablet = Device(old, clock, code, seed=bytes([number]) * 32)
            assert tablet.pull().digests == tablet.digests() != {}
        write(old, clock, customer("2001", GINZA.id, given_name="新"))
        assert tablet.pull().digests == tablet.digests()
        assert convergence.differences(old) == []
    finally:
        source.dispose()
        old.dispose()


def again(engine: Engine, name: str) -> None:
    """Run one migration of data on a database that has all of them."""
    module = import_module(f"sync.server.migrations.versions.{name}")
    with transaction(engine) as conn, Operations.context(MigrationContext.configure(conn)):
        module.upgrade()


def test_what_tablets_should_never_have_had(engine: Engine) -> None:
    """A reason that was sent before it was withheld: its tag no longer stands for it, and tablets begin anew without it."""
    clock = MovableClock()
    open_shop(engine, clock)
    stop = StopContact(stop_id="stop-1", customer_id=YUMI.id, shop_id=GINZA.id, why="ご不幸")
    device = Device(engine, clock)
    assert device.do(stop, MISAKI.id).accepted
    device.pull()
    new = device.tags["consent", "stop-1"]
    with transaction(engine) as conn:
        kept = Records(conn, clock).get(Consent, "stop-1")
        assert kept is not None
        of_all = tag_of("consent", kept.id, kept.to_wire())
        conn.execute(text("UPDATE consents SET tag = :tag WHERE id = 'stop-1'"), {"tag": of_all})
        before = epoch(conn)
    assert of_all != new
    again(engine, "0011_withheld")
    with reading(engine) as conn:
        assert epoch(conn) != before
    assert convergence.differences(engine) == []
    page = device.pull()
    assert page.digests == device.digests()
    assert device.tags["consent", "stop-1"] == new
    assert "wording" not in device.rows["consent", "stop-1"]


def test_nobody_begins_anew_for_nothing(engine: Engine) -> None:
    """Where nothing was sent that is withheld, the same migration leaves tablets alone."""
    clock = MovableClock()
    open_shop(engine, clock)
    with reading(engine) as conn:
        before = epoch(conn)
    again(engine, "0011_withheld")
    with reading(engine) as conn:
        assert epoch(conn) == before
