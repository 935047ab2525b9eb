"""Run by Alembic. The connection comes from `sync.server.migrate`; there is no configuration file."""

from alembic import context

import sync.server.tables_audit
import sync.server.tables_edges
import sync.server.tables_rights  # noqa: F401
from sync.server.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a column only by building the table anew
)
with context.begin_transaction():
    context.run_migrations()
