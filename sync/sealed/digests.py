"""What a `cache.db` holds of the feed, in two figures for each kind (`sync.protocol.Digest`), counted from its rows.

Who builds a file counts once for all who take it in; what they take in is that very file, byte for byte.
"""

import sqlite3

from pydantic import TypeAdapter, ValidationError

from sync.model.customer import WebActivity
from sync.protocol import Digest
from sync.sealed.rows import checked, with_checksum

Digests = dict[str, Digest]
"""By kind."""
COUNT = """
    SELECT kind, sum(records), sum(total) FROM (
        SELECT kind, count(*) AS records, sum(tag) AS total FROM customer_range GROUP BY kind
        UNION ALL
        SELECT kind, -count(*), -sum(tag) FROM customer_range
        WHERE customer_id IN (SELECT customer_id FROM visiting) GROUP BY kind
        UNION ALL
        SELECT kind, count(*), sum(tag) FROM clear_record GROUP BY kind
    ) GROUP BY kind HAVING sum(records) <> 0 OR sum(total) <> 0
"""
_DIGESTS = TypeAdapter(Digests)


def digests_of(rows: list[tuple[str, int, int]]) -> Digests:
    """Return what the rows of `COUNT` say. What is forgotten by its age is not compared."""
    return {kind: Digest(records, total) for kind, records, total in rows if kind != WebActivity.kind}


def note(conn: sqlite3.Connection) -> None:
    """Count, and leave the figures in the file."""
    said = _DIGESTS.dump_json(digests_of(conn.execute(COUNT).fetchall())).decode()
    conn.execute("INSERT INTO meta VALUES ('digests', ?)", (with_checksum(said),))


def noted(conn: sqlite3.Connection) -> Digests | None:
    """Return the figures that were left in a file; None where there are none."""
    found = conn.execute("SELECT value FROM meta WHERE name = 'digests'").fetchone()
    try:
        return _DIGESTS.validate_json(checked(found[0])) if found is not None else None
    except (ValueError, TypeError, ValidationError):
        return None
