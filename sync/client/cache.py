"""The cache: what the server sent, sealed where it is personal, with the effects of this device's own commands over it.

Reads come from any thread and never wait for a page that is being written.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import structlog

from sync.client.cache_file import Boundary
from sync.client.cache_store import FOREVER, CacheStore
from sync.client.overlay import Key, Overlay
from sync.client.playbooks import LastPlaybook
from sync.client.products import find, typed_words
from sync.client.types import StockEverywhere
from sync.clock import micros, moment
from sync.model.base import Record
from sync.model.catalogue import Product, StockLevel, Variant
from sync.model.customer import Customer, MembershipKey
from sync.model.holds import Hold
from sync.model.kinds import RECORD_TYPES
from sync.model.shop import RetailerSettings, Shift, Shop, Staff, StaffPin
from sync.policy.nearby import stock_shops
from sync.policy.playbook import Playbook
from sync.protocol import Lying, ProductStock
from sync.sealed.names import fold
from sync.sealed.rows import checked
from sync.sealed.schema import CLEAR_KINDS

log = structlog.get_logger(__name__)

NO_CATEGORIES: Mapping[str, str] = MappingProxyType({})


class Cache(CacheStore):
    """The store, read as screens need it, with the effects of commands under way."""

    def __init__(self, path: Path, boundary: Boundary = lambda _: None) -> None:
        super().__init__(path, boundary)
        self.overlay = Overlay(self.base_record, self._merged)
        self.kept_pins: Sequence[StaffPin] = ()
        """Of no customer, and kept with the device's own key while the cache is shut."""
        self._playbooks = LastPlaybook(path.with_name("playbook.toml"))

    # -- reading

    def customer_range(self, customer_id: str) -> list[Record]:
        """Return everything of one customer, in the order kind, time, id; empty where she is not here. Who was merged is who she is
        by now, also where not all that was hers has come over yet."""
        rows = self._rows(
            "SELECT kind, id, sealed, customer_id FROM customer_range"
            " WHERE customer_id = coalesce((SELECT customer_id FROM alias WHERE id = ?1), ?1) ORDER BY kind, at, id",
            customer_id,
        )
        current = rows[0][3] if rows else customer_id
        unsealed = (self._unseal(kind, record_id, blob) for kind, record_id, blob, _ in rows)
        records = [record for record in unsealed if record is not None]
        if any(getattr(record, "customer_id", current) != current for record in records) or (
            current != customer_id and not any(customer_id in getattr(record, "aliases", ()) for record in records)
        ):
            self.damaged = True  # a row was moved to another customer: the cache is pulled again
            records = []
        laid_over = self.overlay.of_customer(customer_id)
        if not laid_over:
            return records  # the file has them in this order already
        found = {(record.kind, record.id): record for record in records} | laid_over
        return sorted(found.values(), key=lambda record: (record.kind, _sort_at(record), record.id))

    def record(self, kind: str, record_id: str) -> Record | None:
        """Return one record as it stands, or None."""
        return self.overlay.record(kind, record_id) or self.base_record(kind, record_id)

    def records(self, kind: str, since: datetime | None = None, until: datetime | None = None) -> list[Record]:
        """Return the records of a kind with since <= time < until, oldest first. Kinds without a time: all of them."""
        cls = RECORD_TYPES.get(kind)
        if cls is None:
            return []
        first = micros(since) if since is not None else -FOREVER
        last = micros(until) if until is not None else FOREVER
        laid_over = self.overlay.of_kind(kind)
        if kind in CLEAR_KINDS:
            there = list(self._clear(cls, "kind = ? AND at >= ? AND at < ? ORDER BY at, id", kind, first, last))
            if not laid_over:
                return there
        else:
            there = list(self._sealed(cls, first, last))
        found: dict[Key, Record] = {(kind, record.id): record for record in there}
        for key, record in laid_over.items():
            found.pop(key, None)
            if first <= _sort_at(record) < last:
                found[key] = record
        return sorted(found.values(), key=lambda record: (_sort_at(record), record.id))

    def _merged(self, customer_ids: Iterable[str]) -> dict[str, str]:
        asked = json.dumps(list(customer_ids))
        return dict(self._rows("SELECT id, customer_id FROM alias WHERE id IN (SELECT value FROM json_each(?))", asked))

    def unanswered(self, customer_id: str) -> set[str]:
        """Return the ids of records that so far only this device knows of, or knows to be changed."""
        return self.overlay.unanswered(customer_id)

    def retailer(self) -> RetailerSettings | None:
        return next(iter(self._clear(RetailerSettings, "kind = 'retailer' LIMIT 1")), None)

    def playbook(self) -> Playbook:
        """Return the playbook by which this device judges: the server's, as far as it can be read here."""
        return self._playbooks.of(self.retailer())

    def shops(self) -> list[Shop]:
        return self._clear(Shop, "kind = 'shop' ORDER BY id")

    def staff(self) -> list[Staff]:
        return self._clear(Staff, "kind = 'staff' ORDER BY id")

    def shifts(self) -> list[Shift]:
        return self._clear(Shift, "kind = 'shift' ORDER BY at, id")

    def product(self, product_id: str) -> Product | None:
        return next(iter(self.products([product_id])), None)

    def products(self, product_ids: Iterable[str]) -> list[Product]:
        """Return those of these products that are known, in the order asked for."""
        wanted = list(dict.fromkeys(product_ids))
        found = {one.id: one for one in self._clear(Product, f"kind = 'product' AND id IN ({_marks(wanted)})", *wanted)}
        return [found[one] for one in wanted if one in found]

    def variants_of(self, product_id: str) -> list[Variant]:
        return self._clear(Variant, "kind = 'variant' AND ref = ? ORDER BY words", product_id)

    def variants(self, variant_ids: Iterable[str]) -> list[Variant]:
        wanted = list(dict.fromkeys(variant_ids))
        return self._clear(Variant, f"kind = 'variant' AND id IN ({_marks(wanted)})", *wanted)

    def stock_of(self, variant_ids: Iterable[str]) -> list[StockLevel]:
        """Return what is known to lie anywhere of these variants."""
        wanted = list(dict.fromkeys(variant_ids))
        return self._clear(StockLevel, f"kind = 'stock_level' AND ref IN ({_marks(wanted)})", *wanted)

    def asked_stock(self, product_id: str) -> ProductStock | None:
        """Return what the server said of this product's stock in all shops when it was asked last; None after a day."""
        rows = self._rows("SELECT data FROM asked_stock WHERE product_id = ?", product_id)
        try:
            return ProductStock.model_validate_json(checked(rows[0][0])) if rows else None
        except (ValueError, TypeError):  # it is asked for again
            log.error("asked_stock_damaged")
            return None

    def stock_everywhere(self, product_id: str, shop_id: str | None) -> StockEverywhere:
        """Return where a product lies: near the shop of this device as the feed tells, beyond as the server was asked last."""
        shops = self.shops()
        own = next((one for one in shops if one.id == shop_id), None)
        near = stock_shops(own, shops) if own is not None else frozenset()
        told = self.stock_of([one.id for one in self.variants_of(product_id)])
        held = near | {one.shop_id for one in told}
        asked = self.asked_stock(product_id)
        return StockEverywhere(
            levels=(
                *(Lying(one.variant_id, one.shop_id, one.quantity, one.at) for one in told),
                *(one for one in (asked.levels if asked else ()) if one.shop_id not in held),
            ),
            beyond=frozenset(one.id for one in shops) - near,
            asked_at=asked.server_time if asked else None,
            complete=asked.complete if asked else True,
        )

    def search_customers(self, text: str, limit: int = 20) -> list[Customer]:
        """Return customers by name, kana, romaji, member number or telephone, best first."""
        return [found for one in self._index.search(text, limit) if (found := self._customer(one)) is not None]

    def exact_customers(self, text: str) -> list[str]:
        """Return the ids of customers whose member number or whole telephone number this is."""
        return self._index.exact(text)

    def search_products(self, text: str, limit: int = 20) -> list[Product]:
        """Return products of which every typed word is, or which have a variant of this colour, size, SKU or JAN."""
        return [product for product, _ in self.find_products(text, limit)]

    def find_products(
        self, text: str, limit: int = 20, categories: Mapping[str, str] = NO_CATEGORIES
    ) -> list[tuple[Product, tuple[str, ...]]]:
        """Return what `search_products` does, each with the ids of the variants that were meant. `categories` gives the
        names by which staff call each."""
        words = typed_words(text)
        if not words:
            return []
        folded = {code: fold(names) for code, names in categories.items()}
        own = self._rows("SELECT id, id, words FROM clear_record WHERE kind = 'product' ORDER BY words")
        theirs = self._rows("SELECT id, ref, words FROM clear_record WHERE kind = 'variant'")
        found = find(words, own, theirs, folded)[:limit]
        products = {one.id: one for one in self.products([each.product_id for each in found])}
        return [(products[each.product_id], each.variant_ids) for each in found if each.product_id in products]

    def variant_of_jan(self, jan: str) -> Variant | None:
        """Return what bears this JAN."""
        found = self._clear(Variant, "kind = 'variant' AND words LIKE ?", f"%{_escape(fold(jan))}%") if jan else []
        return next((one for one in found if one.jan == jan), None)

    def holds_of(self, variant_ids: Iterable[str]) -> list[Hold]:
        """Return what is spoken for of these variants, in any shop."""
        wanted = set(variant_ids)
        marks = _marks(sorted(wanted))
        there = {one.id: one for one in self._clear(Hold, f"kind = 'hold' AND ref IN ({marks})", *sorted(wanted))}
        laid_over = (one for one in self.overlay.of_kind("hold").values() if isinstance(one, Hold))
        return list((there | {one.id: one for one in laid_over if one.variant_id in wanted}).values())

    def customer_of_app(self, app_id: str) -> str | None:
        """Return whose app this is."""
        key = self.membership_key(app_id)
        return key.customer_id if key is not None else None

    def membership_key(self, app_id: str) -> MembershipKey | None:
        """Return the public key of an app. It is kept sealed: who could swap it on the disk could forge codes."""
        found = self.base_record("membership_key", app_id)
        return found if isinstance(found, MembershipKey) else None

    def staff_pin(self, staff_id: str) -> StaffPin | None:
        return next((pin for pin in self.staff_pins() if pin.staff_id == staff_id), None)

    def staff_pins(self) -> Sequence[StaffPin]:
        """Return how PINs are checked; while the cache is shut, as they were when it was: staff go on working."""
        return self._sealed(StaffPin, 0, FOREVER) if self.key_versions else self.kept_pins

    def freshness(self) -> dict[str, datetime]:
        """Return, for each kind, the server time up to which the cache knows it; empty before the first sync is done."""
        synced_at = self.position().synced_at
        return dict.fromkeys(RECORD_TYPES, synced_at) if synced_at is not None else {}

    def fetched_at(self, customer_id: str) -> datetime | None:
        """Return when a visiting customer was fetched; None for one whom the feed keeps fresh."""
        rows = self._rows("SELECT fetched_at FROM visiting WHERE customer_id = ?", customer_id)
        return moment(rows[0][0]) if rows else None

    # -- below

    def _customer(self, customer_id: str) -> Customer | None:
        found = self.record("customer", customer_id)
        return found if isinstance(found, Customer) else None


def _sort_at(record: Record) -> int:
    at = record.sort_at
    return micros(at) if at is not None else 0


def _marks(values: list[str]) -> str:
    return ",".join("?" * len(values))


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
