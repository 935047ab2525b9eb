"""お約束帳: `make_promise`, `keep_promise`, `pass_promise`, `withdraw_promise`."""

from typing import Any

from sync.model.commands import Envelope, Outcome
from sync.model.commands_visits import KeepPromise, MakePromise, PassPromise, WithdrawPromise
from sync.model.customer import Customer
from sync.model.promise import Promise, PromiseState
from sync.server.commands.base import Context, Refusal, accepted


def make_promise(context: Context, envelope: Envelope, command: MakePromise) -> Outcome:
    """Put down what the customer was told, and who keeps it."""
    customer = context.customer(command.customer_id)
    shop = context.shop(command.shop_id)
    context.need_new(Promise, command.promise_id)
    owner = (
        context.staff if command.to_staff_id == context.staff.id else context.colleague(command.to_staff_id, shop.id)
    )
    context.records.put(
        Promise(
            id=command.promise_id,
            customer_id=customer.id,
            shop_id=shop.id,
            what=command.what,
            text=command.text,
            due_on=command.due_on,
            owner_id=owner.id,
            made_by=context.staff.id,
            at=context.happened_at(envelope),
            visit_id=command.visit_id,
        )
    )
    context.audit("make_promise", customer.id, command.promise_id)
    return accepted(envelope)


def keep_promise(context: Context, envelope: Envelope, command: KeepPromise) -> Outcome:
    """It was done, whoever of the house did it."""
    customer, promise = _open(context, command.customer_id, command.promise_id)
    _end(context, envelope, promise, state=PromiseState.KEPT)
    context.audit("keep_promise", customer.id, promise.id)
    return accepted(envelope)


def pass_promise(context: Context, envelope: Envelope, command: PassPromise) -> Outcome:
    """Give a promise to a colleague, unless somebody else has it by now than the tablet showed."""
    customer, promise = _open(context, command.customer_id, command.promise_id)
    if promise.owner_id != command.from_staff_id:
        raise Refusal("moved", what="promise", staff_id=promise.owner_id)
    if not context.house.reaches(context.staff, promise.shop_id):
        raise Refusal("not_yours")
    owner = context.colleague(command.to_staff_id, promise.shop_id)
    context.records.put(promise.model_copy(update={"owner_id": owner.id, "passed_by": context.staff.id}))
    context.audit("pass_promise", customer.id, promise.id)
    return accepted(envelope)


def withdraw_promise(context: Context, envelope: Envelope, command: WithdrawPromise) -> Outcome:
    """Say why it will not be done: whose word it is may, and a manager."""
    customer, promise = _open(context, command.customer_id, command.promise_id)
    if context.staff.id not in (promise.owner_id, promise.made_by) and not context.manages(promise.shop_id):
        raise Refusal("not_yours")
    _end(context, envelope, promise, state=PromiseState.WITHDRAWN, reason=command.reason)
    context.audit("withdraw_promise", customer.id, promise.id)
    return accepted(envelope)


def _open(context: Context, customer_id: str, promise_id: str) -> tuple[Customer, Promise]:
    customer = context.customer(customer_id)
    promise = context.own(Promise, promise_id, customer)
    if promise.state is not PromiseState.OPEN:
        raise Refusal("wrong_state", what="promise", state=promise.state.value, staff_id=promise.ended_by)
    return customer, promise


def _end(context: Context, envelope: Envelope, promise: Promise, **changed: Any) -> None:
    ended = {"ended_at": context.happened_at(envelope), "ended_by": context.staff.id}
    context.records.put(promise.model_copy(update=ended | changed))
