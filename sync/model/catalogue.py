"""What is sold and where it lies."""

from typing import ClassVar

from pydantic import Field

from sync.model.base import Frozen, Id, Instant, Record


class Money(Frozen):
    """An amount in the currency's minor unit (yen have none, so 32000 is ¥32,000)."""

    amount: int
    currency: str = Field(default="JPY", pattern=r"^[A-Z]{3}$")
    tax_included: bool = True


class Product(Record):
    kind: ClassVar[str] = "product"

    code: str
    name: str
    name_en: str = ""
    brand: str = ""
    category: str
    """The category's code, e.g. `dress`; i18n names it."""
    description: str = ""
    image: str = ""
    """Path below the server's /media, or an absolute URL."""
    season: str = ""


class Variant(Record):
    """A product in one colour and size: the thing a till sells."""

    kind: ClassVar[str] = "variant"

    product_id: Id
    sku: str
    jan: str = ""
    """JAN/EAN-13, with a valid check digit."""
    colour: str = ""
    colour_en: str = ""
    size: str = ""
    price: Money
    image: str = ""


class StockLevel(Record):
    """How many of a variant lie at a location, as of a moment."""

    kind: ClassVar[str] = "stock_level"

    variant_id: Id
    shop_id: Id
    quantity: int
    at: Instant
    since: Instant | None = None
    """From when on some have lain there without a break, as far as was counted; None where none do, or nobody saw them come."""
