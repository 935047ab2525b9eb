"""Who was forgotten, and by which names nobody comes back unasked.

A name is kept as its mark only: an HMAC under a key that follows from the server's secret. Telephone numbers are few enough to
try them all, so a hash that anybody can compute would say them; this one says nothing to who has the table or the list alone.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from sync.sealed.vault import derive
from sync.server.repository.rows import batches, insert_missing
from sync.server.tables_rights import forgotten, forgotten_names

Name = tuple[str, str]
"""Kind and value, normalised, as in `identities`."""
HELD_KINDS = ("member_number", "user_id", "line_user_id", "email", "phone")
"""Names that are a person's. A browser (`anonymous_id`) may be anybody's, and a telephone's push token is a device's."""


def key_of(secret: str) -> bytes:
    """Return the key of marks, which follows from the server's secret."""
    return derive(secret.encode(), "forgotten")


def mark_of(key: bytes, kind: str, value: str) -> str:
    """Return what stands for a name, at most 90 characters."""
    return f"{kind}:{hmac.new(key, f'{kind}:{value}'.encode(), hashlib.sha256).hexdigest()}"


def held(conn: Connection, key: bytes, names: Collection[Name]) -> set[Name]:
    """Return those of the names under which somebody was forgotten."""
    if not names or conn.scalar(select(forgotten_names.c.mark).limit(1)) is None:
        return set()
    marks = {mark_of(key, *name): name for name in names if name[0] in HELD_KINDS}
    return {
        marks[mark]
        for batch in batches(marks)
        for mark in conn.scalars(select(forgotten_names.c.mark).where(forgotten_names.c.mark.in_(batch)))
    }


def is_forgotten(conn: Connection, customer_id: str) -> bool:
    """Say whether this id was a forgotten customer's."""
    return conn.scalar(select(forgotten.c.customer_id).where(forgotten.c.customer_id == customer_id)) is not None


def remember(
    conn: Connection, ids: Iterable[str], at: datetime, receipt: Mapping[str, Any], marks: Iterable[str]
) -> None:
    """Note that a customer, under each of her ids, is forgotten. What was noted before stays."""
    every = list(ids)
    conn.execute(
        insert_missing(conn, forgotten), [{"customer_id": each, "at": at, "receipt": dict(receipt)} for each in every]
    )
    rows = [{"mark": mark, "customer_id": every[0]} for mark in sorted(set(marks))]
    if rows:
        conn.execute(insert_missing(conn, forgotten_names), rows)


def receipt_of(conn: Connection, customer_id: str) -> dict[str, Any] | None:
    """Return the receipt of when a customer was forgotten, or None."""
    found: dict[str, Any] | None = conn.scalar(
        select(forgotten.c.receipt).where(forgotten.c.customer_id == customer_id)
    )
    return found


def release(conn: Connection, customer_id: str) -> int:
    """Hold none of her names any more; return how many were held. That she was forgotten stays."""
    return conn.execute(delete(forgotten_names).where(forgotten_names.c.customer_id == customer_id)).rowcount


def release_names(conn: Connection, key: bytes, names: Iterable[Name]) -> int:
    """Hold these names no more: somebody gave them to us anew, in person."""
    marks = [mark_of(key, kind, value) for kind, value in names if value]
    return conn.execute(delete(forgotten_names).where(forgotten_names.c.mark.in_(marks))).rowcount if marks else 0


def everyone(conn: Connection) -> dict[str, dict[str, Any]]:
    """Return everybody who was forgotten: id to receipt."""
    return {row.customer_id: row.receipt for row in conn.execute(select(forgotten.c.customer_id, forgotten.c.receipt))}


def marks_of(conn: Connection, customer_id: str) -> list[str]:
    """Return the marks of names that are held for her."""
    query = select(forgotten_names.c.mark).where(forgotten_names.c.customer_id == customer_id)
    return sorted(conn.scalars(query))
