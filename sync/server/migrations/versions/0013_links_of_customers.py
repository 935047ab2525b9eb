"""A customer's links know when they were sent last, and can be revoked."""

import sqlalchemy as sa
from alembic import op

from sync.server.tables import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customer_links") as batch_op:
        batch_op.add_column(sa.Column("sent_at", UtcDateTime()))
    op.create_table(
        "link_revocations",
        sa.Column("customer_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_link_revocations")),
    )
