"""For whom any rule speaks: the few of whom the policy itself is then asked."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
from sqlalchemy import Engine

from sync.insight.everybody import Everybody
from sync.insight.signals import proposed
from sync.insight.source import load
from sync.insight.tables import tables_of
from sync.policy.playbook import Playbook

MEMORY = "2GB"
"""What DuckDB may take; the rest lies on the disk meanwhile."""


def candidates(engine: Engine, now: datetime, playbook: Playbook) -> set[str]:
    """Return the ids of the customers in the server's database for whom any rule over everybody speaks."""
    with TemporaryDirectory(prefix="insight-") as folder:
        connection = ibis.duckdb.connect(Path(folder) / "flat.duckdb", memory_limit=MEMORY, temp_directory=folder)
        try:
            load(connection, engine)
            found = proposed(Everybody(tables_of(connection), now, playbook))
            return set(found.select("customer_id").distinct().to_pyarrow()["customer_id"].to_pylist())
        finally:
            connection.disconnect()
