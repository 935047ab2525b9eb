"""Finds customers by what staff type. The index exists in memory only: names never reach the disk in clear."""

import sqlite3
import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sync.sealed.names import digits, fold, is_number, romaji, romaji_prefix

PEOPLE = ("people", "image")
"""Kind and id to which the sealed image of the index is bound."""
_NAME, _ROMAJI, _PHONE, _PHONE_END, _NUMBER = "n", "r", "p", "e", "m"
_SHORTEST_PHONE_END = 3
_ONE_WORD, _SEVERAL = 300, 5000
"""Hits looked at, in order of their writing: a single common syllable has thousands, of which nobody reads more than a
page; of several words each must still hold for hits far down the other's list."""
_TABLES = """
CREATE TABLE token (token TEXT, number INTEGER, PRIMARY KEY (token, number)) WITHOUT ROWID;
CREATE TABLE customer (number INTEGER PRIMARY KEY, id TEXT UNIQUE, reading TEXT, tokens TEXT);
"""


class CustomerIndex:
    """Tokens of 20,000 customers in an in-memory SQLite table, searched by prefix. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._conn = sqlite3.connect(":memory:", check_same_thread=False)
        self._conn.executescript(_TABLES)

    def clear(self) -> None:
        with self._lock, self._conn:
            self._conn.execute("DELETE FROM token")
            self._conn.execute("DELETE FROM customer")

    def close(self) -> None:
        with self._lock:
            self._conn.close()

    def image(self) -> bytes:
        """Return the whole index as bytes that `load` takes."""
        with self._lock:
            return self._conn.serialize()

    def load(self, image: bytes) -> None:
        """Become what `image` holds. Raises `sqlite3.DatabaseError` where it is no such image."""
        with self._lock:
            self._conn.deserialize(image)
            self._conn.execute("SELECT max(number) FROM customer").fetchone()

    def update(self, customers: Iterable[Mapping[str, Any]], gone: Iterable[str] = ()) -> None:
        """Take in customers in their wire form, replacing what was known of them, and drop those that are gone."""
        customers = list(customers)
        drop = [str(data["id"]) for data in customers] + list(gone)
        with self._lock, self._conn:
            self._drop(drop)
            last = self._conn.execute("SELECT coalesce(max(number), 0) FROM customer").fetchone()[0]
            people, tokens = [], []
            for number, data in enumerate(customers, start=last + 1):
                found = _tokens(data)
                people.append((number, str(data["id"]), _reading(data), "\n".join(found)))
                tokens += [(token, number) for token in found]
            self._conn.executemany("INSERT OR REPLACE INTO customer VALUES (?, ?, ?, ?)", people)
            self._conn.executemany("INSERT OR IGNORE INTO token VALUES (?, ?)", sorted(tokens))

    def fill(self, customers: Iterable[Mapping[str, Any]]) -> None:
        """Take in many customers at once, into an empty index: the tokens are sorted before they are stored."""
        with self._lock, self._conn:
            self._conn.execute("CREATE TEMP TABLE unsorted (token TEXT, number INTEGER)")
            people: list[tuple[int, str, str, str]] = []
            tokens: list[tuple[str, int]] = []

            def store() -> None:
                self._conn.executemany("INSERT INTO customer VALUES (?, ?, ?, ?)", people)
                self._conn.executemany("INSERT INTO unsorted VALUES (?, ?)", tokens)
                people.clear()
                tokens.clear()

            for number, data in enumerate(customers, start=1):
                found = _tokens(data)
                people.append((number, str(data["id"]), _reading(data), "\n".join(found)))
                tokens += [(token, number) for token in found]
                if len(people) == 1000:
                    store()
            store()
            self._conn.execute("INSERT INTO token SELECT token, number FROM unsorted ORDER BY token, number")
            self._conn.execute("DROP TABLE unsorted")

    def _drop(self, customer_ids: Iterable[str]) -> None:
        if self._conn.execute("SELECT 1 FROM customer LIMIT 1").fetchone() is None:
            return
        for customer_id in customer_ids:
            row = self._conn.execute("SELECT number, tokens FROM customer WHERE id = ?", (customer_id,)).fetchone()
            if row is not None:
                self._conn.executemany(
                    "DELETE FROM token WHERE token = ? AND number = ?",
                    [(token, row[0]) for token in row[1].split("\n")],
                )
                self._conn.execute("DELETE FROM customer WHERE number = ?", (row[0],))

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
                    "SELECT id FROM customer JOIN token USING (number) WHERE token = ?", (kind + token,)
                )
            ]
        return sorted({row[0] for row in rows})

    def _matches(self, word: str, at_most: int) -> dict[int, int]:
        found: dict[int, int] = {}
        for kind, prefix in _prefixes(word):
            with self._lock:
                rows = self._conn.execute(
                    "SELECT number, length(token) - 1 FROM token WHERE token >= ? AND token < ? LIMIT ?",
                    (kind + prefix, kind + prefix + "\U0010ffff", at_most),
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


def _reading(data: Mapping[str, Any]) -> str:
    names = (data.get("family_kana") or data.get("family_name") or "", data.get("given_kana") or "")
    return "\t".join(map(_folded, names))


def _tokens(data: Mapping[str, Any]) -> list[str]:
    family, given = _folded(data.get("family_name") or ""), _folded(data.get("given_name") or "")
    family_kana, given_kana = _folded(data.get("family_kana") or ""), _folded(data.get("given_kana") or "")
    # a name that is written in Latin letters is found by its plain spelling too, and in either order
    family_latin, given_latin = _latin(family_kana or family), _latin(given_kana or given)
    phone = digits(data.get("phone") or "")
    found = {
        _NAME: (family, given, family + given, family_kana, given_kana, family_kana + given_kana),
        _ROMAJI: (family_latin, given_latin, family_latin + given_latin, given_latin + family_latin),
        _NUMBER: (fold(data.get("member_number") or ""),),
        _PHONE: (phone,),
        _PHONE_END: (phone[::-1],),
    }
    return [kind + token for kind, tokens in found.items() for token in dict.fromkeys(tokens) if token]


# people share their names: most of 20,000 customers are folded by looking it up
_folded = lru_cache(maxsize=8192)(fold)
_latin = lru_cache(maxsize=8192)(romaji)
