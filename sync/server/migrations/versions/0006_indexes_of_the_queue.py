"""What is due is found by indexes over what waits alone, not over all that ever went."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WAITS = "state = 'queued' AND direction = 'out' AND send_after IS"
_TRIED = "retry_at IS NOT NULL"


def upgrade() -> None:
    op.drop_index("ix_messages_due", "messages")
    op.create_index("ix_messages_state", "messages", ["state"])
    _index("ix_messages_at_once", "messages", ["state", "shop_id", "channel", "at", "id"], f"{_WAITS} NULL")
    planned = ["state", "shop_id", "channel", "send_after", "id"]
    _index("ix_messages_at_its_time", "messages", planned, f"{_WAITS} NOT NULL")
    _index("ix_attempts_to_repeat", "attempts", ["retry_at", "started_at", "message_id"], _TRIED)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))
