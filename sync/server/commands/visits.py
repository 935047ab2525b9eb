"""Customers coming in and being looked up: `check_in`, `record_view`, `reveal_contact`."""

from sync.model.commands import CheckIn, Envelope, Outcome, RecordView, RevealContact
from sync.model.customer import Visit, VisitSource
from sync.server.commands.base import Context, accepted
from sync.server.repository.codes import first_use


def record_view(context: Context, envelope: Envelope, command: RecordView) -> Outcome:
    """Note in the audit who looked at whom, and how they came there; a code that another device used is flagged."""
    customer = context.customer(command.customer_id)
    fresh = _fresh(context, command.code_digest, customer.id)
    context.audit("view", customer.id, how=command.how if fresh else "replayed", purpose=command.how)
    return accepted(envelope) if fresh else accepted(envelope, "replayed")


def reveal_contact(context: Context, envelope: Envelope, command: RevealContact) -> Outcome:
    """Note in the audit who had a masked number or address shown, and what for."""
    customer = context.customer(command.customer_id)
    context.audit("reveal", customer.id, how=command.field, purpose=command.purpose)
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
    fresh = _fresh(context, command.code_digest, customer.id)
    context.audit(
        "check_in", customer.id, command.visit_id, command.source if fresh else "replayed", purpose=command.source
    )
    return accepted(envelope) if fresh else accepted(envelope, "replayed")


def _fresh(context: Context, digest: str, customer_id: str) -> bool:
    """Return whether no other device has used this membership code; True where there was none."""
    return not digest or first_use(context.records.conn, digest, context.device.id, customer_id, context.now)
