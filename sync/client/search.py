"""Finds customers by what staff type. The index exists in memory only: names never reach the disk in clear."""

import sqlite3
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from sync.client.names import digits, fold, is_number, romaji, romaji_prefix

_NAME, _ROMAJI, _PHONE, _PHONE_END, _NUMBER = "n", "r", "p", "e", "m"
_SHORTEST_PHONE_END = 3
_ONE_WORD, _SEVERAL = 300, 5000
"""Hits looked at, in order of their writing: a single common syllable has thousands, of which nobody reads more than a
page; of several words each must still hold for hits far down the other's list."""


class CustomerIndex:
    """Tokens of 20,000 customers in an in-memory SQLite table, searched by prefix. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._conn = sqlite3.connect(":memory:", check_same_thread=False)
        self._conn.executescript(
            """
            CREATE TABLE token (type TEXT, token TEXT, number INTEGER, PRIMARY KEY (type, token, number)) WITHOUT ROWID;
            CREATE INDEX token_by_number ON token (number);
            CREATE TABLE customer (number INTEGER PRIMARY KEY, id TEXT UNIQUE, reading TEXT);
            """
        )

    def clear(self) -> None:
        with self._lock, self._conn:
            self._conn.execute("DELETE FROM token")
            self._conn.execute("DELETE FROM customer")

    def update(self, customers: Iterable[Mapping[str, Any]], gone: Iterable[str] = ()) -> None:
        """Take in customers in their wire form, replacing what was known of them, and drop those that are gone."""
        customers = list(customers)
        drop = [(str(data["id"]),) for data in customers] + [(customer_id,) for customer_id in gone]
        with self._lock, self._conn:
            known = self._conn.execute("SELECT count(*) FROM customer").fetchone()[0]
            if known:
                self._conn.executemany(
                    "DELETE FROM token WHERE number = (SELECT number FROM customer WHERE id = ?)", drop
                )
                self._conn.executemany("DELETE FROM customer WHERE id = ?", drop)
            number = self._conn.execute("SELECT coalesce(max(number), 0) FROM customer").fetchone()[0]
            people, tokens = [], []
            for number, data in enumerate(customers, start=number + 1):  # noqa: B020 - continues the numbering
                found = _tokens(data)
                reading = fold(
                    f"{data.get('family_kana') or data.get('family_name', '')}\u3000{data.get('given_kana', '')}"
                )
                people.append((number, str(data["id"]), reading))
                tokens += [(kind, token, number) for kind, token in found]
            self._conn.executemany("INSERT OR REPLACE INTO customer VALUES (?, ?, ?)", people)
            self._conn.executemany("INSERT OR IGNORE INTO token VALUES (?, ?, ?)", sorted(tokens))

    def search(self, text: str, limit: int) -> list[str]:
        """Return ids, best first: whole names before beginnings, every typed word matched, then by reading."""
        scores: dict[int, int] | None = None
        words = _words(text)
        for word in words:
            found = self._matches(word, _ONE_WORD if len(words) == 1 else _SEVERAL)
            scores = found if scores is None else {n: s + found[n] for n, s in scores.items() if n in found}
            if not scores:
                return []
        if not scores:
            return []
        with self._lock:
            marks = ",".join("?" * len(scores))
            people = self._conn.execute(
                f"SELECT number, id, reading FROM customer WHERE number IN ({marks})",  # noqa: S608 - question marks
                list(scores),
            ).fetchall()
        people.sort(key=lambda row: (scores[row[0]], row[2], row[1]))
        return [row[1] for row in people[:limit]]

    def exact(self, text: str) -> list[str]:
        """Return the ids whose member number or whole telephone number is just this."""
        wanted = [(_NUMBER, fold(text))]
        if is_number(text):
            wanted.append((_PHONE, digits(text)))
        with self._lock:
            rows = [
                row
                for kind, token in wanted
                if token
                for row in self._conn.execute(
                    "SELECT id FROM customer JOIN token USING (number) WHERE type = ? AND token = ?", (kind, token)
                )
            ]
        return sorted({row[0] for row in rows})

    def _matches(self, word: str, at_most: int) -> dict[int, int]:
        found: dict[int, int] = {}
        for kind, prefix in _prefixes(word):
            with self._lock:
                rows = self._conn.execute(
                    "SELECT number, length(token) FROM token WHERE type = ? AND token >= ? AND token < ? LIMIT ?",
                    (kind, prefix, prefix + "\U0010ffff", at_most),
                ).fetchall()
            for number, length in rows:
                score = 0 if length == len(prefix) else 1
                found[number] = min(score, found.get(number, 9))
        return found


def _words(text: str) -> list[str]:
    if is_number(text):
        return [text]
    return [word for word in text[:200].split() if fold(word)][:6]


def _prefixes(word: str) -> list[tuple[str, str]]:
    folded = fold(word)
    prefixes = [(_NUMBER, folded)]
    if is_number(word):
        typed = digits(word)
        prefixes.append((_PHONE, typed))
        if len(typed) >= _SHORTEST_PHONE_END:
            prefixes.append((_PHONE_END, typed[::-1]))
    else:
        prefixes.append((_NAME, folded))
        if all(char < "\u0250" for char in folded):
            prefixes.append((_ROMAJI, romaji_prefix(folded)))
    return [(kind, prefix) for kind, prefix in prefixes if prefix]


def _tokens(data: Mapping[str, Any]) -> set[tuple[str, str]]:
    family, given = fold(data.get("family_name") or ""), fold(data.get("given_name") or "")
    family_kana, given_kana = fold(data.get("family_kana") or ""), fold(data.get("given_kana") or "")
    names = {family, given, family + given, given + family}
    kana = {family_kana, given_kana, family_kana + given_kana, given_kana + family_kana}
    found = {(_NAME, token) for token in names | kana}
    # a name written in Latin letters is found by its plain spelling too
    found |= {(_ROMAJI, romaji(token)) for token in names | kana}
    found.add((_NUMBER, fold(data.get("member_number") or "")))
    phone = digits(data.get("phone") or "")
    found |= {(_PHONE, phone), (_PHONE_END, phone[::-1])}
    return {(kind, token) for kind, token in found if token}
