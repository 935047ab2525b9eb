"""What the shop has taken on for a customer, and what she owns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from sync.server.tables import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    own = {
        "slips": (
            sa.Column("shop_id", sa.String(length=64)),
            sa.Column("state", sa.String(length=20)),
            sa.Column("at", UtcDateTime()),
        ),
        "belongings": (sa.Column("at", UtcDateTime()),),
    }
    for name, columns in own.items():
        op.create_table(
            name,
            sa.Column("id", sa.String(length=64), nullable=False),
            sa.Column("customer_id", sa.String(length=64), nullable=False),
            *columns,
            sa.Column("v", sa.Integer(), nullable=False),
            sa.Column("data", _DOCUMENT, nullable=False),
            sa.Column("tag", sa.BigInteger(), nullable=False, server_default="0"),
            sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f(f"fk_{name}_customer_id_customers")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_customer_id"), name, ["customer_id"])
