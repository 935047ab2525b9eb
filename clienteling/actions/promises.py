"""Promising a customer something, and what becomes of it."""

from dataclasses import dataclass
from datetime import date

from clienteling.context import Tablet, off_loop
from sync.model.commands import AnyCommand
from sync.model.commands_visits import KeepPromise, MakePromise, PassPromise, WithdrawPromise
from sync.model.promise import Promise, Promised

UNDO_SECONDS = 10.0


@dataclass(frozen=True)
class NewPromise:
    """What somebody is about to promise."""

    what: Promised
    due_on: date
    to_staff_id: str
    text: str = ""
    visit_id: str | None = None


async def make(tablet: Tablet, customer_id: str, new: NewPromise) -> None:
    """Put it down: it stands on the profile and on its owner's day from now on."""
    shop_id = tablet.pulse.directory.shop_id
    if shop_id is None:
        return
    command = MakePromise(
        promise_id=tablet.new_id(),
        customer_id=customer_id,
        shop_id=shop_id,
        what=new.what,
        text=new.text.strip(),
        due_on=new.due_on,
        to_staff_id=new.to_staff_id,
        visit_id=new.visit_id,
    )
    await _do(tablet, command, tablet.words()("Promise noted"))


async def keep(tablet: Tablet, promise: Promise) -> None:
    """It is done."""
    command = KeepPromise(promise_id=promise.id, customer_id=promise.customer_id)
    await _do(tablet, command, tablet.words()("Promise kept"))


async def pass_on(tablet: Tablet, promise: Promise, to_staff_id: str) -> None:
    """Somebody else keeps it."""
    command = PassPromise(
        promise_id=promise.id,
        customer_id=promise.customer_id,
        from_staff_id=promise.owner_id,
        to_staff_id=to_staff_id,
    )
    await _do(tablet, command, tablet.words()("Given to {staff:name}", staff=to_staff_id))


async def withdraw(tablet: Tablet, promise: Promise, reason: str) -> None:
    """It will not be done, and why."""
    command = WithdrawPromise(promise_id=promise.id, customer_id=promise.customer_id, reason=reason.strip())
    await _do(tablet, command, tablet.words()("Promise withdrawn"))


async def _do(tablet: Tablet, command: AnyCommand, said: str) -> None:
    command_id = await off_loop(tablet.device.submit, command, tablet.session.staff_id, UNDO_SECONDS)
    tablet.say(said, seconds=UNDO_SECONDS, undo=command_id)
