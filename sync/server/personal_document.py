"""The readable one of the two documents of what is held about a customer: her language, names for ids, words for codes.

What has no meaning to a person (numbers of other records, hashes) stands in `customer.json` alone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, get_currency_precision
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sync.model.customer import Customer
from sync.model.shop import RetailerSettings
from sync.policy.assets import assets_folder
from sync.server.web.words import LANGUAGES, Words

_OMITTED = frozenset({"id", "v", "customer_id", "kind_", "tag", "attachments", "aliases", "reason"})
_FREE = frozenset({"text", "body", "subject", "comment", "query", "wording", "value", "name"})
"""Fields of people's own words, which are no codes."""
_OTHERS = ("hold", "name", "link", "attempt", "audit", "command", "code", "device", "conflict")
_INNER = ("_id", "_ids", "_hash", "_key")


@dataclass(frozen=True, slots=True)
class Held:
    """What is held about a customer."""

    customer: Customer
    retailer: RetailerSettings | None
    zone: ZoneInfo
    document: dict[str, Any]
    files: Mapping[str, bytes] = field(repr=False)
    """What she sent: path inside the folder to content."""
    names: Mapping[str, str]
    """What ids in the document mean to a person: shops, staff by their work names, products."""


@cache
def words_for(language: str) -> Words:
    """Return the document's words in a language; one that we do not write gets English."""
    return Words(tomllib.loads((assets_folder() / "export" / f"{_known(language)}.toml").read_text(encoding="utf-8")))


def readable(held: Held) -> str:
    """Return the document as HTML that runs nothing and loads nothing."""
    words, document, retailer = words_for(held.customer.language), held.document, held.retailer
    files = {each["id"]: each.get("file") for each in document["attachments"]}
    parts: list[tuple[str, list[dict[str, Any]]]] = [("customer", [document["customer"]]), *document["records"].items()]
    parts += [(kind, document["audit" if kind == "audit" else f"{kind}s"]) for kind in _OTHERS]
    # an appointment may have arrived as well, and that is said in other words
    parts = [
        (kind, [{**one, "state": f"hold_{one['state']}"} for one in of] if kind == "hold" else of) for kind, of in parts
    ]
    parts.append(("word", [{"value": "  ".join(document["words"])}] if document["words"] else []))
    writer = _Writer(held, words)
    sections = []
    for kind, rows in parts:
        shown = [
            {
                "fields": list(writer.fields(row)),
                "files": [file for each in row.get("attachments", ()) if (file := files.get(each["id"]))],
            }
            for row in rows
        ]
        sections.append({"title": words(f"kind.{kind}"), "rows": shown})
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("personal_export.html").render(
        t=words,
        house=retailer.brand if retailer else "",
        name=held.customer.name or held.customer.member_number or held.customer.id,
        made_at=writer.said("made_at", document["made_at"]),
        zone=held.zone.key,
        sections=sections,
        legal_name=retailer.legal_name if retailer else "",
        postal_address=retailer.postal_address if retailer else "",
        contact=retailer.contact if retailer else "",
    )


class _Writer:
    def __init__(self, held: Held, words: Words) -> None:
        self._held, self._words = held, words
        self._locale = _known(held.customer.language)

    def fields(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return label and value of each field of a row that says something to a person."""
        found = [(self._label(name), self.said(name, value)) for name, value in row.items() if self._tells(name, value)]
        return [(label, value) for label, value in found if value]

    def said(self, name: str, value: Any) -> str:
        """Return a value as a person reads it; empty where it is only a number of another record."""
        if isinstance(value, bool):
            return self._words("page.yes" if value else "page.no")
        if isinstance(value, str):
            return self._text(name, value)
        if isinstance(value, datetime):
            there = value.astimezone(self._held.zone) if value.tzinfo else value
            return format_datetime(there, "medium", locale=self._locale)
        if isinstance(value, date):
            return format_date(value, "medium", locale=self._locale)
        if isinstance(value, Mapping):
            if set(value) >= {"amount", "currency"}:
                return self._money(value["amount"], value["currency"])
            each = (
                (self._label(str(key)), self.said(str(key), one))
                for key, one in value.items()
                if self._tells(str(key), one)
            )
            return "; ".join(f"{label}: {text}" for label, text in each if text)
        if isinstance(value, (list, tuple)):
            return "\n".join(filter(None, (self.said(name, each) for each in value)))
        return str(value)

    def _money(self, amount: int, currency: str) -> str:
        minor = 10 ** get_currency_precision(currency)
        return str(format_currency(amount / minor, currency, locale=self._locale))

    def _tells(self, name: str, value: Any) -> bool:
        return name not in _OMITTED and value not in (None, "", [], {}, (), False)

    def _text(self, name: str, value: str) -> str:
        if name == "signature":
            return self._words("page.signature")
        if value in self._held.names:
            return self._held.names[value]
        if name.endswith(_INNER) and name != "line_user_id":
            return ""
        if name == "rank" and self._held.retailer is not None:
            return self._held.retailer.ranks.get(value, value)
        for word in () if name in _FREE else (f"code.{name}_{value}", f"code.{value}"):
            if word in self._words.names:
                return self._words(word)
        try:
            return self.said(name, datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value))
        except ValueError:
            return value

    def _label(self, name: str) -> str:
        known = f"field.{name}"
        return self._words(known) if known in self._words.names else name


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"
