"""What staff know of a piece that a customer owns, beyond what her purchases say."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from sync.model.base import CustomerRecord, Id, Instant


class Belonging(CustomerRecord):
    """A piece she told us of, or more about one that she bought here (then `order_id` and `variant_id` name that)."""

    kind: ClassVar[str] = "belonging"

    shop_id: Id
    staff_id: Id
    """Who wrote it down last."""
    at: Instant
    name: str = Field(max_length=120)
    category: str = ""
    variant_id: Id | None = None
    order_id: Id | None = None
    size: str = Field(default="", max_length=40)
    colour: str = Field(default="", max_length=40)
    alteration: str = Field(default="", max_length=500)
    care: str = Field(default="", max_length=500)
    gone: bool = False
    """She has it no more."""

    @property
    def sort_at(self) -> datetime:
        return self.at
