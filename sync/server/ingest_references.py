"""The shops, people and goods that facts refer to by the retailer's own codes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from sync.ids import imported_id
from sync.model.base import Record
from sync.model.catalogue import Product, Variant
from sync.model.shop import Shop, Staff
from sync.model.source import AnyFact, BrowseFact, Fact, OrderFact
from sync.server.repository.records import Records


class Reference(NamedTuple):
    """One code in a fact: of what kind it is, in which field it stands, and whether the fact means nothing without it."""

    kind: str
    code: str
    field: str
    needed: bool = True


_CODES = (
    ("shop_code", "shop"),
    ("home_shop_code", "shop"),
    ("staff_code", "staff"),
    ("person_in_charge_code", "staff"),
    ("product_code", "product"),
    ("sku", "variant"),
)
_LISTS = (("helps_shop_codes", "shop"), ("product_codes", "product"))
_WHAT = {"shop": "shop", "staff": "member of staff", "product": "product", "variant": "article"}
_TYPES: dict[str, type[Record]] = {"shop": Shop, "staff": Staff, "product": Product, "variant": Variant}


def references_of(fact: AnyFact) -> Iterator[Reference]:
    """Yield every code of the fact that means another record (not the one it is about)."""
    order = isinstance(fact, OrderFact)
    browse = isinstance(fact, BrowseFact)
    for field, kind, many in _fields(type(fact)):
        found = getattr(fact, field)
        for code in found if many else (found,):
            if code:
                # What she looked at may have left the catalogue, and a till may know people we do not.
                yield Reference(kind, code, field, not browse and not (order and kind == "staff"))
    if isinstance(fact, OrderFact):
        for index, line in enumerate(fact.lines):
            yield Reference("variant", line.sku, f"lines.{index}.sku")


@cache
def _fields(cls: type[Fact]) -> tuple[tuple[str, str, bool], ...]:
    """Return which fields of a fact hold codes: name, kind, and whether it is a list."""
    about = cls.model_fields["type"].default
    return tuple(
        (field, kind, many)
        for codes, many in ((_CODES, False), (_LISTS, True))
        for field, kind in codes
        if field in cls.model_fields and kind != about
    )


class References:
    """What codes mean, within one transaction."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._found: dict[str, dict[str, Record]] = {kind: {} for kind in _TYPES}
        self._ids: dict[tuple[str, str], str] = {}

    def load(self, facts: Iterable[AnyFact]) -> None:
        """Read everything these facts refer to, in one question for each kind."""
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for fact in facts:
            for reference in references_of(fact):
                name = (reference.kind, reference.code)
                if name not in self._ids:
                    self._ids[name] = record_id = imported_id(*name)
                    wanted[reference.kind].add(record_id)
        for kind, ids in wanted.items():
            self._found[kind].update(self._records.get_many(kind, ids))
        variants = self._found["variant"].values()
        products = {variant.product_id for variant in variants if isinstance(variant, Variant)}
        missing = products - self._found["product"].keys()
        if missing:
            self._found["product"].update(self._records.get_many("product", missing))

    def missing(self, fact: AnyFact) -> list[tuple[Reference, str]]:
        """Return what a loaded fact refers to that is not there, each with words for it."""
        return [
            (reference, f"names a {_WHAT[reference.kind]} that is not known")
            for reference in references_of(fact)
            if self._ids[reference.kind, reference.code] not in self._found[reference.kind]
        ]

    def id_of(self, kind: str, code: str) -> str | None:
        """Return the id of what a code means, or None where it means nothing that is there."""
        record_id = self._ids.get((kind, code))
        return record_id if record_id in self._found[kind] else None

    def needed(self, kind: str, code: str) -> str:
        """Return the id of what a code means; only for facts of which nothing needed is missing."""
        record_id = self.id_of(kind, code)
        assert record_id is not None, f"the {kind} of a checked fact is there"
        return record_id

    def variant(self, sku: str) -> Variant | None:
        found = self._found["variant"].get(self._ids.get(("variant", sku), ""))
        return found if isinstance(found, Variant) else None

    def product(self, product_id: str | None) -> Product | None:
        found = self._found["product"].get(product_id) if product_id else None
        return found if isinstance(found, Product) else None
