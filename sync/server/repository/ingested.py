"""What ingest remembers: which facts were taken, what visitors did, and which customers were named together."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from sync.model.source import AnyFact
from sync.server.repository.rows import batches, insert_missing
from sync.server.tables_edges import identity_conflicts, ingested, unclaimed_facts

Mark = tuple[str, str]
"""Source and the fact's id there."""


def taken_before(conn: Connection, marks: Iterable[Mark]) -> set[Mark]:
    """Return those of the marks that were noted."""
    wanted = set(marks)
    columns = ingested.c
    return {
        (source, its_id)
        for source in sorted({source for source, _ in wanted})
        for batch in batches(its_id for its_source, its_id in wanted if its_source == source)
        for its_id in conn.scalars(
            select(columns.source_id).where(columns.source == source, columns.source_id.in_(batch))
        )
    }


def note_taken(conn: Connection, marks: Collection[Mark], at: datetime) -> None:
    """Note facts as taken. A mark that is there already raises, and the transaction is run again."""
    if marks:
        conn.execute(insert(ingested), [{"source": source, "source_id": its_id, "at": at} for source, its_id in marks])


def hold(conn: Connection, facts: Sequence[tuple[str, str, AnyFact]], at: datetime) -> None:
    """Keep facts (own id, visitor, fact) until the visitors say who they are."""
    rows: list[dict[str, Any]] = [
        {"id": own_id, "visitor_id": visitor, "fact": fact.model_dump(mode="json"), "at": at}
        for own_id, visitor, fact in facts
    ]
    if rows:
        conn.execute(insert_missing(conn, unclaimed_facts), rows)


def claim(conn: Connection, visitors: Collection[str]) -> list[tuple[str, dict[str, Any]]]:
    """Take out what these visitors did, as (visitor, fact as plain values), oldest first."""
    found = []
    for batch in batches(visitors):
        query = select(unclaimed_facts.c.visitor_id, unclaimed_facts.c.fact).where(
            unclaimed_facts.c.visitor_id.in_(batch)
        )
        found += [
            (visitor, fact)
            for visitor, fact in conn.execute(query.order_by(unclaimed_facts.c.at, unclaimed_facts.c.id))
        ]
        conn.execute(delete(unclaimed_facts).where(unclaimed_facts.c.visitor_id.in_(batch)))
    return found


def join_visitors(conn: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    """Count what one visitor did as another's, for each (from, to): they are the same person."""
    if pairs:
        moved = update(unclaimed_facts).where(unclaimed_facts.c.visitor_id == bindparam("from_id"))
        conn.execute(moved, [{"from_id": from_id, "visitor_id": to_id} for from_id, to_id in pairs])


def note_conflicts(conn: Connection, pairs: Collection[tuple[str, str, str]], at: datetime) -> None:
    """Keep for a person to judge that one statement named two customers: (kept, other, kind of name)."""
    rows = [{"customer_id": kept, "other_id": other, "kind": kind, "at": at} for kept, other, kind in sorted(pairs)]
    if rows:
        conn.execute(insert_missing(conn, identity_conflicts), rows)
