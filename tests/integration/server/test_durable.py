"""What waits for the disk and what does not, on both databases."""

from sqlalchemy import Connection, Engine

from sync.server.database import reading, transaction
from tests.integration.databases import empty_url, engine, migrated, postgresql

__all__ = ["empty_url", "engine", "migrated", "postgresql"]


def waits(conn: Connection) -> bool:
    """Say whether a commit of this connection waits until the disk has it."""
    if conn.dialect.name == "sqlite":
        return conn.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    return conn.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_only_who_says_so_does_not_wait(engine: Engine) -> None:
    """A transaction that need not be durable leaves nothing of that to the next one, however it ends; both are seen by all."""
    with transaction(engine) as conn:
        conn.exec_driver_sql("CREATE TABLE seen (n INTEGER)")
        assert waits(conn)
    with transaction(engine, durable=False) as conn:
        assert not waits(conn)
        conn.exec_driver_sql("INSERT INTO seen VALUES (1)")
    try:
        with transaction(engine, durable=False) as conn:
            conn.exec_driver_sql("INSERT INTO seen VALUES (2)")
            raise KeyError
    except KeyError:
        pass
    with transaction(engine) as conn:
        assert waits(conn)
        conn.exec_driver_sql("INSERT INTO seen VALUES (3)")
    with reading(engine) as conn:
        assert conn.exec_driver_sql("SELECT n FROM seen ORDER BY n").scalars().all() == [1, 3]
