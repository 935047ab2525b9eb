"""What managers do about their staff: `unlock_pin`, `take_over_conversation`."""

from sync.model.base import Record
from sync.model.commands import Envelope, Outcome, TakeOverConversation, UnlockPin
from sync.model.outreach import FollowUp, Message
from sync.model.shop import Staff
from sync.policy.conversation import handed_over, taken_over
from sync.policy.employment import employed
from sync.policy.whose import works_in
from sync.server.commands.base import Context, Refusal, accepted


def unlock_pin(context: Context, envelope: Envelope, command: UnlockPin) -> Outcome:
    """Put on record that a manager let a colleague try again. It has happened already, on the tablet and offline."""
    locked = context.house.staff(command.locked_staff_id)
    if locked is None:
        raise Refusal("unknown", what="staff", id=command.locked_staff_id)
    if locked.id == context.staff.id:
        raise Refusal("not_yours")
    context.need_manager(context.device.shop_id)
    context.audit("unlock_pin", None, locked.id)
    return accepted(envelope)


def take_over_conversation(context: Context, envelope: Envelope, command: TakeOverConversation) -> Outcome:
    """Give a customer's messages to somebody who works in the shop, the manager included, whatever either of them says.

    What she wrote that nobody has answered moves with it, and so do the open follow-ups of whose it was.
    """
    customer = context.customer(command.customer_id)
    shop = context.shop(command.shop_id)
    context.need_manager(shop.id)
    to = context.house.staff(command.to_staff_id)
    if to is None or not employed(to, context.now, context.house.shop(to.shop_id)):
        raise Refusal("unknown", what="staff", id=command.to_staff_id)
    if not works_in(to, shop.id):
        raise Refusal("not_here", staff_id=to.id)
    if command.from_staff_id is not None and context.records.get(Staff, command.from_staff_id) is None:
        raise Refusal("unknown", what="staff", id=command.from_staff_id)
    changed: list[Record] = [
        taken_over(customer, command.from_staff_id, to.id, by=context.staff.id, at=context.happened_at(envelope))
    ]
    messages = context.records.find(Message, customer_id=customer.id)
    follow_ups = context.records.find(FollowUp, customer_id=customer.id)
    changed += handed_over(messages, follow_ups, command.from_staff_id, to.id, shop.id)
    context.records.put_many(changed)
    context.audit("take_over_conversation", customer.id, command.from_staff_id, to.id[:40])
    return accepted(envelope)
