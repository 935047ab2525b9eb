"""Who was forgotten, what bookkeeping keeps without her, and whose command an answer was."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from sync.server.tables import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("customer_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("receipt", _DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_forgotten")),
    )
    op.create_table(
        "forgotten_names",
        sa.Column("mark", sa.String(length=90), nullable=False),
        sa.Column("customer_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_forgotten_names")),
    )
    op.create_index(op.f("ix_forgotten_names_customer_id"), "forgotten_names", ["customer_id"])
    op.create_table(
        "kept_orders",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("keep_until", UtcDateTime(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("data", _DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_orders")),
    )
    op.create_index(op.f("ix_kept_orders_keep_until"), "kept_orders", ["keep_until"])
    op.add_column("command_log", sa.Column("customer_id", sa.String(length=64)))
    op.create_index(op.f("ix_command_log_customer_id"), "command_log", ["customer_id"])
