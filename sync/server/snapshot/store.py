"""Keeps the snapshots of this host, one folder a scope, and has them built: one at a time, in the background.

    <folder>/<scope's digest>/current.json     what is handed out
    <folder>/<scope's digest>/<name>.zst       the present one, and the one before for who is still fetching it

A snapshot is built when it is first asked for, and again when the feed has moved so far past it that reading the feed costs
more than fetching it anew; until that one is ready the old one is handed out, and the feed goes on from its cursor. One that
was sealed with a key since replaced is handed out no more: newcomers have the newest key only, and a lost device has the
other. Several processes of a host share the folder: a lock on a file lets one of them build.
"""

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
import zstandard
from pydantic import ValidationError
from sqlalchemy import Engine

from sync.clock import Clock
from sync.errors import NotFound
from sync.ids import new_id
from sync.protocol import Snapshot
from sync.sealed.schema import SCHEMA_VERSION
from sync.sealed.vault import Vault
from sync.server import feed
from sync.server.database import reading
from sync.server.repository import devices, stock_scopes
from sync.server.snapshot.build import Built, build

log = structlog.get_logger(__name__)

SMALLEST = 5000
"""Changes of a scope below which no snapshot is built: two or three pages carry them."""
MOVED = 0.2
"""Share of a snapshot's rows by which the feed may move on before another is built."""
AFTER_FAILURE = timedelta(minutes=10)
"""How long devices read pages instead after a build failed, the disk being full for example."""
_BLOCK = 1 << 20

Start = Callable[[Callable[[], None]], object]
"""Runs something, in the background or at once."""
Told = Callable[[float, bool], None]
"""Is told of each build that ends: how many seconds it took, and whether there is a snapshot of it."""


@dataclass
class _Build:
    share: float = 0.0
    done: "Future[None]" = field(default_factory=Future)


