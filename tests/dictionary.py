"""Trains the compression dictionary of sealed records: `python -m tests.dictionary data/demo`.

It ships with the program in clear, and a dictionary holds pieces of what it was trained on: so it is trained on the sample
retailer's invented people alone. A blob names its dictionary by number; one that was shipped is never replaced, a new one
gets the next number (`sync.sealed.vault`).
"""

import json
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import zstandard

from sync.policy.assets import assets_folder
from sync.sandbox.config import Folders

SIZE = 32_768
"""Bytes. Twice as much saved 4% more of the records' size, half as much lost 1%."""
RECORDS = 8000


def train(demo: Path) -> bytes:
    """Return a dictionary trained on the records of a demo's server, as SQLite and as PostgreSQL write them."""
    if not Folders(demo).config.exists():
        raise SystemExit(f"{demo} is no demo: a dictionary is trained on the sample retailer only.")
    with closing(sqlite3.connect(demo / "server" / "clienteling.db")) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        owned = [
            t
            for t in tables
            if "data" in (columns := [c[1] for c in db.execute(f"PRAGMA table_info({t})")]) and "v" in columns
        ]
        records = [json.loads(row[0]) for table in owned for row in db.execute(f"SELECT data FROM {table}")]
    chosen = random.Random(7).sample(records, min(RECORDS, len(records)))
    compact: list[bytes | bytearray | memoryview] = [
        json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() for one in chosen
    ]
    spaced: list[bytes | bytearray | memoryview] = [json.dumps(one, ensure_ascii=False).encode() for one in chosen[::4]]
    return zstandard.train_dictionary(SIZE, compact + spaced, level=1).as_bytes()


if __name__ == "__main__":
    (assets_folder() / "sealed" / "records-1.zdict").write_bytes(train(Path(sys.argv[1])))
