"""What comes with customers' replies has a table."""

import sqlalchemy as sa
from alembic import op

from sync.server.tables import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("remote_id", sa.String(length=80), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_attachments_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    for column in ("message_id", "due_at", "at"):
        op.create_index(op.f(f"ix_attachments_{column}"), "attachments", [column])
