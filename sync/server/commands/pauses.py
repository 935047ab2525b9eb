"""A manager's stop for the own shop: `pause_sending`, `resume_sending`. Head office has the command line for more."""

from sync.model.commands import Envelope, Outcome, PauseSending, ResumeSending
from sync.model.shop import Pause, PauseScope
from sync.server.commands.base import Context, Refusal, accepted


def pause_sending(context: Context, envelope: Envelope, command: PauseSending) -> Outcome:
    """Stop what the shop sends, from now on: what is claimed already still goes."""
    shop = context.shop(command.shop_id)
    context.need_manager(shop.id)
    context.need_new(Pause, command.pause_id)
    pause = Pause(
        id=command.pause_id,
        scope=PauseScope.SHOP,
        value=shop.id,
        since=context.now,
        by=context.staff.id,
        reason=command.reason,
    )
    context.records.put(pause)
    context.audit("pause_sending", None, pause.id)
    return accepted(envelope)


def resume_sending(context: Context, envelope: Envelope, command: ResumeSending) -> Outcome:
    """End a pause of the own shop; one that has ended stays as it was. Head office's are not a shop's to end."""
    pause = context.records.get(Pause, command.pause_id, lock=True)
    if pause is None or pause.scope is not PauseScope.SHOP:
        raise Refusal("unknown", what="pause", id=command.pause_id)
    context.need_manager(pause.value)
    if pause.by is None:
        raise Refusal("not_yours")
    if pause.ended_at is None:
        context.records.put(pause.model_copy(update={"ended_at": context.now}))
        context.audit("resume_sending", None, pause.id)
    return accepted(envelope)
