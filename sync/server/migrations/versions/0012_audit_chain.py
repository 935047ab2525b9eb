"""Events of the audit say why and when by the device's clock, and are linked into a chain; managers' reviews have a table."""

import sqlalchemy as sa
from alembic import op

from sync.server.tables import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit", sa.Column("device_at", UtcDateTime()))
    op.add_column("audit", sa.Column("purpose", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("audit", sa.Column("command_id", sa.String(length=64)))
    op.add_column("audit", sa.Column("seq", sa.BigInteger()))
    op.add_column("audit", sa.Column("hash", sa.String(length=64)))
    op.create_index(op.f("ix_audit_seq"), "audit", ["seq"], unique=True)
    unlinked = sa.text("seq IS NULL")
    op.create_index("ix_audit_unlinked", "audit", ["row_id"], sqlite_where=unlinked, postgresql_where=unlinked)
    looks = sa.text("what IN ('attachment', 'check_in', 'reveal', 'view')")
    op.create_index("ix_audit_looks", "audit", ["device_id", "at"], sqlite_where=looks, postgresql_where=looks)
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])
    op.create_table(
        "audit_reviews",
        sa.Column("flag_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("word", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("flag_id", "at", name=op.f("pk_audit_reviews")),
    )
