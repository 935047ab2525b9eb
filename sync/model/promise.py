"""お約束帳: what somebody of the house told a customer they would do, and by when."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from sync.model.base import CustomerRecord, Id, Instant


class Promised(StrEnum):
    """What was promised: the two taps at the farewell begin with one of these."""

    ARRIVAL = "arrival"
    """To call or write when something arrives."""
    PHOTO = "photo"
    FIND_OUT = "find_out"
    KEEP_ASIDE = "keep_aside"
    PREPARE = "prepare"
    """To have something ready for the next visit."""
    OTHER = "other"


class PromiseState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


class Promise(CustomerRecord):
    """One promise. It stands in sight until it is kept or withdrawn."""

    kind: ClassVar[str] = "promise"

    shop_id: Id
    what: Promised
    text: str = Field(default="", max_length=200)
    due_on: date
    """The last day on which it is kept in time, by the calendar of the shop."""
    owner_id: Id | None = None
    """Who keeps it; None where whoever had it has left and nobody could be found: then it is everybody's of the shop."""
    made_by: Id
    at: Instant
    visit_id: Id | None = None
    passed_by: Id | None = None
    """Who gave it to its owner, where that was not who made it."""
    state: PromiseState = PromiseState.OPEN
    ended_at: Instant | None = None
    ended_by: Id | None = None
    reason: str = Field(default="", max_length=500, exclude_if=lambda text: not text)
    """Why it was withdrawn."""

    @property
    def sort_at(self) -> datetime:
        return self.at

    def overdue(self, today: date) -> bool:
        """Return whether its day is over and it is not kept; `today` by the shop's calendar."""
        return self.state is PromiseState.OPEN and self.due_on < today
