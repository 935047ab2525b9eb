"""Durable sending: each attempt is a DBOS workflow of one step, enqueued in the transaction that claims the message.

Four rules, each from a failure that was seen:

1. No time or randomness outside a step. The workflow is one step; waiting is a row's `retry_at`, not a sleep.
2. The application version is pinned, so that a new release finishes what the old one began.
3. Each process takes a slot as its `executor_id` (`sync.delivery.slots`), so that a successor recovers its work.
4. A step runs at least once, so the attempt is committed before the provider is asked (`sync.delivery.attempt`).

**Where DBOS keeps its tables.** In the database of the records themselves, on PostgreSQL in the schema `dbos`, on SQLite
in the same file. `enqueue_in_transaction` writes DBOS's row through the caller's connection, so both must be one
database. A second SQLite file, attached to the connection, would look the same and is not: two attached WAL files do not
commit together, and a kill between the two leaves a message claimed that nobody sends. DBOS gets an engine of its own
over that file all the same: it relies on pysqlite's implicit transactions, while ours begin by hand.

DBOS keeps a workflow's inputs and errors: inputs are a message's id and a number (as JSON, nothing is pickled), and an
error is passed on by its type's name alone, since the words of a database error hold the row.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer

from sync.delivery.slots import SLOTS, Slot, slot_taker, take_first
from sync.ids import new_id

QUEUE = "delivery"
WORKFLOW = "deliver"
APPLICATION = "clienteling"
VERSION = "delivery-1"
"""Raised only when the workflow's steps change; workflows of another version are left to processes that run it."""
CONCURRENCY = 8
"""Attempts that one process makes at once."""
POLL_SECONDS = 0.2
ATTEMPTS_OF_A_STEP = 8
HISTORY = timedelta(days=7)
"""How long finished workflows are kept for looking into."""

_ACTIVE = ("ENQUEUED", "PENDING", "DELAYED")

log = structlog.get_logger(__name__)

Attempt = Callable[[str, int], str]
"""Runs attempt `number` of a message to its end (`sync.delivery.attempt.run_attempt`, bound to its parts)."""


class StepError(Exception):
    """The database or this program failed in the middle of an attempt; the step is tried again."""


