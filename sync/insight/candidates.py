"""For whom any rule speaks: the few of whom the policy itself is then asked.

Whether what she wants lies in her shop is asked of the policy for everybody who lately looked at anything: for that the
shelves are looked up, which is done for few.
"""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import ibis.expr.types as ir
from sqlalchemy import Engine

from sync.insight.everybody import Everybody
from sync.insight.signals import proposed
from sync.insight.source import load
from sync.insight.tables import tables_of
from sync.policy.playbook import Playbook
from sync.policy.signals.wanted_in_stock import LOOKS

MEMORY = "2GB"
"""What DuckDB may take; the rest lies on the disk meanwhile."""


def candidates(engine: Engine, now: datetime, playbook: Playbook) -> set[str]:
    """Return the ids of the customers in the server's database for whom any rule over everybody speaks."""
    with TemporaryDirectory(prefix="insight-") as folder:
        connection = ibis.duckdb.connect(Path(folder) / "flat.duckdb", memory_limit=MEMORY, temp_directory=folder)
        try:
            load(connection, engine, now)
            everybody = Everybody(tables_of(connection), now, playbook)
            found = ibis.union(proposed(everybody).select("customer_id"), _looking(everybody), distinct=True)
            return set(found.to_pyarrow()["customer_id"].to_pylist())
        finally:
            connection.disconnect()


def _looking(everybody: Everybody) -> ir.Table:
    web, days = everybody.tables.web, everybody.playbook.signals.wanted_in_stock.days
    looks = web.filter(web.event.isin(sorted(event.value for event in LOOKS)), web.at >= everybody.before(days=days))
    return looks.select("customer_id")
