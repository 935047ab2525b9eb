"""What is spoken for has a table."""

import sqlalchemy as sa
from alembic import op

from sync.server.tables import Document, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("variant_id", sa.String(length=64)),
        sa.Column("shop_id", sa.String(length=64)),
        sa.Column("for_shop_id", sa.String(length=64)),
        sa.Column("for_customer_id", sa.String(length=64)),
        sa.Column("state", sa.String(length=20)),
        sa.Column("until", UtcDateTime()),
        sa.Column("state_at", UtcDateTime()),
        sa.Column("v", sa.Integer(), nullable=False),
        sa.Column("data", Document, nullable=False),
        sa.Column("tag", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_variant_id"), "holds", ["variant_id"])
    op.create_index(op.f("ix_holds_for_customer_id"), "holds", ["for_customer_id"])
    op.create_index("ix_holds_time", "holds", ["state", "until"])
