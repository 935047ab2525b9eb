"""Writes the import files as another system would export them: CSV in UTF-8, lists a|b, dicts k=v|k=v, ISO 8601 times."""

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any


def cell(value: Any) -> str:
    """Return a value as it stands in a cell; what is not known is an empty cell."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, dict):
        return "|".join(f"{key}={item}" for key, item in value.items())
    if isinstance(value, (tuple, list)):
        return "|".join(map(str, value))
    return str(value)


def write_csv(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows under all the field names that they have; return how many there are. Lines end in CR LF (RFC 4180)."""
    rows = list(rows)
    header = list(dict.fromkeys(name for row in rows for name in row))
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([cell(row.get(name)) for name in header] for row in rows)
    path.write_bytes(out.getvalue().encode())
    return len(rows)


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON that a person can read."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
