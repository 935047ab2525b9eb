"""Searching a disk for words."""

import json
from pathlib import Path


def found(folder: Path, words: list[str]) -> set[str]:
    """Return which of the words stand in any file, as text in either encoding or escaped in JSON."""
    wanted = {form: word for word in words for form in forms(word)}
    hits = set()
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            hits |= {word for form, word in wanted.items() if form in data}
    return hits


def forms(word: str) -> list[bytes]:
    return [word.encode(), word.encode("utf-16-le"), json.dumps(word)[1:-1].encode(), word.encode("cp932", "replace")]
