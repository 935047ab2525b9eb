"""To be left in peace, entered by staff for the customer, and the end of that: `stop_contact`, `resume_contact`."""

from sync.model.commands import Envelope, Outcome, ResumeContact, StopContact
from sync.model.customer import Consent, ConsentPurpose, ConsentState
from sync.policy.consent import stopped
from sync.server.commands.base import Context, Refusal, accepted
from sync.server.repository.opt_out import BY_STAFF, lift, refuse


def stop_contact(context: Context, envelope: Envelope, command: StopContact) -> Outcome:
    """Enter that nothing may be sent any more, with who and why, and cancel what waits."""
    customer = context.customer(command.customer_id)
    context.shop(command.shop_id)
    context.need_new(Consent, command.stop_id)
    refuse(
        context.records,
        customer.id,
        None,
        at=context.now,
        source=BY_STAFF,
        entry_id=command.stop_id,
        recorded_by=context.staff.id,
        why=command.why,
    )
    context.audit("stop_contact", customer.id, command.stop_id)
    return accepted(envelope)


def resume_contact(context: Context, envelope: Envelope, command: ResumeContact) -> Outcome:
    """End a stop: with the customer's own word anybody may; without it a manager, but only what staff entered."""
    customer = context.customer(command.customer_id)
    shop = context.shop(command.shop_id)
    consents = context.records.find(Consent, customer_id=customer.id)
    stop = stopped(consents)
    if stop is None:
        return accepted(envelope)
    if stop.id != command.stop_id:
        raise Refusal("wrong_state", what="consent", state=stop.state.value)
    word = command.word.strip()
    if not word:
        if stop.source != BY_STAFF:
            raise Refusal("own_word")
        context.need_manager(shop.id)
    # a word of her own speaks of every stop before it, and not of the channels that she closed one by one
    beside = [one for one in consents if not (word and _everywhere(one))]
    lift(context.records, beside, stop, at=context.now, source=BY_STAFF, recorded_by=context.staff.id, word=word)
    context.audit("resume_contact", customer.id, stop.id, "own_word" if word else "manager")
    return accepted(envelope)


def _everywhere(entry: Consent) -> bool:
    refused = entry.purpose is ConsentPurpose.ALL and entry.state is ConsentState.REFUSED
    return refused and entry.channel is None
