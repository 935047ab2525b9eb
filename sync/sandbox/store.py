"""What the outside world remembers: one SQLite file, so that a restart keeps every inbox."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

InboxChannel = Literal["line", "sms", "email", "app"]

_TABLES = """
CREATE TABLE IF NOT EXISTS letter (
    n INTEGER PRIMARY KEY AUTOINCREMENT, member TEXT NOT NULL, channel TEXT NOT NULL, outgoing INTEGER NOT NULL,
    sender TEXT NOT NULL, reply_to TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, links TEXT NOT NULL,
    at TEXT NOT NULL, raw BLOB, extra TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS letter_of_member ON letter (member, n);
CREATE TABLE IF NOT EXISTS line_blocked (user_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS line_accepted (
    request_id TEXT PRIMARY KEY, retry_key TEXT, sent TEXT NOT NULL, ticks REAL NOT NULL, month TEXT NOT NULL,
    counted INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS line_accepted_key ON line_accepted (retry_key);
CREATE TABLE IF NOT EXISTS line_reply (token TEXT PRIMARY KEY, user_id TEXT NOT NULL, ticks REAL NOT NULL);
CREATE TABLE IF NOT EXISTS line_link_token (token TEXT PRIMARY KEY, user_id TEXT NOT NULL, ticks REAL NOT NULL);
CREATE TABLE IF NOT EXISTS line_friend (user_id TEXT PRIMARY KEY, member TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS line_content (message_id TEXT PRIMARY KEY, type TEXT NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sms (
    sid TEXT PRIMARY KEY, resource TEXT NOT NULL, callback TEXT NOT NULL, plan TEXT NOT NULL, next_ticks REAL);
CREATE TABLE IF NOT EXISTS parcel (
    n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, lane TEXT NOT NULL, payload TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, due_ticks REAL NOT NULL, outcome TEXT NOT NULL DEFAULT 'waiting');
CREATE INDEX IF NOT EXISTS parcel_waiting ON parcel (outcome, lane, n);
"""


@dataclass(frozen=True)
class Letter:
    """One message on a customer's phone: received, or sent by her (`outgoing`)."""

    member: str
    channel: InboxChannel
    sender: str
    text: str
    at: datetime
    outgoing: bool = False
    reply_to: str = ""
    subject: str = ""
    links: tuple[str, ...] = ()
    raw: bytes | None = field(default=None, repr=False)
    """Mail as it came over the wire, byte for byte; the picture that she sends with it, where she sends one."""
    extra: dict[str, Any] = field(default_factory=dict)
    n: int = 0
    """Its number, growing in order of arrival; 0 before it is kept."""


class Store:
    """The file behind the outside world. One thread uses it; each method is one transaction."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(":memory:" if path is None else path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what happens inside together, or nothing of it. Nested use joins the outer one."""
        if self._db.in_transaction:
            yield self._db
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()

    def keep(self, letter: Letter) -> int:
        """Put a message on a phone and return its number."""
        values = (
            letter.member, letter.channel, letter.outgoing, letter.sender, letter.reply_to, letter.subject, letter.text,
            json.dumps(letter.links), letter.at.isoformat(), letter.raw, json.dumps(letter.extra, ensure_ascii=False),
        )  # fmt: skip
        columns = "member, channel, outgoing, sender, reply_to, subject, text, links, at, raw, extra"
        with self.transaction() as db:
            cursor = db.execute(f"INSERT INTO letter ({columns}) VALUES (?,?,?,?,?,?,?,?,?,?,?)", values)  # noqa: S608  # nosec B608
        return int(cursor.lastrowid or 0)

    def letters(self, member: str) -> list[Letter]:
        """Return what is on a phone, oldest first."""
        return [_letter(row) for row in self.rows("SELECT * FROM letter WHERE member = ? ORDER BY n", (member,))]

    def letter(self, member: str, n: int) -> Letter | None:
        rows = self.rows("SELECT * FROM letter WHERE member = ? AND n = ?", (member, n))
        return _letter(rows[0]) if rows else None

    def last_mail(self, member: str) -> Letter | None:
        """Return the newest mail this customer received."""
        rows = self.rows(
            "SELECT * FROM letter WHERE member = ? AND channel = 'email' AND NOT outgoing ORDER BY n DESC LIMIT 1",
            (member,),
        )
        return _letter(rows[0]) if rows else None


def _letter(row: sqlite3.Row) -> Letter:
    return Letter(
        member=row["member"],
        channel=row["channel"],
        sender=row["sender"],
        text=row["text"],
        at=datetime.fromisoformat(row["at"]),
        outgoing=bool(row["outgoing"]),
        reply_to=row["reply_to"],
        subject=row["subject"],
        links=tuple(json.loads(row["links"])),
        raw=row["raw"],
        extra=json.loads(row["extra"]),
        n=row["n"],
    )