class SnapshotStore:
    """The snapshots of all scopes on this host. Safe to use from several threads."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        folder: Path,
        *,
        start: Start | None = None,
        smallest: int = SMALLEST,
        built: Told = lambda *_: None,
    ) -> None:
        self._engine, self._clock, self._folder = engine, clock, folder
        self._pool = ThreadPoolExecutor(1, "snapshot")
        self._smallest = smallest
        self._start: Start = start or self._pool.submit
        self._built = built
        self._lock = threading.Lock()
        self._building: dict[str, _Build] = {}
        self._failed: dict[str, datetime] = {}

    def close(self) -> None:
        """Begin no more builds, and wait for the one under way."""
        self._pool.shutdown(cancel_futures=True)

    def ask(self, scope: str) -> Snapshot:
        """Return the snapshot of a scope, or how far the building of it is.

        Raises NotFound where the scope is so small that pages are quicker, or has no key yet.
        """
        feed.sequence(self._engine)
        with reading(self._engine) as conn:
            epoch, head = feed.epoch(conn), feed.whole_head(conn)
            followed = stock_scopes.of_scope(conn, scope)
            key = devices.scope_key(conn, scope)
            version = key[0] if key is not None else None
            found = kept = self._current(scope)
            lost = feed.floor(conn, followed)
            fits = found is not None and (found.epoch, found.key_version) == (epoch, version)
            if found is None or not fits or not lost <= found.cursor <= head:
                found = None
                if scope in self._failed and self._clock() - self._failed[scope] < AFTER_FAILURE:
                    raise NotFound("No snapshot could be built here: its pages carry the scope.", what="snapshot")
                if feed.count(conn, followed) < self._smallest:
                    raise NotFound("This scope is small: its pages are all there is.", what="snapshot")
            stale = found is None or feed.count(conn, followed, found.cursor) > MOVED * found.rows
        if stale:
            self._begin(scope, kept.name if kept is not None else "")
        now = self._clock()
        if found is not None:
            return found.model_copy(update={"server_time": now})
        under_way = self._building.get(scope)
        found = self._current(scope) if under_way is None else None
        if found is not None and found.key_version == version:
            return found.model_copy(update={"server_time": now})
        return Snapshot(ready=False, share=under_way.share if under_way is not None else 0.0, server_time=now)

    def building(self, scope: str) -> "Future[None] | None":
        """Return the end of the build for this scope that waits or runs in this process."""
        under_way = self._building.get(scope)
        return under_way.done if under_way is not None else None

    def file(self, scope: str, name: str) -> Path:
        """Return the file of a snapshot that was handed out; NotFound where it is there no more."""
        path = self._of(scope) / f"{name}.zst"
        if not name.isalnum() or not path.is_file():
            raise NotFound("This snapshot is there no more; ask for another.", what="snapshot")
        return path

    def discard(self, scope: str) -> int:
        """Throw a scope's snapshots away, once a build under way anywhere on this host has ended; return how many files.

        Whoever was fetching one asks for another.
        """
        folder = self._of(scope)
        if not folder.is_dir():
            return 0
        with (folder / "lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            (folder / "current.json").unlink(missing_ok=True)
            files = list(folder.glob("*.zst"))
            for file in files:
                file.unlink()
        return len(files)

    # -- below

    def _of(self, scope: str) -> Path:
        return self._folder / hashlib.sha256(scope.encode()).hexdigest()[:16]

    def _current(self, scope: str) -> Snapshot | None:
        with suppress(OSError, ValidationError):
            found = Snapshot.model_validate_json((self._of(scope) / "current.json").read_bytes())
            if found.format == SCHEMA_VERSION and (self._of(scope) / f"{found.name}.zst").is_file():
                return found
        return None

    def _replaced(self, scope: str, name: str) -> bool:
        present = self._current(scope)
        return present is not None and present.name != name

    def _begin(self, scope: str, instead: str) -> None:
        with self._lock:
            if scope in self._building:
                return
            self._building[scope] = _Build()
        self._start(lambda: self._build(scope, instead))

    def _build(self, scope: str, instead: str) -> None:
        """Build what is to be handed out instead of the snapshot of this name, "" for none, unless another has taken its place.

        Who asks looks at the present one first and at the building later: between the two, one may have ended, here or in
        another process, and what was to be built is there.
        """
        folder, began = self._of(scope), time.monotonic()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _alone(folder / "lock") as alone:
                if alone and not self._replaced(scope, instead) and self._write(scope, folder):
                    self._built(time.monotonic() - began, True)
        except Exception as error:
            log.exception("snapshot.failed", scope=scope, error=type(error).__name__)
            self._failed[scope] = self._clock()
            self._built(time.monotonic() - began, False)
        finally:
            with self._lock:
                under_way = self._building.pop(scope)
            under_way.done.set_result(None)

    def _write(self, scope: str, folder: Path) -> bool:
        """Build it and hand it out from now on; False where the scope has no key yet."""
        with reading(self._engine) as conn:
            key = devices.scope_key(conn, scope)
        if key is None:
            return False
        vault = Vault(scope, {key[0]: bytes.fromhex(key[1])})
        name = new_id().replace("-", "")
        plain, squeezed = folder / f"{name}.db", folder / f"{name}.new"
        before = self._current(scope)

        def progress(share: float) -> None:
            self._building[scope].share = share * 0.9

        try:
            built = build(self._engine, scope, vault, plain, self._clock, progress)
            made = _squeeze(plain, squeezed, name, built, vault, key[0])
            squeezed.replace(folder / f"{name}.zst")
            fresh = folder / "current.new"
            fresh.write_text(made.model_dump_json())
            fresh.replace(folder / "current.json")
        finally:
            for rest in folder.glob(f"{name}.[dn]*"):
                rest.unlink()
        kept = {made.name, before.name if before is not None else ""}
        for old in folder.glob("*.zst"):
            if old.stem not in kept:
                old.unlink()
        log.info("snapshot.built", scope=scope, rows=built.rows, bytes=made.size)
        return True


def _squeeze(plain: Path, squeezed: Path, name: str, built: Built, vault: Vault, key_version: int) -> Snapshot:
    """Compress a file and return what a device must know of it."""
    digest, mac = hashlib.sha256(), vault.mac("snapshot", name)
    squeezer = zstandard.ZstdCompressor(level=1, write_checksum=True, threads=-1)
    with plain.open("rb") as source, squeezed.open("wb") as out:
        for block in squeezer.read_to_iter(source, size=plain.stat().st_size, read_size=_BLOCK, write_size=_BLOCK):
            digest.update(block)
            mac.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return Snapshot(
        ready=True,
        share=1.0,
        name=name,
        format=SCHEMA_VERSION,
        epoch=built.epoch,
        cursor=built.cursor,
        size=squeezed.stat().st_size,
        sha256=digest.hexdigest(),
        nonce=mac.nonce.hex(),
        mac=mac.hexdigest(),
        rows=built.rows,
        key_version=key_version,
        server_time=built.at,
    )


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Tell whether no other process builds here; it is let go when the block is left, or the process dies."""
    with path.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
