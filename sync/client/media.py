"""Pictures of the catalogue, kept on the device."""

import hashlib
import threading
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

import structlog

from sync.client.cache import Cache
from sync.errors import ClientelingError, NotFound
from sync.model.catalogue import Product, Variant

log = structlog.get_logger(__name__)

_SUFFIXES = frozenset({".webp", ".png", ".jpg", ".jpeg", ".gif"})


class Pictures:
    """File names are made here (SHA-256 of the path as the catalogue names it), so no path of a record can lead astray."""

    def __init__(self, folder: Path, fetch: Callable[[str], bytes]) -> None:
        self._folder = folder
        self._fetch = fetch
        self._lock = threading.Lock()
        self._missing: set[str] = set()
        """What the server does not have; asked again only after a restart."""
        self.wanted: set[str] = set()
        """Asked for by a screen and not here yet: fetched first."""

    def have(self, path: str) -> Path | None:
        """Return the file, or None; then it is fetched in the background."""
        if not path:
            return None
        kept = self._place(path)
        if kept.exists():
            return kept
        with self._lock:
            if path not in self._missing:
                self.wanted.add(path)
        return None

    def fetch(self, path: str) -> Path | None:
        """Return the file, fetching it where needed; None where the server has none. Raises what the network did."""
        kept = self._place(path)
        if kept.exists():
            return kept
        try:
            data = self._fetch(path)
        except NotFound:
            with self._lock:
                self._missing.add(path)
                self.wanted.discard(path)
            return None
        kept.parent.mkdir(parents=True, exist_ok=True)
        temporary = kept.with_name(f"{kept.name}.{threading.get_ident()}.new")
        temporary.write_bytes(data)
        temporary.replace(kept)
        with self._lock:
            self.wanted.discard(path)
        return kept

    def fetch_some(self, catalogue: Iterable[str], stop: Callable[[], bool]) -> int:
        """Fetch what screens asked for, then the rest of the catalogue, until done, stopped or offline; return how many."""
        with self._lock:
            first = sorted(self.wanted)
        fetched = 0
        for path in dict.fromkeys([*first, *catalogue]):
            if stop():
                break
            if not path or path in self._missing or self._place(path).exists():
                continue
            try:
                fetched += self.fetch(path) is not None
            except ClientelingError as error:
                log.info("pictures_wait", why=error.code)
                break
        return fetched

    def _place(self, path: str) -> Path:
        suffix = PurePosixPath(path).suffix.lower()
        name = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / name[:2] / (name[2:34] + (suffix if suffix in _SUFFIXES else ".img"))


def images_of(cache: Cache) -> list[str]:
    """Return the paths of all pictures of the catalogue."""
    return [
        one.image
        for kind in ("product", "variant")
        for one in cache.records(kind)
        if isinstance(one, Product | Variant)
    ]
