"""Migrations: from nothing to the present schema, on both databases."""

from sqlalchemy import Engine, text

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


def test_words_are_searched_in_the_order_of_their_letters(engine: Engine) -> None:
    """Whatever language the database sorts by, searching by a beginning finds the same words."""
    asked = {
        "sqlite": "SELECT coll FROM pragma_index_xinfo('sqlite_autoindex_customer_words_1') WHERE name = 'word'",
        "postgresql": "SELECT collation_name FROM information_schema.columns"
        " WHERE table_name = 'customer_words' AND column_name = 'word'",
    }[engine.dialect.name]
    with engine.connect() as conn:
        assert conn.scalar(text(asked)) == {"sqlite": "BINARY", "postgresql": "C"}[engine.dialect.name]
