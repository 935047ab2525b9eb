"""What every record shares."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Id = Annotated[str, Field(min_length=1, max_length=64)]
Instant = AwareDatetime


class Frozen(BaseModel):
    """A value that never changes once made."""

    model_config = ConfigDict(frozen=True)


class Command(Frozen):
    """What every command of a device shares: the literal field `type` names it."""


class Record(Frozen):
    """A stored thing that travels between server and tablets.

    Unknown fields survive a round trip, so that an older party does not drop what a newer one wrote. `v` is the schema
    version of the record's kind.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: ClassVar[str]
    personal: ClassVar[bool] = False
    """True for what belongs to a customer: it is sealed on a device and scoped to shops."""

    id: Id
    v: int = 1

    @property
    def sort_at(self) -> datetime | None:
        """The moment by which records of this kind are ordered within one customer, or None."""
        return None

    def to_wire(self) -> dict[str, Any]:
        """Return the record as JSON-ready values, without empty fields."""
        return self.model_dump(mode="json", exclude_none=True)


class CustomerRecord(Record):
    """A record that belongs to one customer."""

    personal: ClassVar[bool] = True

    customer_id: Id
