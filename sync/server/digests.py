"""What a scope holds, in two figures for each kind: how many records, and the sum of their tags.

A device that took in everything up to a cursor must come to the same figures, or its cache is not what the server means
it to be. The figures are kept up to date by differences: each change carries what it adds, and `sync.server.feed` folds
that in when it gives the change its number.
"""

import hashlib
from collections.abc import Collection, Iterable
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, func, select, text

from sync.model.customer import WebActivity
from sync.protocol import Digest
from sync.server.tables import scope_digests

NOT_COMPARED = (WebActivity.kind,)
"""A device forgets these by their age."""
_TAG_BYTES = 5
_FOLD = text(
    """
    INSERT INTO scope_digests (scope, kind, records, total) VALUES (:scope, :kind, :records, :total)
    ON CONFLICT (scope, kind)
    DO UPDATE SET records = scope_digests.records + excluded.records, total = scope_digests.total + excluded.total
    """
)


def tag_of(kind: str, record_id: str, document: dict[str, Any]) -> int:
    """Return 40 bits that stand for this content of this record. They are kept with it, and never worked out again."""
    said = f"{kind}\x1f{record_id}\x1f".encode() + to_json(dict(sorted(document.items())))
    return int.from_bytes(hashlib.blake2b(said, digest_size=_TAG_BYTES).digest(), "big")


def fold(conn: Connection, deltas: Iterable[tuple[str, str, int, int]]) -> None:
    """Add (scope, kind, records, tags) to the digests."""
    sums: dict[tuple[str, str], list[int]] = {}
    for scope, kind, records, total in deltas:
        held = sums.setdefault((scope, kind), [0, 0])
        held[0] += records
        held[1] += total
    rows = [
        {"scope": scope, "kind": kind, "records": records, "total": total}
        for (scope, kind), (records, total) in sums.items()
        if records or total
    ]
    if rows:
        conn.execute(_FOLD, rows)


def read(conn: Connection, scopes: Collection[str]) -> dict[str, Digest]:
    """Return the digests of these scopes together, of every kind that is compared and of which there is any."""
    kept = scope_digests.c
    query = (
        select(kept.kind, func.sum(kept.records), func.sum(kept.total))
        .where(kept.scope.in_(scopes), kept.kind.not_in(NOT_COMPARED))
        .group_by(kept.kind)
    )
    found = {kind: Digest(int(records), int(total)) for kind, records, total in conn.execute(query)}
    return {kind: digest for kind, digest in found.items() if digest != (0, 0)}