def durable_engine(engine: sa.Engine) -> sa.Engine:
    """Return an engine for DBOS over the database of `engine`, set up the way DBOS expects."""
    if engine.dialect.name != "sqlite":
        return sa.create_engine(engine.url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    own = sa.create_engine(engine.url, pool_size=10, max_overflow=20, connect_args={"check_same_thread": False})

    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA busy_timeout=30000")
        connection.execute("PRAGMA journal_mode=WAL")
        # What a power cut could take back here is that a step ran; it then runs again, and finds its attempt begun.
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")

    sa.event.listen(own, "connect", on_connect)
    return own


class DurableSending:
    """DBOS in this process. There is one per process, since DBOS is.

    `start` and `stop` block and must not be called on an event loop's thread.
    """

    def __init__(self, engine: sa.Engine, attempt: Attempt) -> None:
        self._engine = engine
        self._attempt = attempt
        self._own: sa.Engine | None = None
        self._client: DBOSClient | None = None
        self._slot: Slot | None = None

    def start(self) -> None:
        """Take a slot, create or migrate DBOS's tables, recover what the slot's last holder left, begin to work."""
        self._slot = take_first(slot_taker(self._engine))
        self._own = durable_engine(self._engine)
        _quiet()
        DBOS(
            config=DBOSConfig(
                name=APPLICATION,
                system_database_engine=self._own,
                application_version=VERSION,
                executor_id=self._slot.executor_id,
                serializer=DBOSPortableJSONSerializer(),
                log_level="WARNING",
                enable_otlp=False,
                use_listen_notify=False,
                max_executor_threads=CONCURRENCY * 2,
            )
        )
        self._register()
        DBOS.launch()
        DBOS.register_queue(
            QUEUE, worker_concurrency=CONCURRENCY, polling_interval_sec=POLL_SECONDS, on_conflict="always_update"
        )
        self._client = DBOSClient(
            system_database_engine=self._own, serializer=DBOSPortableJSONSerializer(), application_name=APPLICATION
        )

    def stop(self, wait_seconds: int = 10) -> None:
        """Let running attempts end, for at most `wait_seconds`; what remains is recovered at the next start."""
        DBOS.destroy(workflow_completion_timeout_sec=wait_seconds, destroy_registry=True)
        if self._client is not None:
            self._client.destroy()
        if self._own is not None:
            self._own.dispose()
        if self._slot is not None:
            self._slot.release()

    def held(self) -> bool:
        """Tell whether this process still has its slot. Without it, another may be recovering its work: it must end."""
        return self._slot is not None and self._slot.held()

    def enqueue(self, conn: sa.Connection, message_id: str, number: int, *, anew: bool = False) -> None:
        """Start the workflow of an attempt, in the transaction of `conn`."""
        assert self._client is not None, "not started"
        suffix = new_id() if anew else "first"
        self._client.enqueue_in_transaction(
            conn,
            {
                "workflow_name": WORKFLOW,
                "queue_name": QUEUE,
                "workflow_id": f"{_prefix(message_id, number)}{suffix}",
                "app_version": VERSION,
            },
            message_id,
            number,
        )

    def waiting(self, most: int) -> int:
        """Return how many attempts, at most `most`, are enqueued and not begun by any process."""
        found = DBOS.list_queued_workflows(
            queue_name=QUEUE,
            status="ENQUEUED",
            app_version=VERSION,
            limit=most,
            load_input=False,
            load_output=False,
        )
        return len(found)

    def active(self) -> set[tuple[str, int]]:
        """Return the attempts, as (message id, number), of which a workflow waits or runs."""
        found = DBOS.list_workflows(status=list(_ACTIVE), name=WORKFLOW, load_input=False, load_output=False)
        return {_attempt_of(each.workflow_id) for each in found}

    def recover_others(self) -> int:
        """Hand on the work of slots whose holders died and were not replaced; return how many slots were looked at.

        A slot's lock is held while that happens, so nobody can start under its name meanwhile.
        """
        looked_at, take = 0, slot_taker(self._engine)
        for executor_id in self._left_behind():
            slot = take(int(executor_id.removeprefix("slot-")))
            if slot is not None:
                try:
                    DBOS._recover_pending_workflows([executor_id])
                    looked_at += 1
                finally:
                    slot.release()
        return looked_at

    def prune(self, now: datetime) -> int:
        """Remove finished workflows from DBOS's history once they are old; return how many (at most 1,000 a call)."""
        before = (now.astimezone(UTC) - HISTORY).isoformat()
        finished = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            end_time=before,
            limit=1000,
            load_input=False,
            load_output=False,
        )
        if finished:
            DBOS.delete_workflows([workflow.workflow_id for workflow in finished])
        return len(finished)

    def _left_behind(self) -> Sequence[str]:
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False, limit=1000)
        mine = self._slot.executor_id if self._slot is not None else ""
        known = {f"slot-{number}" for number in range(SLOTS)}
        return sorted({w.executor_id for w in pending if w.executor_id in known and w.executor_id != mine})

    def _register(self) -> None:
        attempt = self._attempt

        @DBOS.step(
            name="attempt",
            retries_allowed=True,
            interval_seconds=0.5,
            max_attempts=ATTEMPTS_OF_A_STEP,
            backoff_rate=2.0,
        )
        def step(message_id: str, number: int) -> str:
            try:
                return attempt(message_id, number)
            except Exception as error:
                log.warning("attempt_interrupted", message_id=message_id, number=number, error=type(error).__name__)
                raise StepError(type(error).__name__) from None

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=1_000_000)
        def deliver(message_id: str, number: int) -> str:
            return step(message_id, number)

        self._deliver = deliver


def _prefix(message_id: str, number: int) -> str:
    return f"{message_id}.{number}."


def _attempt_of(workflow_id: str) -> tuple[str, int]:
    message_id, number, _ = workflow_id.rsplit(".", 2)
    return message_id, int(number)


def _quiet() -> None:
    """Send DBOS's warnings through this process's logging instead of its own handler, and drop the rest."""
    logger = logging.getLogger("dbos")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.addHandler(logging.NullHandler())  # with a handler of some kind there, DBOS adds none of its own
    logger.propagate = True
    logger.setLevel(logging.WARNING)
