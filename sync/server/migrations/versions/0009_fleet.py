"""Devices tell of themselves, and codes may be bound to one of them."""

import sqlalchemy as sa
from alembic import op

from sync.server.tables import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("serial", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("version", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("unsent", sa.Integer()),
        sa.Column("oldest_unsent_at", UtcDateTime()),
        sa.Column("battery", sa.Integer()),
        sa.Column("synced_at", UtcDateTime()),
    ):
        op.add_column("devices", column)
    for name in ("serial", "name"):
        op.add_column("enrolment_codes", sa.Column(name, sa.String(length=80), nullable=False, server_default=""))
