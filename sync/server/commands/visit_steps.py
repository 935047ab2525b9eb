"""What happens in a visit: `change_tray`, `flag_gift`, `note_answer`, `note_companions`, `hand_over_visit`,
`drop_visit_draft`, `close_visit`, `attach_receipt`, `plan_follow_up`."""

from sync.model.commands import Envelope, Outcome
from sync.model.commands_visits import (
    AttachReceipt,
    ChangeTray,
    CloseVisit,
    DropVisitDraft,
    FlagGift,
    HandOverVisit,
    NoteAnswer,
    NoteCompanions,
    PlanFollowUp,
)
from sync.model.customer import Order, Visit, VisitEnd
from sync.model.outreach import FollowUp, FollowUpState
from sync.policy.companions import came_with
from sync.policy.facts import facts_from
from sync.policy.farewell import farewell, planned
from sync.policy.one_question import change
from sync.policy.visits import ended, flagged, handed_over, tray_changed, without_draft
from sync.server.commands.base import Context, Refusal, accepted
from sync.server.gifts import told_by_change
from sync.server.receipts import order_of
from sync.server.repository.zones import zone_of


def change_tray(context: Context, envelope: Envelope, command: ChangeTray) -> Outcome:
    """Note what she was shown or tried on: it happened, also where the visit has ended meanwhile."""
    customer = context.customer(command.customer_id)
    visit = context.own(Visit, command.visit_id, customer)
    changed = tray_changed(visit, command, context.happened_at(envelope))
    context.records.put_many([changed, *told_by_change(context.records, visit, changed)])
    context.audit("change_tray", customer.id, visit.id)
    return accepted(envelope)


def flag_gift(context: Context, envelope: Envelope, command: FlagGift) -> Outcome:
    """Note that what was bought was for somebody else, or not after all; the last word stands."""
    customer = context.customer(command.customer_id)
    order = context.own(Order, command.order_id, customer)
    if all(line.variant_id != command.variant_id for line in order.lines):
        raise Refusal("unknown", what="variant", id=command.variant_id)
    context.records.put(flagged(order, command))
    context.audit("flag_gift", customer.id, order.id)
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


def note_companions(context: Context, envelope: Envelope, command: NoteCompanions) -> Outcome:
    """Note with whom she came, also where the visit has ended meanwhile; the list that comes last stands, whole."""
    customer = context.customer(command.customer_id)
    visit = context.own(Visit, command.visit_id, customer)
    context.records.put(came_with(visit, command.companions))
    context.audit("note_companions", customer.id, visit.id)
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


def drop_visit_draft(context: Context, envelope: Envelope, command: DropVisitDraft) -> Outcome:
    """Keep the begun note that came with a visit no longer, unless somebody else looks after her by now."""
    customer = context.customer(command.customer_id)
    visit = context.own(Visit, command.visit_id, customer)
    if visit.draft is not None and visit.staff_id != context.staff.id:
        raise Refusal("moved", what="visit", staff_id=visit.staff_id)
    context.records.put(without_draft(visit, context.staff.id))
    context.audit("drop_visit_draft", customer.id, visit.id)
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


def plan_follow_up(context: Context, envelope: Envelope, command: PlanFollowUp) -> Outcome:
    """Plan, or decline, what the visit calls for by the records of the server; refuse where they call for something else."""
    customer = context.customer(command.customer_id)
    visit = context.own(Visit, command.visit_id, customer)
    state = FollowUpState.OPEN if command.take else FollowUpState.DISMISSED
    facts = facts_from(context.records.range_of(customer.id))
    zone = zone_of(context.records, customer, context.shop(visit.shop_id))
    found = farewell(facts, visit, zone=zone, playbook=context.tools.playbook)
    if found.standing is not None:
        if found.standing.state is state:
            return accepted(envelope)
        raise Refusal("wrong_state", what="follow_up", state=found.standing.state.value)
    if found.held is not None:
        raise Refusal(found.held.code, **found.held.params)
    made = planned(visit, found.proposal, context.staff.id, context.now) if found.proposal else None
    if made is None or made.id != command.follow_up_id:
        raise Refusal("wrong_state", what="visit", state="bought" if visit.order_id or visit.receipt else "other")
    _put(context, made.model_copy(update={"state": state}))
    context.audit("plan_follow_up", customer.id, made.id, state.value, purpose="follow_up")
    return accepted(envelope)


def _put(context: Context, made: FollowUp) -> None:
    context.need_new(FollowUp, made.id)  # one of an id that was hers before a merge, or somebody else's
    context.records.put(made)
