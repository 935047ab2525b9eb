"""What lies in a shop is a scope of its own, and a shop's devices follow those of the shops near it.

The changes that are there move to the new scopes. A device holds the stock of every shop, and telling each shop's devices one by
one what they do not hold any more could take millions of tombstones: a new epoch begins, and each takes its scope anew.
"""

import sqlalchemy as sa
from alembic import op

from sync.server.convergence import rewrite_digests
from sync.server.feed import EVERYWHERE, start_epoch
from sync.server.repository.stock_scopes import choose

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOVE = sa.text(
    """
    UPDATE changes SET scope = (SELECT 'stock:' || shop_id FROM stock_levels WHERE stock_levels.id = changes.record_id)
    WHERE scope = :everywhere AND kind = 'stock_level' AND NOT deleted
    AND EXISTS (SELECT 1 FROM stock_levels WHERE stock_levels.id = changes.record_id)
    """
)


def upgrade() -> None:
    op.create_table(
        "scope_stock",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("scope", "shop_id", name=op.f("pk_scope_stock")),
    )
    conn = op.get_bind()
    conn.execute(_MOVE, {"everywhere": EVERYWHERE})
    choose(conn)
    start_epoch(conn)
    rewrite_digests(conn)
