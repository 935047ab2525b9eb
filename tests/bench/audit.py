"""What the chain of audit events costs: linking, verifying, and a push of commands beside a linker.

python -m tests.bench.audit [EVENTS]        # default 200,000; prints figures for SQLite and PostgreSQL
"""

import sys
import tempfile
import threading
import time
import tracemalloc
from pathlib import Path

from sqlalchemy import Engine, insert

from sync.clock import system_clock
from sync.ids import new_id
from sync.server.audit_chain import link
from sync.server.audit_verify import verify
from sync.server.database import make_engine, transaction
from sync.server.migrate import migrate
from sync.server.tables_audit import audit
from tests.integration.databases import empty_postgresql, running_postgresql
from tests.integration.server.asked import note
from tests.integration.server.devices import Device
from tests.integration.server.people import MISAKI, open_shop

PUSHES, AT_ONCE = 30, 100


def _fill(engine: Engine, count: int) -> None:
    now = system_clock()
    for _ in range(0, count, 5000):
        rows = [
            {"at": now, "what": "view", "device_id": "d", "staff_id": "s", "customer_id": new_id(), "purpose": "scan"}
            for _ in range(5000)
        ]
        with transaction(engine) as conn:
            conn.execute(insert(audit), rows)


def _pushed(engine: Engine, device: Device, *, linking: bool) -> float:
    """Return commands per second, with a linker that ticks as the worker's does, or without one."""
    ended = threading.Event()

    def tick() -> None:
        while not ended.wait(0.5):
            link(engine)

    thread = threading.Thread(target=tick) if linking else None
    if thread is not None:
        thread.start()
    pushes = [[device.envelope(note(), MISAKI.id) for _ in range(AT_ONCE)] for _ in range(PUSHES)]
    began = time.perf_counter()
    for envelopes in pushes:
        device.push(*envelopes)
    took = time.perf_counter() - began
    ended.set()
    if thread is not None:
        thread.join()
    return PUSHES * AT_ONCE / took


def measure(name: str, url: str, count: int) -> None:
    """Print the figures for one database."""
    engine = make_engine(url)
    migrate(engine)
    open_shop(engine, system_clock)
    device = Device(engine, system_clock)
    for turn in range(3):
        without, beside = _pushed(engine, device, linking=False), _pushed(engine, device, linking=True)
        print(f"{name}: push {without:,.0f} commands/s without linking, {beside:,.0f} beside it (turn {turn + 1})")
    link(engine)
    _fill(engine, count)
    began = time.perf_counter()
    linked = link(engine)
    print(f"{name}: linked {linked / (time.perf_counter() - began):,.0f} events/s")
    began = time.perf_counter()
    wrong = sum(1 for _ in verify(engine, system_clock))
    took = time.perf_counter() - began
    tracemalloc.start()
    assert wrong == sum(1 for _ in verify(engine, system_clock))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{name}: verified {linked / took:,.0f} events/s, {peak / 1e6:.1f} MB at most, {wrong} findings")
    engine.dispose()


def main() -> None:
    """Measure on both databases."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{Path(folder) / 'audit.db'}", count)
    with running_postgresql() as maintenance, empty_postgresql(maintenance) as url:
        measure("PostgreSQL", url, count)


if __name__ == "__main__":
    main()
