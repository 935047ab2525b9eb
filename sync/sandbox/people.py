"""Who the customers of the sample retailer are, and under which addresses they are reached."""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Person:
    """One customer and her phone. Addresses are empty where she has none."""

    member_number: str
    name: str
    kana: str = ""
    special: str = ""
    """What makes her worth trying, in a short sentence; empty for most."""
    special_en: str = ""
    line_user_id: str = ""
    app_token: str = field(default="", repr=False)
    """Where a push reaches the house's app on her phone."""
    phone: str = ""
    email: str = ""
    also_email: tuple[str, ...] = ()
    """Further addresses whose mail arrives on the same phone."""
    language: str = "ja"


@dataclass(frozen=True)
class Brand:
    """What the outside world knows of the retailer: the number in its codes and the names of its accounts."""

    number: int
    name: str
    line_account: str
    domain: str = ""
    """The domain of its home page, e.g. kazami.example.jp."""


def normal_phone(text: str) -> str:
    """Return a Japanese or international number in E.164, e.g. +819012345678; other text comes back bare."""
    digits = re.sub(r"[^\d+]", "", text)
    if digits.startswith("0") and not digits.startswith("00"):
        return "+81" + digits[1:]
    return digits


class People:
    """The customers in `addresses.json` and, with what is special about them, in `phones.json` of one folder.

    The files are read when first asked for and again whenever they have changed. Several customers may share a number
    or a mail address: it is then one phone, and each of them is returned.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: tuple[float, ...] = ()
        self._index = _Index([], [])

    def _now(self) -> "_Index":
        paths = [self._folder / "addresses.json", self._folder / "phones.json"]
        stamp = tuple(path.stat().st_mtime for path in paths if path.exists())
        if stamp != self._stamp:
            everybody, special = (json.loads(path.read_text()) if path.exists() else [] for path in paths)
            self._index = _Index([_person(row) for row in everybody], [_person(row) for row in special])
            self._stamp = stamp
        return self._index

    def worth_trying(self) -> list[Person]:
        return self._now().special

    def count(self) -> int:
        return len(self._now().by_number)

    def find(self, member_number: str) -> Person | None:
        return self._now().by_number.get(member_number)

    def search(self, text: str, limit: int = 30) -> list[Person]:
        """Return customers whose number, name or kana contains the text."""
        wanted = text.strip().replace(" ", "").replace("\u3000", "")
        found = (
            p for p in self._now().by_number.values() if wanted in f"{p.member_number}{p.name}{p.kana}".replace(" ", "")
        )
        return [person for person, _ in zip(found, range(limit), strict=False)] if wanted else []

    def by_line(self, user_id: str) -> list[Person]:
        return self._now().by_line.get(user_id, [])

    def by_app(self, token: str) -> list[Person]:
        return self._now().by_app.get(token, [])

    def by_phone(self, number: str) -> list[Person]:
        return self._now().by_phone.get(normal_phone(number), [])

    def by_email(self, address: str) -> list[Person]:
        return self._now().by_email.get(address.strip().casefold(), [])

    def brand(self) -> Brand:
        """Return the retailer as `retailer.csv` names it."""
        path = self._folder / "retailer.csv"
        if not path.exists():
            return Brand(number=1, name="Clienteling", line_account="Clienteling")
        with path.open(encoding="utf-8-sig", newline="") as file:
            row = next(csv.DictReader(file))
        host = urlsplit(row.get("home_page") or "").hostname or ""
        account = row.get("line_account") or row["brand"]
        return Brand(int(row["number"]), row["brand"], account, host.removeprefix("www."))


class _Index:
    def __init__(self, everybody: list[Person], special: list[Person]) -> None:
        self.special = special
        self.by_number = {person.member_number: person for person in [*everybody, *special]}

    @cached_property
    def by_line(self) -> dict[str, list[Person]]:
        return self._by(lambda person: [person.line_user_id])

    @cached_property
    def by_app(self) -> dict[str, list[Person]]:
        return self._by(lambda person: [person.app_token])

    @cached_property
    def by_phone(self) -> dict[str, list[Person]]:
        return self._by(lambda person: [normal_phone(person.phone)])

    @cached_property
    def by_email(self) -> dict[str, list[Person]]:
        return self._by(lambda person: [one.casefold() for one in (person.email, *person.also_email)])

    def _by(self, keys: Callable[[Person], list[str]]) -> dict[str, list[Person]]:
        found: dict[str, list[Person]] = {}
        for person in self.by_number.values():
            for key in filter(None, keys(person)):
                found.setdefault(key, []).append(person)
        return found


def _person(row: dict[str, Any]) -> Person:
    special = row.get("special") or ""
    words = special if isinstance(special, dict) else {"ja": special}
    plain = ("member_number", "name", "kana", "line_user_id", "app_token", "phone", "email")
    return Person(
        **{name: str(row.get(name) or "") for name in plain},
        special=str(words.get("ja") or ""),
        special_en=str(words.get("en") or ""),
        also_email=tuple(row.get("also_email") or ()),
        language=str(row.get("language") or "ja"),
    )
