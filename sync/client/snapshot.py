"""Fetches a snapshot: the whole scope in one file, taken up again where the line broke, checked before anybody reads it."""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import structlog
import zstandard

from sync.client.types import DeviceApi, Reckoning
from sync.client.watchdog import Monotonic
from sync.errors import NotFound, Offline, Unavailable
from sync.protocol import Snapshot

log = structlog.get_logger(__name__)

_BLOCK = 1 << 20
_PIECE = 1 << 18
"""Bytes handled at once: small enough that progress moves on a slow line."""
_AHEAD = 8
"""Blocks that may wait to be unpacked."""
_MOMENT = 0.5
"""Seconds."""
_MOST_HELD = 32 << 20

Progress = Callable[[int], None]
"""Is told how many bytes are here."""


class SnapshotFetch:
    """Keeps what came so far beside the cache, so that a tablet that was switched off goes on where it stopped."""

    def __init__(self, folder: Path, api: DeviceApi, monotonic: Monotonic = time.monotonic) -> None:
        self._folder, self._api, self._monotonic = folder, api, monotonic

    def fetch(self, snapshot: Snapshot, reckoning: Reckoning, progress: Progress) -> Path:
        """Return the file, whole and checked, to be moved away by the caller, who also sees to it that the disk has it.

        `reckoning` is what its `mac` was made by, or its `sha256` where it has none.

        Raises Offline where the line broke (what came stays), NotFound where the server has this one no more, and
        Unavailable where the bytes are not those that were promised, or this disk takes no more (what came goes).
        """
        part = self._part(snapshot)
        new = self._folder / "snapshot.new"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for other in self._folder.glob("*.part"):
                if other != part:
                    other.unlink()
            self._receive(snapshot, reckoning, part, new, progress)
        except NotFound:
            part.unlink(missing_ok=True)
            raise
        except _Broken as error:
            part.unlink(missing_ok=True)
            new.unlink(missing_ok=True)
            log.warning("snapshot_broken", why=str(error))
            raise Unavailable("The snapshot that came is not whole.", reason="snapshot") from error
        except OSError as error:
            new.unlink(missing_ok=True)
            part.unlink(missing_ok=True)
            raise Unavailable("This device cannot write to its disk.", reason="disk") from error
        part.unlink()
        return new

    def have(self, snapshot: Snapshot) -> int:
        """Return how many bytes of it are here."""
        try:
            return self._part(snapshot).stat().st_size
        except OSError:
            return 0

    def _part(self, snapshot: Snapshot) -> Path:
        return self._folder / f"{hashlib.sha256(snapshot.name.encode()).hexdigest()[:16]}.part"

    def _receive(self, snapshot: Snapshot, reckoning: Reckoning, part: Path, new: Path, progress: Progress) -> None:
        with part.open("a+b") as file, new.open("wb") as out:
            new.chmod(0o600)
            part.chmod(0o600)
            whole, kept = _Whole(snapshot, reckoning, out), _Kept(file, self._monotonic)
            file.seek(0)
            while block := file.read(_BLOCK):
                whole.reckon(block)
                whole.unpack(block)
            if whole.size < snapshot.size:
                blocks = self._api.snapshot_bytes(snapshot.name, whole.size)
                try:
                    for block in _beside(whole.unpack, _joined(blocks)):
                        kept.add(block)
                        whole.reckon(block)
                        if whole.size > snapshot.size:
                            break
                        progress(whole.size)
                except Offline:
                    kept.write()
                    raise
            if whole.size < snapshot.size:
                kept.write()
            whole.finish()


class _Kept:
    """The bytes as they came, for the next time. On the disk they are only once the line proves slow, or breaks: what comes within
    a moment is fetched again within a moment."""

    def __init__(self, file: BinaryIO, monotonic: Monotonic) -> None:
        self._file, self._monotonic = file, monotonic
        self._began = monotonic()
        self._held: list[bytes] = []
        self._size = 0

    def add(self, block: bytes) -> None:
        self._held.append(block)
        self._size += len(block)
        if self._size > _MOST_HELD or self._monotonic() - self._began > _MOMENT:
            self.write()

    def write(self) -> None:
        self._file.writelines(self._held)
        self._file.flush()
        self._held.clear()
        self._size = 0


class _Whole:
    """What came of a snapshot so far, unpacked into `out` and reckoned up. Its two parts may be called by a thread each."""

    def __init__(self, snapshot: Snapshot, reckoning: Reckoning, out: BinaryIO) -> None:
        self._snapshot, self._reckoning, self._out = snapshot, reckoning, out
        self._opener = zstandard.ZstdDecompressor().decompressobj(write_size=_BLOCK)
        self.size = 0
        """Bytes that came, packed."""

    def reckon(self, block: bytes) -> None:
        self.size += len(block)
        self._reckoning.update(block)

    def unpack(self, block: bytes) -> None:
        try:
            self._out.write(self._opener.decompress(block))
        except zstandard.ZstdError as error:
            raise _Broken("not decompressed") from error

    def finish(self) -> None:
        """Raise Offline where something is missing, _Broken where it is not what was promised."""
        if self.size < self._snapshot.size:
            raise Offline("The line broke.", reason="short")
        promised = (self._snapshot.size, self._snapshot.mac or self._snapshot.sha256, True)
        if (self.size, self._reckoning.hexdigest(), self._opener.eof) != promised:
            raise _Broken("other bytes than were promised")
        self._out.flush()


def _joined(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield larger blocks, and at the end, or where the line breaks, what came before."""
    waiting, size = [], 0
    try:
        for block in blocks:
            waiting.append(block)
            size += len(block)
            if size >= _PIECE:
                yield b"".join(waiting)
                waiting, size = [], 0
    except Offline:
        yield b"".join(waiting)
        raise
    if waiting:
        yield b"".join(waiting)


def _beside(work: Callable[[bytes], None], blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield blocks while the work is done on those before them in a thread of its own: unpacking and writing let the network's
    thread run. Ends once the work is done; raises what it raises."""
    under_way: deque[Future[None]] = deque()
    with ThreadPoolExecutor(1, "unpack") as aside:
        try:
            for block in blocks:
                under_way.append(aside.submit(work, block))
                while len(under_way) > _AHEAD:
                    under_way.popleft().result()
                yield block
        finally:
            while under_way:
                under_way.popleft().result()


class _Broken(Exception):  # noqa: N818 - told to nobody
    """What came is not what was promised."""
