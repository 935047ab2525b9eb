"""Fetches a snapshot: the whole scope in one file, taken up again where the line broke, checked before anybody reads it."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import structlog
import zstandard

from sync.client.types import DeviceApi
from sync.errors import NotFound, Offline, Unavailable
from sync.protocol import Snapshot

log = structlog.get_logger(__name__)

_BLOCK = 1 << 20

Progress = Callable[[int], None]
"""Is told how many bytes are here."""


class SnapshotFetch:
    """Keeps what came so far beside the cache, so that a tablet that was switched off goes on where it stopped."""

    def __init__(self, folder: Path, api: DeviceApi) -> None:
        self._folder, self._api = folder, api

    def fetch(self, snapshot: Snapshot, progress: Progress) -> Path:
        """Return the file, whole and checked, to be moved away by the caller.

        Raises Offline where the line broke (what came stays), NotFound where the server has this one no more, and
        Unavailable where the bytes are not those that were promised, or this disk takes no more (what came goes).
        """
        part = self._folder / f"{hashlib.sha256(snapshot.name.encode()).hexdigest()[:16]}.part"
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

    def _receive(self, snapshot: Snapshot, part: Path, new: Path, progress: Progress) -> None:
        digest = hashlib.sha256()
        opener = zstandard.ZstdDecompressor().decompressobj(write_size=_BLOCK)
        with part.open("a+b") as kept, new.open("wb") as out:
            new.chmod(0o600)
            part.chmod(0o600)

            def take(block: bytes) -> None:
                digest.update(block)
                try:
                    out.write(opener.decompress(block))
                except zstandard.ZstdError as error:
                    raise _Broken("not decompressed") from error

            kept.seek(0)
            have = 0
            while block := kept.read(_BLOCK):
                take(block)
                have += len(block)
            if have < snapshot.size:
                for block in self._api.snapshot_bytes(snapshot.name, have):
                    kept.write(block)
                    take(block)
                    have += len(block)
                    if have > snapshot.size:
                        break
                    progress(have)
            if have < snapshot.size:
                raise Offline("The line broke.", reason="short")
            if have > snapshot.size or digest.hexdigest() != snapshot.sha256 or not opener.eof:
                raise _Broken("other bytes than were promised")
            out.flush()
            os.fsync(out.fileno())


class _Broken(Exception):  # noqa: N818 - told to nobody
    """What came is not what was promised."""
