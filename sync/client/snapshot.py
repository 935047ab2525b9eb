"""Fetches a snapshot: the whole scope in one file, taken up again where the line broke, checked before anybody reads it."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import structlog
import zstandard

from sync.client.types import DeviceApi
from sync.errors import NotFound, Offline, Unavailable
from sync.protocol import Snapshot

log = structlog.get_logger(__name__)

_BLOCK = 1 << 20
_PIECE = 1 << 18
"""Bytes handled at once: small enough that progress moves on a slow line."""
_AHEAD = 8
"""Blocks that may wait to be unpacked."""

Progress = Callable[[int], None]
"""Is told how many bytes are here."""


class SnapshotFetch:
    """Keeps what came so far beside the cache, so that a tablet that was switched off goes on where it stopped."""

    def __init__(self, folder: Path, api: DeviceApi) -> None:
        self._folder, self._api = folder, api

    def fetch(self, snapshot: Snapshot, progress: Progress) -> Path:
        """Return the file, whole and checked, to be moved away by the caller, who also sees to it that the disk has it.

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
            self._receive(snapshot, part, new, progress)
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

    def _receive(self, snapshot: Snapshot, part: Path, new: Path, progress: Progress) -> None:
        with part.open("a+b") as kept, new.open("wb") as out, ThreadPoolExecutor(1, "snapshot") as worker:
            new.chmod(0o600)
            part.chmod(0o600)
            whole = _Whole(snapshot, out)
            kept.seek(0)
            while block := kept.read(_BLOCK):
                whole.take(block)
            have = whole.size
            if have < snapshot.size:
                blocks = self._api.snapshot_bytes(snapshot.name, have)
                for block in _beside(worker, _joined(blocks), lambda block: whole.keep(block, kept)):
                    have += len(block)
                    if have > snapshot.size:
                        break
                    progress(have)
            whole.finish()


class _Whole:
    """What came of a snapshot so far, unpacked into `out` and reckoned up."""

    def __init__(self, snapshot: Snapshot, out: BinaryIO) -> None:
        self._snapshot, self._out = snapshot, out
        self._digest = hashlib.sha256()
        self._opener = zstandard.ZstdDecompressor().decompressobj(write_size=_BLOCK)
        self.size = 0
        """Bytes that came, packed."""

    def keep(self, block: bytes, kept: BinaryIO) -> None:
        """Put a block on the disk as it came, for the next time, and take it in."""
        kept.write(block)
        self.take(block)

    def take(self, block: bytes) -> None:
        self.size += len(block)
        self._digest.update(block)
        try:
            self._out.write(self._opener.decompress(block))
        except zstandard.ZstdError as error:
            raise _Broken("not decompressed") from error

    def finish(self) -> None:
        """Raise Offline where something is missing, _Broken where it is not what was promised."""
        if self.size < self._snapshot.size:
            raise Offline("The line broke.", reason="short")
        promised = (self._snapshot.size, self._snapshot.sha256, True)
        if (self.size, self._digest.hexdigest(), self._opener.eof) != promised:
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


def _beside(worker: Executor, blocks: Iterable[bytes], work: Callable[[bytes], None]) -> Iterator[bytes]:
    """Yield blocks while `work` is done on those before them in another thread: hashing, unpacking and writing let the
    network's thread run. Ends once the work is done; raises what it raises."""
    under_way: deque[Future[None]] = deque()
    try:
        for block in blocks:
            under_way.append(worker.submit(work, block))
            if len(under_way) > _AHEAD:
                under_way.popleft().result()
            yield block
    finally:
        while under_way:
            under_way.popleft().result()


class _Broken(Exception):  # noqa: N818 - told to nobody
    """What came is not what was promised."""
