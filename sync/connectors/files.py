"""Import files: a folder of CSV (also as Japanese Excel writes it) and JSON Lines, read row by row.

Each file is named for what it holds (`customers.csv`, `stock.jsonl`, ...). CSV has a header of field names, see
`sync.model.source`; the customer's names are columns of their own; a list is `a|b`, a dictionary `k=v|k=v`; an empty cell
says nothing. A line of JSON Lines is one fact with its `ref` nested. Nothing in a file makes this raise: it is an
error of its row.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from sync.connectors.base import FACTS, errors_of, holds_only_text, row_error
from sync.connectors.csv_facts import Table
from sync.connectors.csv_rows import LONGEST_LINE, split_rows
from sync.model.source import AnyFact
from sync.ports import Parsed, RowError

TYPES = {
    "retailer": "retailer",
    "shops": "shop",
    "staff": "staff",
    "shifts": "shift",
    "products": "product",
    "variants": "variant",
    "stock": "stock",
    "customers": "customer",
    "identities": "identity",
    "consents": "consent",
    "orders": "order",
    "browse": "browse",
    "appointments": "appointment",
    "visits": "visit",
    "interactions": "interaction",
    "messages": "message",
    "contacts": "contact",
}
"""File name to type of fact, those first that others refer to."""
ONLY_JSON = frozenset({"orders", "identities"})
"""Facts with parts that a flat row cannot say."""
_SAMPLE = 4 * 1024 * 1024
_TABLES = frozenset({".csv", ".jsonl", ".tsv", ".xls", ".xlsx"})
_ONLY_JSON = "is only read as JSON Lines (.jsonl): a flat row cannot say all of it"
_NO_SUCH_NAME = f"is not called as an import file is: {', '.join(TYPES)}, each .csv or .jsonl"


class FolderReader:
    """See `sync.ports.FactReader`."""

    names: Sequence[str] = tuple(TYPES)

    def files(self, path: Path) -> Sequence[Path]:
        """Return the import files of a folder in the order of `TYPES`, CSV before JSON Lines; of one such file, itself."""
        folder = path if path.is_dir() else path.parent
        wanted = (
            folder / f"{stem}{suffix}"
            for stem in TYPES
            for suffix in (".csv", ".jsonl")
            if not (suffix == ".csv" and stem in ONLY_JSON)
        )
        return [each for each in wanted if each.is_file() and (folder == path or each == path)]

    def left_out(self, folder: Path) -> Sequence[tuple[Path, str]]:
        """Return the tables in a folder that `files` passes over, each with why: a name that is nearly right is no reason
        to lose a file in silence."""
        taken = set(self.files(folder))
        return [
            (path, _ONLY_JSON if path.suffix == ".csv" and path.stem in ONLY_JSON else _NO_SUCH_NAME)
            for path in sorted(folder.iterdir())
            if path.suffix.lower() in _TABLES and path.is_file() and path not in taken
        ]

    def count(self, path: Path) -> int:
        """Return about how many rows the file has (its line ends, less the header's)."""
        with path.open("rb") as file:
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        return max(0, lines - (path.suffix == ".csv"))

    def read(self, path: Path, size: int = 1000) -> Iterator[Parsed]:
        """Yield the file in stretches of at most `size` rows. Raises KeyError for a file whose name says nothing."""
        fact_type = TYPES[path.stem]
        facts: list[tuple[int, AnyFact]] = []
        errors: list[RowError] = []
        rows = _csv(path, fact_type) if path.suffix == ".csv" else _json_lines(path, fact_type)
        for count, (number, fact, problems) in enumerate(rows, 1):
            if fact is not None:
                facts.append((number, fact))
            errors += problems
            if count % size == 0:
                yield Parsed(facts=tuple(facts), errors=tuple(errors))
                facts, errors = [], []
        if facts or errors:
            yield Parsed(facts=tuple(facts), errors=tuple(errors))


_Read = Iterator[tuple[int, AnyFact | None, list[RowError]]]


def _csv(path: Path, fact_type: str) -> _Read:
    rows = split_rows(_lines(path))
    header = next(rows, None)
    if header is None or header.problem:
        yield 1, None, [row_error(1, "header", header.problem if header else "is missing: the file is empty")]
        return
    table = Table(fact_type, header.cells)
    if table.errors:
        yield 1, None, table.errors
    if table.usable:
        for row in rows:
            yield row.number, *table.read(row)


def _json_lines(path: Path, fact_type: str) -> _Read:
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            yield number, *_json_fact(number, line, fact_type)


def _json_fact(number: int, line: str, fact_type: str) -> tuple[AnyFact | None, list[RowError]]:
    if len(line) >= LONGEST_LINE:
        return None, [row_error(number, "row", "is too long")]
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None, [row_error(number, "row", "is not JSON")]
    if not isinstance(value, dict):
        return None, [row_error(number, "row", "is not a JSON object")]
    problem = holds_only_text(value)
    if problem:
        return None, [row_error(number, "row", problem)]
    if value.get("type", fact_type) != fact_type:
        return None, [row_error(number, "type", f"is not {fact_type}, which this file is for")]
    try:
        fact: AnyFact = FACTS[fact_type].validate_python({"source": "files", **value, "type": fact_type})
    except ValidationError as error:
        return None, errors_of(number, error)
    return fact, []


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text file in whichever encoding it is; bytes that are no text become half characters."""
    encoding = encoding_of(path)
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        while line := file.readline(LONGEST_LINE):
            yield line.replace("\ufffd", "\udcff") if errors == "replace" else line
            while len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
                line = file.readline(LONGEST_LINE)  # the rest of a line that no row is


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file: by its mark, else UTF-8 where most of its lines are, else what Excel writes."""
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        if start.startswith(b"\xef\xbb\xbf"):
            return "utf-8-sig"
        if len(start) == 4 and start[1] == start[3] == 0 and start[0] and start[2]:
            return "utf-16-le"
        if len(start) == 4 and start[0] == start[2] == 0 and start[1] and start[3]:
            return "utf-16-be"
        return _by_lines(file)


def _by_lines(file: BinaryIO) -> str:
    unicode = japanese = 0
    for line in file.readlines(_SAMPLE):
        if line.isascii():
            continue
        if _decodes(line, "utf-8"):
            unicode += 1
        elif _decodes(line, "cp932"):
            japanese += 1
    return "cp932" if japanese > unicode else "utf-8"


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
