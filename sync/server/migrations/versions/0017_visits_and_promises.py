"""Promises to customers have a table; open visits and receipts are found by an index."""

import sqlalchemy as sa
from alembic import op

from sync.server.tables import Document, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "promises",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.String(length=64), nullable=False),
        sa.Column("shop_id", sa.String(length=64), nullable=True),
        sa.Column("owner_id", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.Column("v", sa.Integer(), nullable=False),
        sa.Column("data", Document, nullable=False),
        sa.Column("tag", sa.BigInteger(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_promises_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(op.f("ix_promises_customer_id"), "promises", ["customer_id"], unique=False)
    op.create_index(op.f("ix_promises_owner_id"), "promises", ["owner_id"], unique=False)
    op.create_index("ix_promises_state", "promises", ["state"], unique=False)
    op.add_column("visits", sa.Column("ended_at", UtcDateTime(), nullable=True))
    op.add_column("visits", sa.Column("receipt", sa.String(length=120), nullable=True))
    op.create_index("ix_visits_at", "visits", ["at"], unique=False)
    op.create_index("ix_visits_receipt", "visits", ["receipt"], unique=False)
    op.create_index("ix_orders_number", "orders", ["number"], unique=False)
