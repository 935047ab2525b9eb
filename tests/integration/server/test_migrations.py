"""Migrations: from nothing to the present schema, on both databases."""

from sqlalchemy import Engine

from sync.server.database import make_engine, reading
from sync.server.feed import epoch, whole_head
from sync.server.migrate import differences, is_current, migrate


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
