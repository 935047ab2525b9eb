"""The synchronous core: push until the outbox is empty, then pull until there is no more. No threads, no sleeping."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from sync.client.cache import Cache
from sync.client.cache_file import DAMAGE, is_damage
from sync.client.codes import UsedCodes
from sync.client.convergence import Convergence, Verdict
from sync.client.outbox import Outbox
from sync.client.overlay import Overlay
from sync.client.server_clock import ServerClock
from sync.client.types import DeviceApi, Transfer
from sync.client.whole import WholeScope
from sync.errors import BadInput, ClientelingError, FellBehind, NotSignedIn, TooLarge, Unavailable
from sync.model.commands import CheckIn, Envelope, Outcome, RecordView
from sync.model.outreach import Reason
from sync.policy.tact import KEPT
from sync.protocol import Changed, Page, PullRequest, PushRequest, Rebuilt
from sync.sealed.position import Position

log = structlog.get_logger(__name__)

PUSH_BATCH = 100
MOST_BATCHES = 10
"""Batches of one round: after days without a network what others did must not wait for all of it."""
PULL_LIMIT = 2000
"""Rows of a page: while one is written the next is on its way, but each one writes most leaves of the cache's trees anew, so
that many small ones cost more than they gain."""
VISITORS_STAY = timedelta(hours=24)
ANSWERED_STAY = timedelta(days=7)
_MOST_REBUILDS = 3
TAKE_SECONDS = 1.0
"""A change that comes live waits this long for a round to end, which mostly brings it itself."""


@dataclass(frozen=True)
class SyncReport:
    """What one round did; `error` says why it ended early."""

    pushed: int = 0
    refused: int = 0
    rows: int = 0
    rebuilt: bool = False
    again_soon: bool = False
    """There is more at once: commands beyond one round's, or a snapshot that the server is building."""
    error: ClientelingError | None = None


