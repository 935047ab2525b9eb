"""A tag for each record, the digests of scopes, and what compacting the feed has to know."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sync.server.convergence import rewrite_digests
from sync.server.digests import tag_of
from sync.server.tables import RECORD_TABLES, Document

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_AT_ONCE = 2000


def upgrade() -> None:
    there = set(sa.inspect(op.get_bind()).get_table_names())
    tables = {kind: table for kind, table in RECORD_TABLES.items() if table.name in there}  # not those of later ones
    for table in tables.values():
        op.add_column(table.name, sa.Column("tag", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("changes", sa.Column("n_delta", sa.Integer(), server_default="0", nullable=False))
    op.add_column("changes", sa.Column("tag_delta", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("devices", sa.Column("feed_floor", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "scope_digests",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "kind", name=op.f("pk_scope_digests")),
    )
    op.create_table(
        "scope_logs",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("compacted", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_scope_logs")),
    )
    for kind, known in tables.items():
        _fill(op.get_bind(), kind, known.name)
    rewrite_digests(op.get_bind())


def _fill(conn: sa.Connection, kind: str, name: str) -> None:
    """Give the records that are there their tags."""
    table = sa.table(name, sa.column("id", sa.String), sa.column("data", Document), sa.column("tag", sa.BigInteger))
    write = sa.update(table).where(table.c.id == sa.bindparam("its_id")).values(tag=sa.bindparam("its_tag"))
    last = ""
    while True:
        query = sa.select(table.c.id, table.c.data).where(table.c.id > last).order_by(table.c.id).limit(_AT_ONCE)
        rows = conn.execute(query).all()
        if not rows:
            return
        tags: list[dict[str, Any]] = [{"its_id": each, "its_tag": tag_of(kind, each, data)} for each, data in rows]
        conn.execute(write, tags)
        last = rows[-1][0]
