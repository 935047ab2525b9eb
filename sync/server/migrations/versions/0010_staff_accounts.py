"""What is known of a member of staff beside the record that travels has a table."""

import sqlalchemy as sa
from alembic import op

from sync.server.tables import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_accounts",
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=254)),
        sa.Column("user_key", sa.String(length=254)),
        sa.Column("external_id", sa.String(length=254), nullable=False),
        sa.Column("real_name", sa.String(length=250), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_accounts")),
    )
    op.create_index("uq_staff_accounts_user_key", "staff_accounts", ["user_key"], unique=True)
