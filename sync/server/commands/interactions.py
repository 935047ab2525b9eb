"""What staff write down: `log_interaction`."""

from sync.model.commands import Envelope, LogInteraction, Outcome
from sync.model.customer import Interaction, Visit
from sync.policy.visits import without_draft
from sync.server.commands.base import Context, accepted


def log_interaction(context: Context, envelope: Envelope, command: LogInteraction) -> Outcome:
    """Keep a note, in the name of whoever wrote it."""
    customer = context.customer(command.customer_id)
    shop = context.shop(command.shop_id)
    context.need_new(Interaction, command.interaction_id)
    context.records.put(
        Interaction(
            id=command.interaction_id,
            customer_id=customer.id,
            shop_id=shop.id,
            staff_id=context.staff.id,
            at=context.happened_at(envelope),
            text=command.text,
            tags=command.tags,
            product_ids=command.product_ids,
            feeling=command.feeling,
            confidential=command.confidential,
        )
    )
    visit = context.records.get(Visit, command.visit_id) if command.visit_id else None
    if visit is not None and visit.customer_id == customer.id:  # a note is taken whatever became of the visit
        context.records.put(without_draft(visit, context.staff.id))
    context.audit("log_interaction", customer.id, command.interaction_id)
    return accepted(envelope)
