"""What each fact of a retailer's own side becomes: shops, staff, shifts, catalogue, stock."""

from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sync.ids import imported_id
from sync.model.base import Record
from sync.model.catalogue import Money, Product, StockLevel, Variant
from sync.model.pin_rules import LEAST_MEMORY, LEAST_TIME
from sync.model.shop import RetailerSettings, Shift, Shop, Staff, StaffPin
from sync.model.source import (
    ProductFact,
    RetailerFact,
    ShiftFact,
    ShopFact,
    StaffFact,
    StockFact,
    VariantFact,
)
from sync.server.ingest_references import References

Known = Callable[[str, str], Any]
"""Returns the record of a kind and id as it stands in this batch, or None."""

PINS = PasswordHasher(time_cost=LEAST_TIME, memory_cost=LEAST_MEMORY, parallelism=1)
"""argon2id at OWASP's floor (19 MiB, t=2, p=1): tablets check PINs, some of them slow."""
_SAME = {"source", "source_id", "type"}
_NOT_TOLD = {"shop_code", "helps_shop_codes", "stand_in_code", "pin", "pin_hash", "real_name"}
"""What a file says of a person that is not in the record as it stands there, or in no record at all."""


def retailer(fact: RetailerFact, known: Known) -> list[Record]:
    before = known("retailer", "retailer")
    kept = before if isinstance(before, RetailerSettings) else None
    return [
        RetailerSettings(
            id="retailer",
            demo_pins=kept.demo_pins if kept and fact.demo else {},
            public_url=kept.public_url if kept else "",
            playbook=kept.playbook if kept else "",
            app_name=kept.app_name if kept else "",
            line_quota=kept.line_quota if kept else None,
            **fact.model_dump(exclude=_SAME),
        )
    ]


def shop(fact: ShopFact) -> list[Record]:
    return [Shop(id=imported_id("shop", fact.code), **fact.model_dump(exclude=_SAME))]


def staff(fact: StaffFact, references: References, known: Known) -> list[Record]:
    """A PIN is only hashed, and hashed anew only when it changed; the sample retailer's are also shown at sign-in."""
    person = Staff(
        id=imported_id("staff", fact.code),
        shop_id=references.needed("shop", fact.shop_code),
        helps_shop_ids=tuple(references.needed("shop", code) for code in fact.helps_shop_codes),
        # not asked for: two may stand in for each other, and one of them comes first
        stand_in_id=imported_id("staff", fact.stand_in_code) if fact.stand_in_code else None,
        **fact.model_dump(exclude=_SAME | _NOT_TOLD),
    )
    records: list[Record] = [person]
    pin_id = imported_id("staff_pin", fact.code)
    before = known("staff_pin", pin_id)
    kept = before if isinstance(before, StaffPin) else None
    pin_hash = fact.pin_hash
    if fact.pin:
        pin_hash = kept.pin_hash if kept is not None and _same_pin(kept.pin_hash, fact.pin) else PINS.hash(fact.pin)
    if pin_hash and (kept is None or kept.pin_hash != pin_hash):
        badge = kept.badge if kept is not None else ""
        records.append(StaffPin(id=pin_id, staff_id=person.id, pin_hash=pin_hash, badge=badge))
    if not fact.pin:
        return records
    settings = known("retailer", "retailer")
    if isinstance(settings, RetailerSettings) and settings.demo:
        records.append(settings.model_copy(update={"demo_pins": {**settings.demo_pins, person.id: fact.pin}}))
    return records


def _same_pin(pin_hash: str, pin: str) -> bool:
    try:
        return PINS.verify(pin_hash, pin) and not PINS.check_needs_rehash(pin_hash)
    except (VerificationError, InvalidHashError):
        return False


def shift(fact: ShiftFact, references: References) -> list[Record]:
    return [
        Shift(
            id=imported_id("shift", f"{fact.staff_code}:{fact.shop_code}:{fact.starts_at.timestamp():.0f}"),
            staff_id=references.needed("staff", fact.staff_code),
            shop_id=references.needed("shop", fact.shop_code),
            starts_at=fact.starts_at,
            ends_at=fact.ends_at,
        )
    ]


def product(fact: ProductFact) -> list[Record]:
    return [Product(id=imported_id("product", fact.code), **fact.model_dump(exclude=_SAME))]


def variant(fact: VariantFact, references: References) -> list[Record]:
    return [
        Variant(
            id=imported_id("variant", fact.sku),
            product_id=references.needed("product", fact.product_code),
            price=Money(amount=fact.price, currency=fact.currency),
            **fact.model_dump(exclude=_SAME | {"product_code", "price", "currency"}),
        )
    ]


def stock(fact: StockFact, references: References, known: Known) -> list[Record]:
    """What a newer count said is not undone by an older one that comes late."""
    own_id = imported_id("stock_level", f"{fact.sku}@{fact.shop_code}")
    found = known("stock_level", own_id)
    before = found if isinstance(found, StockLevel) else None
    if before is not None and before.at > fact.at:
        return []
    lay = before is not None and before.quantity > 0
    level = StockLevel(
        id=own_id,
        variant_id=references.needed("variant", fact.sku),
        shop_id=references.needed("shop", fact.shop_code),
        quantity=fact.quantity,
        at=fact.at,
        since=None if fact.quantity <= 0 else before.since if before is not None and lay else fact.at,
    )
    return [level]
