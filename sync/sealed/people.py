"""Finds customers by what staff type. The index exists in memory only: names never reach the disk in clear."""

import hashlib
import sqlite3
import sys
import threading
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from struct import pack, unpack
from typing import Any

from sync.sealed.names import digits, fold, is_number, romaji, romaji_prefix

PEOPLE = ("people", "image")
"""Kind and id to which the sealed image of the index is bound."""
_FAMILY, _GIVEN, _FAMILY_ROMAJI, _GIVEN_ROMAJI, _PHONE, _PHONE_END, _NUMBER = "f", "n", "q", "r", "p", "e", "m"
_LATER = frozenset({_GIVEN, _GIVEN_ROMAJI})
"""Kinds whose beginnings come after the others': whoever types a syllable or two begins the name by which people are called,
and of a syllable that begins a thousand given names nobody would see the families."""
_SHORTEST_PHONE_END = 3
_ONE_WORD, _SEVERAL = 300, 5000
"""Hits looked at, in order of their writing: a single common syllable has thousands, of which nobody reads more than a
page; of several words each must still hold for hits far down the other's list."""
_TABLES = """
CREATE TABLE token (token TEXT PRIMARY KEY, numbers BLOB) WITHOUT ROWID;
CREATE TABLE customer (number INTEGER PRIMARY KEY, id TEXT UNIQUE, reading TEXT, mark INTEGER);
"""
"""Whoever shares a token stands in one row of it, by numbers of four bytes in their order: a row for each of them took twice the
memory, and twice the time to open."""
_ADD = "INSERT INTO token VALUES (?, ?) ON CONFLICT (token) DO UPDATE SET numbers = append(numbers, excluded.numbers)"

_OVERWRITE = "PRAGMA secure_delete=ON"
"""What is deleted must not stay in the free pages of an image."""


