"""Everything the outside world sends to the server - webhooks, status callbacks, mail - goes through one queue on disk."""

import json
import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from sync.sandbox.store import Store

Ticks = Callable[[], float]
"""Returns seconds of real time. Retries run on it and not on the demo's clock, which may be moved."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.3, 3.0
"""Real providers wait minutes between redeliveries; a demo whose server was stopped catches up within seconds."""
MAX_REFUSALS = 5
MAX_ATTEMPTS = 20_000

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of one attempt."""

    DONE = "done"
    NO_ANSWER = "no_answer"
    """Nobody there, or the other side is broken: tried again for as long as it takes."""
    REFUSED = "refused"
    """The other side answered that it does not want this: tried again a few times, then given up."""


Carrier = Callable[[dict[str, Any], int], Awaitable[Outcome]]
"""Makes one attempt: takes the payload and how many attempts were made before."""


class Post:
    """The queue. Parcels of one lane arrive in order: a later one waits for an earlier one to be done or given up."""

    def __init__(self, store: Store, ticks: Ticks) -> None:
        self._store, self._ticks = store, ticks
        self._carriers: dict[str, Carrier] = {}

    def carry(self, kind: str, carrier: Carrier) -> None:
        """Say who delivers parcels of a kind."""
        self._carriers[kind] = carrier

    def enqueue(self, kind: str, lane: str, payload: dict[str, Any], *, after: float = 0.0) -> None:
        """Let a parcel set out, `after` seconds from now."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO parcel (kind, lane, payload, due_ticks) VALUES (?, ?, ?, ?)",
                (kind, lane, json.dumps(payload, ensure_ascii=False), self._ticks() + after),
            )

    def waiting(self) -> int:
        """Return how many parcels have not arrived yet."""
        return int(self._store.rows("SELECT count(*) FROM parcel WHERE outcome = 'waiting'")[0][0])

    async def deliver_due(self) -> int:
        """Make one attempt for the first parcel of each lane that is due; return how many arrived."""
        due = self._store.rows(
            "SELECT * FROM parcel WHERE n IN (SELECT min(n) FROM parcel WHERE outcome = 'waiting' GROUP BY lane)"
            " AND due_ticks <= ? ORDER BY n LIMIT 100",
            (self._ticks(),),
        )
        arrived = 0
        for row in due:
            try:
                outcome = await self._carriers[row["kind"]](json.loads(row["payload"]), row["attempts"])
            except Exception:  # a parcel that cannot be carried must not hold up those of all other lanes
                log.exception("A parcel could not be carried")
                outcome = Outcome.REFUSED
            arrived += outcome is Outcome.DONE
            self._note(row["n"], row["attempts"] + 1, outcome)
        return arrived

    def _note(self, n: int, attempts: int, outcome: Outcome) -> None:
        limit = MAX_REFUSALS if outcome is Outcome.REFUSED else MAX_ATTEMPTS
        with self._store.transaction() as db:
            if outcome is Outcome.DONE:
                db.execute("DELETE FROM parcel WHERE n = ?", (n,))
                return
            pause = min(FIRST_PAUSE_SECONDS * 2.0 ** min(attempts - 1, 10), LONGEST_PAUSE_SECONDS)
            db.execute(
                "UPDATE parcel SET attempts = ?, due_ticks = ?, outcome = ? WHERE n = ?",
                (attempts, self._ticks() + pause, "given_up" if attempts >= limit else "waiting", n),
            )
