"""What revoked devices could not send any more has a table."""

import sqlalchemy as sa
from alembic import op

from sync.server.tables import Document, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quarantine",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("command_id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("decided_by", sa.String(length=64)),
        sa.Column("outcome", Document),
        sa.PrimaryKeyConstraint("device_id", "command_id", name=op.f("pk_quarantine")),
    )
    op.create_index(op.f("ix_quarantine_state"), "quarantine", ["state"])