class SyncLoop:
    """One round at a time, whoever asks. What is asked and answered is the same for the same clock, api and files."""

    def __init__(
        self,
        *,
        api: DeviceApi,
        cache: Cache,
        outbox: Outbox,
        codes: UsedCodes,
        convergence: Convergence,
        clock: ServerClock,
        changed: Callable[[], None],
        rebuilding: Callable[[], None],
        begin_history: Callable[[bool], None],
        folder: Path,
        moved: Callable[[], None] = lambda: None,
        patience: float = TAKE_SECONDS,
    ) -> None:
        self._api = api
        self._cache = cache
        self._overlay: Overlay = cache.overlay
        self._outbox = outbox
        self._codes = codes
        self._convergence = convergence
        self._clock = clock
        self._changed = changed
        self._whole = WholeScope(
            api=api,
            cache=cache,
            outbox=outbox,
            clock=clock,
            folder=folder,
            changed=changed,
            moved=moved,
            limit=PULL_LIMIT,
        )
        self._moved = moved
        self._patience = patience
        self._rebuilding = rebuilding
        self._begin_history = begin_history
        self._lock = threading.Lock()
        self._unreported: Rebuilt | None = None
        self.last: Page | None = None
        """The end of the last complete pull, without its rows: it says how long this device may hold its key."""

    @property
    def transfer(self) -> Transfer | None:
        """A snapshot that is on its way."""
        return self._whole.transfer

    def rebuilt(self, why: Rebuilt) -> None:
        """Tell the server with the next pull that the cache was, or is being, built anew."""
        self._unreported = why

    def sync_once(self) -> SyncReport:
        """Do one whole round. Never raises for what the network or the server did: that is the report's `error`."""
        with self._lock:
            round_ = _Round()
            try:
                for _ in range(_MOST_REBUILDS):
                    if self._cache.damaged:
                        self._rebuild(round_, "damaged")
                    try:
                        self._push(round_)
                        self._pull(round_)
                    except DAMAGE as error:
                        if not is_damage(error):
                            raise
                        log.error("cache_damaged", why=str(error))
                        self._cache.damaged = True
                        continue
                    break
                else:
                    raise Unavailable("What this device keeps does not read back.", reason="damage")
                self._tidy()
            except ClientelingError as error:
                return round_.report(error)
            except sqlite3.Error as error:  # the disk is full, or another process holds the file
                log.error("sync_stopped", why=str(error))
                return round_.report(Unavailable("This device cannot write to its disk.", reason="disk"))
            return round_.report(None)

    @contextmanager
    def still(self) -> Iterator[None]:
        """Keep rounds and the live channel from taking anything in meanwhile."""
        with self._lock:
            yield

    def take_in(self, changed: Changed) -> bool:
        """Take in what the live channel brought; return False where a round has to fetch what it speaks of."""
        if not self._cache.key_versions:  # it is shut, and a round opens it
            return False
        if self._stands_at(changed, self._cache.position()):
            return True
        if changed.after is None or not self._lock.acquire(timeout=self._patience):
            return False
        try:
            before = self._cache.position()
            if self._stands_at(changed, before):
                return True
            # What changed between `after` and where we stand is in the rows as well, as it is now: taking it in again is right.
            follows = before.epoch == changed.epoch and changed.after <= before.cursor < changed.cursor
            if not follows or before.synced_at is None or self._cache.damaged:
                return False
            page = Page(
                epoch=changed.epoch or "",
                cursor=changed.cursor,
                more=False,
                server_time=changed.server_time,
                rows=changed.rows,
            )
            self._absorb(page, before)
        except (sqlite3.Error, ClientelingError) as error:  # a round finds out what it is, and mends it
            log.warning("live_change_not_taken", why=str(error))
            return False
        finally:
            self._lock.release()
        return True

    @staticmethod
    def _stands_at(changed: Changed, position: Position) -> bool:
        return changed.epoch in (None, position.epoch) and changed.cursor <= position.cursor

    # -- push

    def _push(self, round_: "_Round") -> None:
        for _ in range(MOST_BATCHES):
            batch = self._outbox.release(self._clock(), PUSH_BATCH)
            if not batch:
                return
            if self._push_batch(batch, round_) == 0:
                raise Unavailable("The server answered none of the commands it was sent.")
        round_.again_soon = True

    def _push_batch(self, batch: Sequence[Envelope], round_: "_Round") -> int:
        sent_at = self._clock.local()
        try:
            answer = self._api.push(PushRequest(commands=tuple(batch)))
        except (BadInput, TooLarge) as error:
            if len(batch) > 1:  # find the one that cannot be taken; the others must not wait behind it
                half = len(batch) // 2
                return self._push_batch(batch[:half], round_) + self._push_batch(batch[half:], round_)
            reason = Reason(code=error.code, params={k: v for k, v in error.params.items() if isinstance(v, str | int)})
            return self._take([Outcome(id=batch[0].id, accepted=False, reason=reason)], batch, round_)
        self._clock.observe(answer.server_time, sent_at, self._clock.local())
        return self._take(answer.outcomes, batch, round_)

    def _take(self, outcomes: Sequence[Outcome], batch: Sequence[Envelope], round_: "_Round") -> int:
        now = self._clock()
        sent = {envelope.id: envelope for envelope in batch}
        answered = set(self._outbox.answer([one for one in outcomes if one.id in sent], now))
        for outcome in outcomes:
            if outcome.id not in answered:
                continue
            command = sent[outcome.id].command
            code = outcome.reason.code if outcome.reason is not None else ""
            if isinstance(command, CheckIn | RecordView) and command.code_digest and code == "replayed":
                self._codes.replayed(command.code_digest)
            if outcome.accepted:
                self._overlay.accepted(outcome.id, now)
                continue
            round_.refused += 1
            self._overlay.drop(outcome.id)
            if command.type == "register_customer":
                self._cache.hide(command.customer_id)
            log.info("command_refused", command=outcome.id, type=command.type, reason=code)
        round_.pushed += len(answered)
        self._moved()
        self._changed()
        return len(answered)

    # -- pull

    def _pull(self, round_: "_Round") -> None:
        if self._cache.position().epoch is None:
            self._begin_history(False)
            if not self._take_whole(round_):
                return
        restarts = 0
        while True:
            before = self._cache.position()
            page = self._ask(before, first=round_.rows == 0)
            if page is None or (before.epoch is not None and page.epoch != before.epoch):
                restarts += 1
                if restarts > _MOST_REBUILDS:
                    raise Unavailable("The server's history keeps changing.")
                if not self._begin_anew(round_, "history" if page is not None else "fell_behind"):
                    return
                continue
            if page.more and page.cursor <= before.cursor:
                raise Unavailable("The server's feed does not move on.")
            if page.more:  # it is asked for while this one is written
                self._api.expect(PullRequest(epoch=page.epoch, cursor=page.cursor, limit=PULL_LIMIT))
            self._absorb(page, before)
            round_.rows += len(page.rows)
            if page.more:
                continue
            self.last = page.model_copy(update={"rows": (), "digests": None})
            verdict = self._convergence.judge(page, round_.rows, self._clock())
            if verdict is Verdict.FINE:
                return
            if verdict is Verdict.REBUILD:
                self._rebuild(round_, "mismatch")  # by pages: a snapshot may be what was wrong

    def _ask(self, before: Position, *, first: bool) -> Page | None:
        """Return the page after a position; None where the server no longer keeps what follows it."""
        sent_at = self._clock.local()
        report = self._unreported
        asked = PullRequest(epoch=before.epoch, cursor=before.cursor, limit=PULL_LIMIT, rebuilt=report)
        try:
            page = self._api.pull(asked)
        except FellBehind:
            return None
        self._unreported = None
        if first:  # the later ones were asked for before they were waited for
            self._clock.observe(page.server_time, sent_at, self._clock.local())
        return page

    def _begin_anew(self, round_: "_Round", why: Rebuilt) -> bool:
        """Replace the whole cache, by a snapshot where there is one: until that is here the old one can be read.

        False: the server is still building it; the next round comes here again.
        """
        log.warning("cache_begins_anew", why=why)
        if why == "history":
            self._begin_history(True)
        before = self._cache.position()
        if not self._take_whole(round_):
            return False
        if self._cache.position() == before:
            self._rebuild(round_, why)
        else:
            self.rebuilt(why)
            round_.rebuilt = True
        return True

    def _take_whole(self, round_: "_Round") -> bool:
        self._whole.rows = 0
        whole = self._whole.take(lambda: self._push(round_))
        round_.again_soon |= not whole
        round_.rows += self._whole.rows
        return whole

    def _absorb(self, page: Page, before: Position) -> None:
        prepared = self._cache.apply(page, before)
        complete_at = None if page.more else self._clock()
        self._outbox.settle(self._overlay.refresh(prepared.keys, prepared.customer_ids, complete_at))
        self._moved()
        if page.rows or before.synced_at is None:
            self._changed()

    def _rebuild(self, round_: "_Round", why: Rebuilt) -> None:
        self.rebuilt(why)
        self._rebuilding()
        self._cache.rebuild()
        self._overlay.start(self._outbox.unsettled())
        self._cache.show(self._overlay.of_kind("customer").values())
        round_.rebuilt = True
        self._changed()

    def _tidy(self) -> None:
        now = self._clock()
        self._cache.forget_visiting(now - VISITORS_STAY, self._overlay.customers())
        self._cache.forget_asked_stock(now - VISITORS_STAY)
        self._cache.forget_web(now - KEPT)
        self._cache.keep_people()
        self._outbox.forget_answered(now - ANSWERED_STAY)
        self._codes.forget(now)


class _Round:
    def __init__(self) -> None:
        self.pushed = self.refused = self.rows = 0
        self.rebuilt = self.again_soon = False

    def report(self, error: ClientelingError | None) -> SyncReport:
        return SyncReport(self.pushed, self.refused, self.rows, self.rebuilt, self.again_soon, error)


def is_final(error: ClientelingError) -> bool:
    """Say whether trying again soon is pointless: a person has to do something first."""
    return isinstance(error, NotSignedIn) or error.code in {"device_revoked", "wrong_protocol", "not_allowed"}
