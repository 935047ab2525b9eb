# ruff: noqa: ARG002 - the shape of the real one
"""The records of practice: the shop's own goods and colleagues as they are, customers invented, and nothing written anywhere."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from clienteling.device import Cache
from sync.client.overlay import Overlay
from sync.model.base import Record
from sync.model.customer import Customer
from sync.model.holds import Hold

OF_THE_HOUSE = frozenset({"product", "variant", "stock_level", "shop", "staff", "retailer", "shift"})
"""Kinds that speak of no customer: these alone are read from the tablet's real cache."""


class PracticeCache:
    """Answers what is of the house from the real cache, and of customers from memory."""

    def __init__(self, house: Cache, records: Iterable[Record]) -> None:
        self._house = house
        self._own = {(one.kind, one.id): one for one in records}
        self.overlay = Overlay(lambda kind, record_id: self._own.get((kind, record_id)))
        for name in ("retailer", "playbook", "shops", "staff", "shifts", "product", "products", "variants_of", "stock_of",
                     "search_products", "find_products", "variant_of_jan", "variants", "stock_everywhere", "freshness"):  # fmt: skip
            setattr(self, name, getattr(house, name))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)  # whatever else the real cache can do, practice cannot

    def customer_range(self, customer_id: str) -> Sequence[Record]:
        found = {key: one for key, one in self._own.items() if _owner(one) == customer_id}
        return list({**found, **self.overlay.of_customer(customer_id)}.values())

    def records(self, kind: str, since: datetime | None = None, until: datetime | None = None) -> Sequence[Record]:
        if kind in OF_THE_HOUSE:
            return self._house.records(kind, since, until)
        found = {key: one for key, one in self._own.items() if key[0] == kind}
        return [one for one in {**found, **self.overlay.of_kind(kind)}.values() if _within(one, since, until)]

    def record(self, kind: str, record_id: str) -> Record | None:
        if kind in OF_THE_HOUSE:
            return self._house.record(kind, record_id)
        return self.overlay.record(kind, record_id) or self._own.get((kind, record_id))

    def search_customers(self, text: str, limit: int = 20) -> Sequence[Customer]:
        wanted = text.replace(" ", "")
        people = [one for one in self.records("customer") if isinstance(one, Customer)]
        return [one for one in people if wanted in f"{one.name} {one.kana} {one.member_number}".replace(" ", "")][
            :limit
        ]

    def holds_of(self, variant_ids: Iterable[str]) -> Sequence[Any]:
        wanted = set(variant_ids)  # its own only: real ones say for whom
        return [one for one in self.records("hold") if isinstance(one, Hold) and one.variant_id in wanted]

    def unanswered(self, customer_id: str) -> set[str]:
        return set()

    def fetched_at(self, customer_id: str) -> datetime | None:
        return None


def _owner(record: Record) -> str | None:
    return record.id if isinstance(record, Customer) else getattr(record, "customer_id", None)


def _within(record: Record, since: datetime | None, until: datetime | None) -> bool:
    at = record.sort_at
    return at is None or ((since is None or at >= since) and (until is None or at < until))


__all__ = ["OF_THE_HOUSE", "PracticeCache"]
