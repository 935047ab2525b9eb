"""Commands about a visit and about what was promised in it."""

from datetime import date
from typing import Literal

from pydantic import Field

from sync.model.base import Command, Id
from sync.model.promise import Promised


class MakePromise(Command):
    """Somebody told the customer that something will be done by a day."""

    type: Literal["make_promise"] = "make_promise"
    promise_id: Id
    customer_id: Id
    shop_id: Id
    what: Promised
    text: str = Field(default="", max_length=200)
    due_on: date
    to_staff_id: Id
    """Who will keep it."""
    visit_id: Id | None = None


class KeepPromise(Command):
    """It is done."""

    type: Literal["keep_promise"] = "keep_promise"
    promise_id: Id
    customer_id: Id


class PassPromise(Command):
    """Somebody else will keep it."""

    type: Literal["pass_promise"] = "pass_promise"
    promise_id: Id
    customer_id: Id
    from_staff_id: Id | None = None
    """Whose it was, as the tablet saw it."""
    to_staff_id: Id


class WithdrawPromise(Command):
    """It will not be done, and why."""

    type: Literal["withdraw_promise"] = "withdraw_promise"
    promise_id: Id
    customer_id: Id
    reason: str = Field(min_length=1, max_length=500)
