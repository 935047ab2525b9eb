"""What the shop takes on for a customer, and what she owns: `open_slip`, `move_slip`, `assign_slip`, `note_belonging`."""

from sync.model.base import Record
from sync.model.belonging import Belonging
from sync.model.commands import Envelope, Outcome
from sync.model.commands_goods import AssignSlip, MoveSlip, NoteBelonging, OpenSlip
from sync.model.customer import Customer
from sync.model.outreach import FollowUp
from sync.model.shop import Shop, Staff
from sync.model.slip import Slip, SlipKind, SlipState, SlipStep
from sync.policy.employment import employed
from sync.policy.slips import ENDED, follow_up_of, may_become, moved, proposed
from sync.policy.whose import works_in
from sync.server.commands.base import Context, Refusal, accepted


def open_slip(context: Context, envelope: Envelope, command: OpenSlip) -> Outcome:
    """Take something on for a customer. A complaint names no piece beside its text, which is withheld."""
    customer = context.customer(command.customer_id)
    shop = context.shop(command.shop_id)
    owner = _owner(context, command.owner_id, shop)
    context.need_new(Slip, command.slip_id)
    complaint = command.slip_kind is SlipKind.COMPLAINT
    if complaint and (command.item or command.variant_id):
        raise Refusal("unacceptable")
    at = context.happened_at(envelope)
    context.records.put(
        Slip(
            id=command.slip_id,
            customer_id=customer.id,
            shop_id=shop.id,
            slip_kind=command.slip_kind,
            owner_id=owner.id,
            at=at,
            due_on=command.due_on,
            item=command.item,
            variant_id=command.variant_id,
            order_id=command.order_id,
            text=command.text,
            steps=(SlipStep(state=SlipState.RECEIVED, at=at, by=context.staff.id),),
        )
    )
    context.audit("open_slip", customer.id, command.slip_id, command.slip_kind.value)
    return accepted(envelope)


def move_slip(context: Context, envelope: Envelope, command: MoveSlip) -> Outcome:
    """Bring a slip on. Ready proposes that she is told; nothing is sent by it."""
    customer = context.customer(command.customer_id)
    slip = _slip(context, command.slip_id, customer)
    if slip.state is not command.from_state or command.to_state not in may_become(slip.slip_kind, slip.state):
        raise Refusal("wrong_state", what="slip", state=slip.state.value)
    after = moved(slip, command.to_state, by=context.staff.id, at=context.happened_at(envelope))
    written: list[Record] = [after]
    follow_up = proposed(after, context.records.get(FollowUp, follow_up_of(slip.id), lock=True), context.now)
    if follow_up is not None:
        written.append(follow_up)
    context.records.put_many(written)
    context.audit("move_slip", customer.id, slip.id, command.to_state.value)
    return accepted(envelope)


def assign_slip(context: Context, envelope: Envelope, command: AssignSlip) -> Outcome:
    """Give a slip to somebody who works in its shop, or promise it for another day."""
    customer = context.customer(command.customer_id)
    slip = _slip(context, command.slip_id, customer)
    if slip.state in ENDED:
        raise Refusal("wrong_state", what="slip", state=slip.state.value)
    owner = _owner(context, command.owner_id, context.shop(slip.shop_id))
    context.records.put(slip.model_copy(update={"owner_id": owner.id, "due_on": command.due_on}))
    context.audit("assign_slip", customer.id, slip.id)
    return accepted(envelope)


def note_belonging(context: Context, envelope: Envelope, command: NoteBelonging) -> Outcome:
    """Keep what she said of a piece she owns; written anew, the last word stands."""
    customer = context.customer(command.customer_id)
    shop = context.shop(command.shop_id)
    if context.records.get(Belonging, command.belonging_id) is not None:
        context.own(Belonging, command.belonging_id, customer)
    context.records.put(
        Belonging(
            id=command.belonging_id,
            customer_id=customer.id,
            shop_id=shop.id,
            staff_id=context.staff.id,
            at=context.happened_at(envelope),
            **command.model_dump(exclude={"type", "belonging_id", "customer_id", "shop_id"}),
        )
    )
    context.audit("note_belonging", customer.id, command.belonging_id)
    return accepted(envelope)


def _slip(context: Context, slip_id: str, customer: Customer) -> Slip:
    """Return a slip that this person may change: of their own scope, and a complaint only as its owner or a manager."""
    slip = context.own(Slip, slip_id, customer)
    context.shop(slip.shop_id)
    mine = slip.owner_id == context.staff.id
    if slip.slip_kind is SlipKind.COMPLAINT and not mine and not context.manages(slip.shop_id):
        raise Refusal("not_yours")
    return slip


def _owner(context: Context, staff_id: str, shop: Shop) -> Staff:
    owner = context.house.staff(staff_id)
    if owner is None or not employed(owner, context.now, context.house.shop(owner.shop_id)):
        raise Refusal("unknown", what="staff", id=staff_id)
    if not works_in(owner, shop.id):
        raise Refusal("not_here", staff_id=owner.id)
    return owner
