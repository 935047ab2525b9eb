"""The tags of records with withheld fields stand for what tablets may have of them; tablets that have more start over."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sync.ids import new_id
from sync.policy.withheld import open_part, withheld
from sync.server.convergence import rewrite_digests
from sync.server.digests import tag_of
from sync.server.tables import Document

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_AT_ONCE = 2000
_TABLES = {"consent": "consents", "interaction": "interactions"}


def upgrade() -> None:
    conn = op.get_bind()
    if sum(_retagged(conn, kind, name) for kind, name in _TABLES.items()):
        rewrite_digests(conn)
        conn.execute(sa.text("UPDATE feed_state SET epoch = :fresh"), {"fresh": new_id()})


def _retagged(conn: sa.Connection, kind: str, name: str) -> int:
    """Give records with something withheld their new tags; return how many there are."""
    table = sa.table(name, sa.column("id", sa.String), sa.column("data", Document), sa.column("tag", sa.BigInteger))
    write = sa.update(table).where(table.c.id == sa.bindparam("its_id")).values(tag=sa.bindparam("its_tag"))
    last, done = "", 0
    while True:
        query = sa.select(table.c.id, table.c.data).where(table.c.id > last).order_by(table.c.id).limit(_AT_ONCE)
        rows = conn.execute(query).all()
        if not rows:
            return done
        tags: list[dict[str, Any]] = [
            {"its_id": each, "its_tag": tag_of(kind, each, open_part(kind, data))}
            for each, data in rows
            if withheld(kind, data)
        ]
        if tags:
            conn.execute(write, tags)
        done += len(tags)
        last = rows[-1][0]
