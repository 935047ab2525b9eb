"""Brings the database to the present schema, at start and from the command line.

A change of `sync.server.tables` or `tables_edges` comes with a file in `sync/server/migrations/versions`, written by
hand or begun with `draft(engine, "what it is for")`; a test compares the two. Data are only ever migrated forward.
"""

from functools import cache
from pathlib import Path

import structlog
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, insert, select, text, update
from sqlalchemy.exc import DBAPIError

import sync.server.tables_edges
import sync.server.tables_rights  # noqa: F401
from sync.errors import Unavailable
from sync.ids import new_id
from sync.server.database import reading, transaction
from sync.server.feed import start_epoch
from sync.server.tables import feed_state, metadata

log = structlog.get_logger(__name__)
LOCK = 7_205_000
"""The advisory lock (PostgreSQL) that whoever migrates holds."""


def _config(conn: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = conn
    return config


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the database to the present schema. Several processes may do this at once: one does it, the others wait.

    `to` names an earlier revision, for tests of the step that follows it.
    Raises Unavailable where the database has the schema of a newer program.
    """
    with transaction(engine) as conn:
        if conn.dialect.name != "sqlite":
            # First the limit, then the lock: who waits for another's long migration must not be ended for waiting.
            if conn.scalar(text("SELECT current_setting('server_version_num')::int")) >= 170_000:
                conn.execute(text("SET LOCAL transaction_timeout = 0"))
            conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        try:
            command.upgrade(_config(conn), to)
        except CommandError as error:
            raise Unavailable(
                "The database was migrated by a newer version of this program: update this host."
            ) from error
        _settle_epoch(conn)


def is_current(engine: Engine) -> bool:
    """Return whether the database has the present schema. Raises sqlalchemy's errors where it does not answer."""
    with reading(engine) as conn:
        found = MigrationContext.configure(conn).get_current_revision()
    return found is not None and found == _head()


@cache
def _head() -> str | None:
    """Return the newest migration of this program; to find it, every one of them is read."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def differences(engine: Engine) -> list[object]:
    """Return how the database's schema differs from the tables as the code has them."""
    with engine.connect() as conn:
        return list(compare_metadata(MigrationContext.configure(conn), metadata))


def draft(engine: Engine, message: str) -> None:
    """Write a new migration from the differences, for a person to read and finish."""
    with transaction(engine) as conn:
        command.revision(_config(conn), message, autogenerate=True)


def settle_epoch(engine: Engine) -> None:
    """Start a new epoch where this is another database than before: restored, or another timeline of the cluster."""
    with transaction(engine) as conn:
        _settle_epoch(conn)


def _settle_epoch(conn: Connection) -> None:
    """Start the feed's first epoch, or a new one where this is not the database the cursors were given in."""
    mark = _database_mark(conn)
    known = conn.execute(select(feed_state.c.database_mark)).scalar_one_or_none()
    if known is None:
        conn.execute(insert(feed_state).values(id=1, epoch=new_id(), head=0, database_mark=mark))
    elif mark and known != mark:  # where nobody may ask, nothing is known to have changed
        if known:
            log.warning("feed.another_database", before=known, now=mark)
            start_epoch(conn)
        conn.execute(update(feed_state).values(database_mark=mark))


def _database_mark(conn: Connection) -> str:
    """Return which PostgreSQL cluster and timeline this is; SQLite has no such thing (see `service.pull` for it)."""
    if conn.dialect.name == "sqlite":
        return ""
    query = text(
        "SELECT system_identifier || '/' || timeline_id FROM pg_control_system(), pg_control_checkpoint()",
    )
    try:
        with conn.begin_nested():
            return str(conn.scalar(query))
    except DBAPIError:  # some hosters do not let anybody ask; a cursor ahead of the head still tells
        return ""
