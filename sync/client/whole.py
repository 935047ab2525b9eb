"""Takes in a whole scope at once: what lets somebody sign in, then the snapshot, swapped in for the cache of before."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog

from sync.client import transfer as beside
from sync.client.cache import Cache
from sync.client.cache_file import DAMAGE, is_damage
from sync.client.outbox import Outbox
from sync.client.server_clock import ServerClock
from sync.client.snapshot import SnapshotFetch
from sync.client.types import DeviceApi, Transfer
from sync.errors import NotFound, Offline, Unavailable
from sync.protocol import PullRequest, Row, Snapshot
from sync.sealed.schema import SCHEMA_VERSION
from sync.sealed.vault import Unsealable

log = structlog.get_logger(__name__)

TELL_EVERY = timedelta(seconds=0.5)
PROMPT = timedelta(seconds=0.5)
"""The server may have kept an answer that took longer until a build ended: how long it was on its way is then not known."""


class WholeScope:
    """`changed` is called when staff should see something new, `moved` whenever bytes have come; `limit` is the rows of a page."""

    def __init__(
        self,
        *,
        api: DeviceApi,
        cache: Cache,
        outbox: Outbox,
        clock: ServerClock,
        folder: Path,
        changed: Callable[[], None],
        moved: Callable[[], None],
        limit: int,
    ) -> None:
        self._limit = limit
        self._api = api
        self._cache = cache
        self._outbox = outbox
        self._clock = clock
        self._changed = changed
        self._moved = moved
        self._fetch = SnapshotFetch(folder, api)
        self._folder = folder
        self.transfer: Transfer | None = None
        """How far it is, for staff; None when nothing is under way."""
        self.rows = 0
        """Rows of the snapshot that was taken last."""

    def take(self, meanwhile: Callable[[], None]) -> bool:
        """Take a snapshot where the server has one; where it has none, pages go on. False: it is still being built.

        `meanwhile` is called now and then while the file comes: work that waits must not wait for it. Raises what it
        raises, and Offline where the line broke; what came stays for the next time.
        """
        try:
            snapshot = self._described()
            if not snapshot.ready:
                self._tell(Transfer(building=True, done=int(snapshot.share * 1000), total=1000))
                return False
            if snapshot.format == SCHEMA_VERSION and snapshot.key_version in self._cache.key_versions:
                file = self._fetched(snapshot, meanwhile)
                # what was pushed meanwhile is answered: the page after the file is asked for while that is taken in
                self._api.expect(PullRequest(epoch=snapshot.epoch, cursor=snapshot.cursor, limit=self._limit))
                self._adopt(file, snapshot)
        except NotFound:
            pass
        except Unavailable as error:
            if isinstance(error, Offline) or error.params.get("reason") != "snapshot":
                raise
        self._tell(None)
        return True

    def _described(self) -> Snapshot:
        """Ask for what there is, and on a new device for the ground, which is kept first of all."""
        if self._cache.staff():
            return self._asked()
        try:
            snapshot = self._asked(ground=True)
        except NotFound:
            self._keep_ground(self._api.ground().rows)
            raise
        self._keep_ground(snapshot.ground or self._api.ground().rows)
        return snapshot if snapshot.ready else self._asked()  # now the server may wait for it

    def _asked(self, *, ground: bool = False) -> Snapshot:
        """Ask, and learn from a prompt answer how late it is: no other in this round may tell."""
        sent_at = self._clock.local()
        snapshot = self._api.snapshot(ground=ground)
        received_at = self._clock.local()
        if received_at - sent_at <= PROMPT:
            self._clock.observe(snapshot.server_time, sent_at, received_at)
        return snapshot

    def _keep_ground(self, rows: Iterable[Row]) -> None:
        ground = self._cache.keep_ground(rows)
        self._cache.overlay.refresh(ground.keys, ground.customer_ids, None)
        self._changed()

    def _fetched(self, snapshot: Snapshot, meanwhile: Callable[[], None]) -> Path:
        self._tell(Transfer(building=False, done=self._fetch.have(snapshot), total=snapshot.size))
        try:
            return self._fetch.fetch(snapshot, self._cache.reckoning(snapshot), self._follow(snapshot, meanwhile))
        except Offline:  # how long it takes is anybody's guess now
            self._tell(Transfer(building=False, done=self._fetch.have(snapshot), total=snapshot.size))
            raise

    def _follow(self, snapshot: Snapshot, meanwhile: Callable[[], None]) -> Callable[[int], None]:
        """Return what is told how many bytes have come."""
        began = told = self._clock.local()
        first: int | None = None

        def came(done: int) -> None:
            nonlocal told, first
            self._moved()
            now, first = self._clock.local(), done if first is None else first
            if now - told < TELL_EVERY:
                return
            told = now
            rate = (done - first) / max((now - began).total_seconds(), 0.1)
            left = int((snapshot.size - done) / rate) if rate > 0 else None
            self._tell(Transfer(building=False, done=done, total=snapshot.size, seconds_left=left))
            meanwhile()

        return came

    def _adopt(self, file: Path, snapshot: Snapshot) -> None:
        try:
            self._cache.adopt(file)
        except (*DAMAGE, Unsealable) as error:
            if isinstance(error, sqlite3.Error) and not is_damage(error):
                raise
            log.error("snapshot_not_usable", why=type(error).__name__)
            return
        except OSError as error:
            raise Unavailable("This device cannot write to its disk.", reason="disk") from error
        finally:
            file.unlink(missing_ok=True)
        self._cache.overlay.start(self._outbox.unsettled())
        self._cache.show(self._cache.overlay.of_kind("customer").values())
        self.rows = snapshot.rows

    def _tell(self, transfer: Transfer | None) -> None:
        self._moved()
        with suppress(OSError):  # for `sync status` only; the disk may be what is wrong
            beside.keep(self._folder, transfer, self._clock.local())
        if transfer != self.transfer:
            self.transfer = transfer
            self._changed()
