"""What happens in a visit: `change_tray`, `note_answer`, `hand_over_visit`, `close_visit`, `attach_receipt`."""

from sync.model.commands import Envelope, Outcome
from sync.model.commands_visits import AttachReceipt, ChangeTray, CloseVisit, HandOverVisit, NoteAnswer
from sync.model.customer import Visit, VisitEnd
from sync.policy.one_question import change
from sync.policy.visits import ended, handed_over, tray_changed
from sync.server.commands.base import Context, Refusal, accepted
from sync.server.receipts import order_of


def change_tray(context: Context, envelope: Envelope, command: ChangeTray) -> Outcome:
    """Note what she was shown or tried on: it happened, also where the visit has ended meanwhile."""
    customer = context.customer(command.customer_id)
    visit = context.own(Visit, command.visit_id, customer)
    context.records.put(tray_changed(visit, command, context.happened_at(envelope)))
    context.audit("change_tray", customer.id, visit.id)
    return accepted(envelope)


def note_answer(context: Context, envelope: Envelope, command: NoteAnswer) -> Outcome:
    """Note that one thing was asked in this visit, and what she said where we did not know it; the first question stands."""
    customer = context.customer(command.customer_id)
    visit = context.own(Visit, command.visit_id, customer)
    changed = change(customer, command.question, command.answer)
    if changed is None:
        raise Refusal("unacceptable")
    context.records.put_many(
        [
            visit.model_copy(update={"asked": visit.asked or command.question}),
            *([customer.model_copy(update=changed)] if changed else []),
        ]
    )
    context.audit("note_answer", customer.id, visit.id, how=command.question.value)
    return accepted(envelope)


def hand_over_visit(context: Context, envelope: Envelope, command: HandOverVisit) -> Outcome:
    """Give an open visit to a colleague, unless somebody else looks after her by now than the tablet showed."""
    customer = context.customer(command.customer_id)
    visit = context.own(Visit, command.visit_id, customer)
    if visit.ended_at is not None:
        raise Refusal("wrong_state", what="visit", state="ended")
    if visit.staff_id != command.from_staff_id:
        raise Refusal("moved", what="visit", staff_id=visit.staff_id)
    context.colleague(command.to_staff_id, visit.shop_id)
    context.records.put(handed_over(visit, command, context.staff.id, context.happened_at(envelope)))
    context.audit("hand_over_visit", customer.id, visit.id)
    return accepted(envelope)


def close_visit(context: Context, envelope: Envelope, command: CloseVisit) -> Outcome:
    """She has left; the first end stands."""
    customer = context.customer(command.customer_id)
    visit = context.own(Visit, command.visit_id, customer)
    context.records.put(ended(visit, VisitEnd.STAFF, context.happened_at(envelope)))
    context.audit("close_visit", customer.id, visit.id)
    return accepted(envelope)


def attach_receipt(context: Context, envelope: Envelope, command: AttachReceipt) -> Outcome:
    """Tie the purchase of a receipt to the visit, at once or when the till has told of it."""
    customer = context.customer(command.customer_id)
    visit = context.own(Visit, command.visit_id, customer)
    if visit.order_id is not None and visit.receipt != command.number:
        raise Refusal("wrong_state", what="visit", state="receipt")
    found = ended(visit, VisitEnd.RECEIPT, context.happened_at(envelope)).model_copy(update={"receipt": command.number})
    order = order_of(context.records, found)
    context.records.put(found.model_copy(update={"order_id": order.id}) if order is not None else found)
    context.audit("attach_receipt", customer.id, visit.id)
    return accepted(envelope)
