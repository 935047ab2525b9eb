"""Pictures that come with an import: copied into the server's media folder, and nothing else with them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from sync.ports import RowError

LARGEST = 10 * 1024 * 1024
_STARTS: dict[str, tuple[tuple[int, bytes], ...]] = {
    ".webp": ((0, b"RIFF"), (8, b"WEBP")),
    ".png": ((0, b"\x89PNG\r\n\x1a\n"),),
    ".jpg": ((0, b"\xff\xd8\xff"),),
    ".jpeg": ((0, b"\xff\xd8\xff"),),
    ".gif": ((0, b"GIF8"),),
    ".avif": ((4, b"ftyp"),),
}
"""Suffix to what such a file must hold, by offset. SVG is not among them: it can carry scripts."""


def copy_pictures(source: Path, target: Path) -> tuple[int, list[RowError]]:
    """Copy every picture below `source` to the same place below `target`; return how many are new, and what was left out.

    A link is not followed, and a file that is not what its name says is left out, so that nothing but a picture from
    inside the folder can come to be served. `field` of an error is the file's path inside the folder.
    """
    copied, errors = 0, []
    for number, path in enumerate(_files(source), 1):
        inside = path.relative_to(source)
        problem = _problem(path)
        if problem:
            errors.append(RowError(row=number, field=inside.as_posix(), message=problem))
            continue
        place = target / inside
        if place.is_file() and place.stat().st_size == path.stat().st_size and place.read_bytes() == path.read_bytes():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_name(place.name + ".new")
        shutil.copyfile(path, unfinished)
        unfinished.replace(place)
        copied += 1
    return copied, errors


def _files(folder: Path) -> Iterator[Path]:
    """Yield files below a folder in a stable order; folders that are links are not entered."""
    if not folder.is_dir() or folder.is_symlink():
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        else:
            yield path


def _problem(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return "is a link or no plain file"
    starts = _STARTS.get(path.suffix.lower())
    if starts is None:
        return "is not a picture (" + ", ".join(sorted(_STARTS)) + ")"
    if path.stat().st_size > LARGEST:
        return f"is larger than {LARGEST} bytes"
    with path.open("rb") as file:
        head = file.read(32)
    right = all(head[offset : offset + len(mark)] == mark for offset, mark in starts)
    return "" if right else f"is not what a {path.suffix.lower()} file holds"
