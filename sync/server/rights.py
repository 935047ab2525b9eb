"""What customers and security officers may ask of the command line: export, forget, whose data a lost device held, and how
long what is kept.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from sync.clock import Clock
from sync.errors import NotFound
from sync.server import personal_export
from sync.server.database import reading, transaction
from sync.server.forget import Forgetting, Receipt
from sync.server.forgotten_list import list_path
from sync.server.leak_report import LeakReport
from sync.server.leak_report import leak_report as report_of
from sync.server.migrate import migrate
from sync.server.repository import audit, forgotten
from sync.server.repository.attachments import vault_of
from sync.server.retention import Line, Retention, load_rules
from sync.server.setup import clock_of, open_database, secret_of
from sync.server.snapshot import SnapshotStore
from sync.settings import ServerSettings


def forgetting(settings: ServerSettings, engine: Engine, clock: Clock, snapshots: SnapshotStore) -> Forgetting:
    """Return what forgets customers, by these settings. Raises BadSetting for retention rules that are none."""
    rule = load_rules(settings.retention).keep["order"]
    return Forgetting(
        engine,
        clock,
        secret=secret_of(settings),
        path=list_path(settings),
        snapshots=snapshots,
        order_days=rule.days,
        order_reason=rule.reason,
    )


@contextmanager
def _forgetting(settings: ServerSettings) -> Iterator[Forgetting]:
    with _database(settings) as engine:
        clock = clock_of(settings)
        snapshots = SnapshotStore(engine, clock, settings.data / "snapshots")
        try:
            yield forgetting(settings, engine, clock, snapshots)
        finally:
            snapshots.close()


def export_customer(settings: ServerSettings, customer_id: str, folder: Path) -> list[Path]:
    """Write everything held about a customer into a new folder; return the files, the readable document first.

    Raises NotFound for who is not known, FileExistsError where the folder is there.
    """
    clock = clock_of(settings)
    with _database(settings) as engine, transaction(engine) as conn:
        held = personal_export.gather(conn, clock, vault_of(secret_of(settings)), customer_id)
        audit.note(conn, clock(), "export", customer_id=held.customer.id, how="admin")
        return personal_export.write(held, folder)


def forget_customer(settings: ServerSettings, customer_id: str) -> Receipt:
    """Forget a customer everywhere; return the receipt. Raises NotFound for who is not known."""
    with _forgetting(settings) as doing:
        return doing.forget(customer_id)


def replay_forgotten(settings: ServerSettings) -> int:
    """Forget anew whom a restored backup brought back; return how many."""
    with _forgetting(settings) as doing:
        return doing.replay()


def sweep(settings: ServerSettings) -> bool:
    """Overwrite what was erased; return False where somebody was reading just then."""
    with _forgetting(settings) as doing:
        return doing.sweep()


def release(settings: ServerSettings, customer_id: str) -> int:
    """Hold imports of a forgotten customer back no longer; return how many of her names were held.

    Raises NotFound for who was not forgotten.
    """
    with _database(settings) as engine, transaction(engine) as conn:
        if not forgotten.is_forgotten(conn, customer_id):
            raise NotFound("Nobody of this id was forgotten.", customer_id=customer_id)
        audit.note(conn, clock_of(settings)(), "release", customer_id=customer_id, how="admin")
        return forgotten.release(conn, customer_id)


def leak_report(settings: ServerSettings, device_id: str) -> LeakReport:
    """Return whose data a device held. Raises NotFound where there is none of that id."""
    with _database(settings) as engine, reading(engine) as conn:
        return report_of(conn, device_id)


def retention_report(settings: ServerSettings) -> list[Line]:
    """Return how long each kind of record is kept, how much of it there is, and what is past its time."""
    with _database(settings) as engine:
        return Retention(engine, clock_of(settings), load_rules(settings.retention)).report()


@contextmanager
def _database(settings: ServerSettings) -> Iterator[Engine]:
    engine = open_database(settings)
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()
