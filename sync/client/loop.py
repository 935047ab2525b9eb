"""The synchronous core: push until the outbox is empty, then pull until there is no more. No threads, no sleeping."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from sync.client.cache import Cache
from sync.client.cache_file import DAMAGE, is_damage
from sync.client.codes import UsedCodes
from sync.client.outbox import Outbox
from sync.client.overlay import Overlay
from sync.client.server_clock import ServerClock
from sync.client.types import DeviceApi
from sync.errors import BadInput, ClientelingError, NotSignedIn, TooLarge, Unavailable
from sync.model.commands import CheckIn, Envelope, Outcome, RecordView
from sync.model.outreach import Reason
from sync.protocol import PullRequest, PushRequest

log = structlog.get_logger(__name__)

PUSH_BATCH = 100
PULL_LIMIT = 2000
VISITORS_STAY = timedelta(hours=24)
WEB_STAYS = timedelta(days=30)
"""What a customer looked at online is hers: a tablet keeps nothing older."""
ANSWERED_STAY = timedelta(days=7)
_MOST_REBUILDS = 3


@dataclass(frozen=True)
class SyncReport:
    """What one round did; `error` says why it ended early."""

    pushed: int = 0
    refused: int = 0
    rows: int = 0
    rebuilt: bool = False
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
        clock: ServerClock,
        changed: Callable[[], None],
    ) -> None:
        self._api = api
        self._cache = cache
        self._overlay: Overlay = cache.overlay
        self._outbox = outbox
        self._codes = codes
        self._clock = clock
        self._changed = changed
        self._lock = threading.Lock()

    def sync_once(self) -> SyncReport:
        """Do one whole round. Never raises for what the network or the server did: that is the report's `error`."""
        with self._lock:
            round_ = _Round()
            try:
                for _ in range(_MOST_REBUILDS):
                    if self._cache.damaged:
                        self._rebuild(round_)
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

    # -- push

    def _push(self, round_: "_Round") -> None:
        while batch := self._outbox.release(self._clock(), PUSH_BATCH):
            if self._push_batch(batch, round_) == 0:
                raise Unavailable("The server answered none of the commands it was sent.")

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
        self._changed()
        return len(answered)

    # -- pull

    def _pull(self, round_: "_Round") -> None:
        rebuilds = 0
        while True:
            before = self._cache.position()
            sent_at = self._clock.local()
            page = self._api.pull(PullRequest(epoch=before.epoch, cursor=before.cursor, limit=PULL_LIMIT))
            self._clock.observe(page.server_time, sent_at, self._clock.local())
            if before.epoch is not None and page.epoch != before.epoch:
                rebuilds += 1
                if rebuilds > _MOST_REBUILDS:
                    raise Unavailable("The server's history keeps changing.")
                log.warning("server_history_replaced")
                self._rebuild(round_)
                continue
            if page.more and page.cursor <= before.cursor:
                raise Unavailable("The server's feed does not move on.")
            prepared = self._cache.apply(page, before)
            complete_at = None if page.more else self._clock()
            self._outbox.settle(self._overlay.refresh(prepared.keys, prepared.customer_ids, complete_at))
            round_.rows += len(page.rows)
            if page.rows or before.synced_at is None:
                self._changed()
            if not page.more:
                return

    def _rebuild(self, round_: "_Round") -> None:
        self._cache.rebuild()
        self._overlay.start(self._outbox.unsettled())
        self._cache.show(self._overlay.of_kind("customer").values())
        round_.rebuilt = True
        self._changed()

    def _tidy(self) -> None:
        now = self._clock()
        self._cache.forget_visiting(now - VISITORS_STAY, self._overlay.customers())
        self._cache.forget_web(now - WEB_STAYS)
        self._outbox.forget_answered(now - ANSWERED_STAY)
        self._codes.forget(now)


class _Round:
    def __init__(self) -> None:
        self.pushed = self.refused = self.rows = 0
        self.rebuilt = False

    def report(self, error: ClientelingError | None) -> SyncReport:
        return SyncReport(self.pushed, self.refused, self.rows, self.rebuilt, error)


def is_final(error: ClientelingError) -> bool:
    """Say whether trying again soon is pointless: a person has to do something first."""
    return isinstance(error, NotSignedIn) or error.code in {"device_revoked", "wrong_protocol", "not_allowed"}
