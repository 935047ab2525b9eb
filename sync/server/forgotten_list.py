"""The list of the forgotten, a file outside the data folder: a backup that is put back does not put it back too.

One JSON line each: the ids a customer had, when she was forgotten, whose scopes held her, and the marks of her names
(`sync.server.repository.forgotten.mark_of`). Nothing else of her, so the list may be kept with less care than a backup. Lines are only
ever added; each is on the disk before anything is erased.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import structlog
from pydantic import ValidationError

from sync.errors import BadSetting
from sync.model.base import Frozen, Instant
from sync.settings import ServerSettings

log = structlog.get_logger(__name__)


class Forgotten(Frozen):
    """One who was forgotten."""

    ids: tuple[str, ...]
    """Her id first, then those she had before merges."""
    at: Instant
    scopes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


def list_path(settings: ServerSettings) -> Path:
    """Return where the list is: as the settings say, else beside the data folder."""
    data = settings.data.resolve()
    return settings.forgotten_file or data.with_name(f"{data.name}.forgotten.jsonl")


def read(path: Path) -> list[Forgotten]:
    """Return everybody on the list, each once; nobody where there is none. A line that a crash cut off is passed over."""
    found: dict[str, Forgotten] = {}
    if path.exists():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                one = Forgotten.model_validate_json(line)
            except ValidationError:
                log.warning("forgotten.line_unreadable", line=number)
                continue
            found[one.ids[0]] = one
    return list(found.values())


def add(path: Path, entries: Iterable[Forgotten]) -> None:
    """Add lines, on the disk when this returns; raise BadSetting where the file cannot be written."""
    lines = "".join(f"{one.model_dump_json()}\n" for one in entries)
    if not lines:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "rb+") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 1))
            cut_off = size > 0 and file.read(1) != b"\n"
            file.write((("\n" if cut_off else "") + lines).encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BadSetting(
            f"CLIENTELING_FORGOTTEN_FILE: {path} cannot be written: {error.strerror}. Nothing was erased."
        ) from error