class CustomerIndex:
    """Tokens of 20,000 customers in an in-memory SQLite table, searched by prefix. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._conn = sqlite3.connect(":memory:", check_same_thread=False)
        self._conn.create_function("append", 2, _append, deterministic=True)
        self._conn.executescript(_TABLES)
        self._conn.execute(_OVERWRITE)
        self._renamed = False
        """Whether tokens may point to numbers that are nobody's any more."""

    def clear(self) -> None:
        with self._lock, self._conn:
            self._conn.execute("DELETE FROM token")
            self._conn.execute("DELETE FROM customer")

    def close(self) -> None:
        with self._lock:
            self._conn.close()

    def image(self) -> bytes:
        """Return the whole index as bytes that `of` takes."""
        with self._lock:
            if self._renamed:
                with self._conn:
                    self._sweep()
                self._renamed = False
            return self._conn.serialize()

    @classmethod
    def of(cls, image: bytes) -> "CustomerIndex":
        """Return an index that holds what `image` does. Raises `sqlite3.DatabaseError` where it is no such image."""
        index = cls()
        index._conn.deserialize(image)
        index._conn.execute(_OVERWRITE)
        index._conn.execute("SELECT max(number) FROM customer").fetchone()
        return index

    def become(self, other: "CustomerIndex") -> None:
        """Become at once what `other` is, and end that one."""
        with self._lock, other._lock:
            self._conn, other._conn = other._conn, self._conn
            self._renamed = other._renamed
        other.close()

    def unlike(self, customers: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return those of these customers who are not known yet, or by other names and numbers: most changes are of points."""
        with self._lock:
            return [one for one in customers if self._mark_of(str(one["id"])) != _mark(_reading(one), _tokens(one))]

    def update(self, customers: Iterable[Mapping[str, Any]], gone: Iterable[str] = ()) -> None:
        """Take in customers in their wire form, replacing what was known of them, and drop those that are gone.

        Whoever changes gets a new number; her old tokens point to nobody until they are swept out, by `image` or when
        anybody is gone. Whoever is gone leaves nothing.
        """
        with self._lock, self._conn:
            self._drop(gone)
            last = self._conn.execute("SELECT coalesce(max(number), 0) FROM customer").fetchone()[0]
            people: dict[str, tuple[str, list[str], int]] = {}
            for data in customers:
                customer_id, reading, tokens = str(data["id"]), _reading(data), _tokens(data)
                mark, before = _mark(reading, tokens), self._mark_of(customer_id) if last else None
                if before != mark:  # most changes are of points and visits, not of names
                    people[customer_id] = reading, tokens, mark
                    self._renamed = self._renamed or before is not None
            numbered = list(enumerate(people.items(), start=last + 1))
            self._conn.executemany(
                "INSERT OR REPLACE INTO customer VALUES (?, ?, ?, ?)",
                [(n, one, reading, mark) for n, (one, (reading, _, mark)) in numbered],
            )
            numbers: dict[str, array[int]] = defaultdict(_none)
            for n, (_, (_, tokens, _)) in numbered:
                for token in tokens:
                    numbers[token].append(n)
            self._conn.executemany(_ADD, _rows(numbers))

    def fill(self, customers: Iterable[Mapping[str, Any]]) -> None:
        """Take in many customers at once, into an empty index: the tokens are sorted before they are stored."""
        with self._lock, self._conn:
            numbers: dict[str, array[int]] = defaultdict(_none)

            def people() -> Iterator[tuple[int, str, str, int]]:
                for number, data in enumerate(customers, start=1):
                    reading, tokens = _reading(data), _tokens(data)
                    for token in tokens:
                        numbers[token].append(number)
                    yield number, str(data["id"]), reading, _mark(reading, tokens)

            self._conn.executemany("INSERT INTO customer VALUES (?, ?, ?, ?)", people())
            self._conn.executemany(_ADD, _rows(numbers))

    def _mark_of(self, customer_id: str) -> int | None:
        found = self._conn.execute("SELECT mark FROM customer WHERE id = ?", (customer_id,)).fetchone()
        return found[0] if found else None

    def _drop(self, gone: Iterable[str]) -> None:
        before = self._conn.total_changes
        self._conn.executemany("DELETE FROM customer WHERE id = ?", [(one,) for one in gone])
        if self._conn.total_changes > before:
            self._sweep()

    def _sweep(self) -> None:
        """Take out of the tokens who is no more under her number: one look at every token, however many they are."""
        living = {number for (number,) in self._conn.execute("SELECT number FROM customer")}
        stay = [
            (pack(f"<{len(kept)}I", *kept), token)
            for token, numbers in self._conn.execute("SELECT token, numbers FROM token")
            if len(kept := [one for one in _numbers(numbers) if one in living]) * 4 < len(numbers)
        ]
        self._conn.executemany("UPDATE token SET numbers = ? WHERE token = ?", stay)
        self._conn.execute("DELETE FROM token WHERE numbers = x''")

    def search(self, text: str, limit: int) -> list[str]:
        """Return ids, best first: whole names before beginnings, of these families before given names, every typed word matched,
        then by reading."""
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
                f"SELECT number, id, reading FROM customer WHERE number IN ({marks})",  # noqa: S608 - question marks  # nosec B608
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
            numbers = [
                one
                for kind, token in wanted
                if token
                for (held,) in self._conn.execute("SELECT numbers FROM token WHERE token = ?", (kind + token,))
                for one in _numbers(held)
            ]
            return sorted(
                {
                    customer_id
                    for one in numbers
                    for (customer_id,) in self._conn.execute("SELECT id FROM customer WHERE number = ?", (one,))
                }
            )

    def _matches(self, word: str, at_most: int) -> dict[int, int]:
        found: dict[int, int] = {}
        for kind, prefix in _prefixes(word):
            left = at_most
            with self._lock:
                for token, held in self._conn.execute(
                    "SELECT token, numbers FROM token WHERE token >= ? AND token < ?",
                    (kind + prefix, kind + prefix + "\U0010ffff"),
                ):
                    score = 0 if len(token) == len(kind + prefix) else 2 if kind in _LATER else 1
                    numbers = _numbers(held[: 4 * left])
                    for number in numbers:
                        found[number] = min(score, found.get(number, 9))
                    left -= len(numbers)
                    if not left:
                        break
        return found


def _none() -> "array[int]":
    """Of hundreds of thousands of lists the garbage collector would look at each, again and again."""
    return array("I")


def _rows(numbers: "Mapping[str, array[int]]") -> Iterator[tuple[str, bytes]]:
    """Return what `_ADD` takes, in the order of the table."""
    if sys.byteorder == "big":
        for them in numbers.values():
            them.byteswap()
    return ((token, numbers[token].tobytes()) for token in sorted(numbers))


def _append(held: bytes, more: bytes) -> bytes:
    return held + more


def _numbers(held: bytes) -> tuple[int, ...]:
    return unpack(f"<{len(held) // 4}I", held)


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
        prefixes += ((_FAMILY, folded), (_GIVEN, folded))
        if all(char < "\u0250" for char in folded):
            latin = romaji_prefix(folded)
            prefixes += ((_FAMILY_ROMAJI, latin), (_GIVEN_ROMAJI, latin))
    return [(kind, prefix) for kind, prefix in prefixes if prefix]


def _reading(data: Mapping[str, Any]) -> str:
    names = (data.get("family_kana") or data.get("family_name") or "", data.get("given_kana") or "")
    return "\t".join(map(_folded, names))


def _mark(reading: str, tokens: list[str]) -> int:
    """Return 63 bits by which the words of one customer differ from those of before."""
    said = "\n".join((reading, *tokens)).encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big") >> 1


def _tokens(data: Mapping[str, Any]) -> list[str]:
    names = (data.get(name) or "" for name in ("family_name", "given_name", "family_kana", "given_kana"))
    found = list(_name_tokens(*names))
    number, phone = fold(data.get("member_number") or ""), digits(data.get("phone") or "")
    if number:
        found.append(_NUMBER + number)
    if phone:
        found += (_PHONE + phone, _PHONE_END + phone[::-1])
    return found


# people share their names: most of what is folded is folded by looking it up
_folded = lru_cache(maxsize=8192)(fold)
_latin = lru_cache(maxsize=8192)(romaji)


@lru_cache(maxsize=8192)
def _name_tokens(*names: str) -> tuple[str, ...]:
    """Return the tokens of family and given name, as written and as read."""
    family, given, family_kana, given_kana = map(_folded, names)
    # a name that is written in Latin letters is found by its plain spelling too, and in either order
    family_latin, given_latin = _latin(family_kana or family), _latin(given_kana or given)
    found = {
        _FAMILY: (family, family + given, family_kana, family_kana + given_kana),
        _GIVEN: (given, given_kana),
        _FAMILY_ROMAJI: (family_latin, family_latin + given_latin),
        _GIVEN_ROMAJI: (given_latin, given_latin + family_latin),
    }
    return tuple(kind + token for kind, tokens in found.items() for token in dict.fromkeys(tokens) if token)
