"""Customers coming in and being looked up: `check_in`, `record_view`."""

from sync.model.commands import CheckIn, Envelope, Outcome, RecordView
from sync.model.customer import Visit, VisitSource
from sync.server.commands.base import Context, accepted
from sync.server.repository.codes import first_use


def record_view(context: Context, envelope: Envelope, command: RecordView) -> Outcome:
    """Note in the audit who looked at whom, and how they came there."""
    customer = context.customer(command.customer_id)
    context.audit("view", customer.id, how=command.how)
    return accepted(envelope)


def check_in(context: Context, envelope: Envelope, command: CheckIn) -> Outcome:
    """Open her visit. A membership code that another device used before is taken too, but flagged: she may be a copy."""
    customer = context.customer(command.customer_id)
    shop = context.shop(command.shop_id)
    context.need_new(Visit, command.visit_id)
    at = context.happened_at(envelope)
    context.records.put(
        Visit(
            id=command.visit_id,
            customer_id=customer.id,
            shop_id=shop.id,
            staff_id=context.staff.id,
            at=at,
            source=VisitSource(command.source),
        )
    )
    digest = command.code_digest
    fresh = not digest or first_use(context.records.conn, digest, context.device.id, customer.id, context.now)
    context.audit("check_in", customer.id, command.visit_id, command.source if fresh else "replayed")
    return accepted(envelope) if fresh else accepted(envelope, "replayed")
