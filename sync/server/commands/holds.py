"""What is spoken for: `place_hold`, `move_hold`, `amend_hold`. The rules of counting and of who may do what are `sync.policy.holds`."""

from datetime import datetime

from sync.model.catalogue import StockLevel, Variant
from sync.model.commands import Envelope, Outcome
from sync.model.commands_goods import AmendHold, MoveHold, PlaceHold
from sync.model.holds import Hold, HoldState, HoldWay
from sync.model.shop import Shop, ShopKind
from sync.policy import holds as policy
from sync.server.commands.base import Context, Refusal, accepted
from sync.server.hold_ready import closed, ready


def place_hold(context: Context, envelope: Envelope, command: PlaceHold) -> Outcome:
    """Count pieces as spoken for, unless somebody was faster. Whoever asks for the same level waits for its row meanwhile."""
    asking = context.shop(command.for_shop_id)
    giving = _giver(context, command.shop_id)
    if (command.way is HoldWay.KEEP) != (giving.id == asking.id) and command.way is not HoldWay.HOME:
        raise Refusal("not_here", staff_id=context.staff.id)
    context.need_new(Hold, command.hold_id)
    if context.records.get(Variant, command.variant_id) is None:
        raise Refusal("unknown", what="variant", id=command.variant_id)
    if command.way is HoldWay.HOME and command.for_customer_id is None:
        raise Refusal("needs_customer")
    customer = context.customer(command.for_customer_id) if command.for_customer_id else None
    _need_time(context, command.until)
    _need_left(context, command.variant_id, giving.id, command.quantity)
    at = context.happened_at(envelope)
    context.records.put(
        Hold(
            id=command.hold_id,
            variant_id=command.variant_id,
            shop_id=giving.id,
            for_shop_id=asking.id,
            for_customer_id=customer.id if customer is not None else None,
            way=command.way,
            quantity=command.quantity,
            state=policy.first_state(command.way, giving.id, asking.id),
            by=context.staff.id,
            at=at,
            until=command.until,
            state_at=at,
            state_by=context.staff.id,
        )
    )
    context.audit("place_hold", customer.id if customer is not None else None, command.hold_id, command.way.value)
    return accepted(envelope)


def move_hold(context: Context, envelope: Envelope, command: MoveHold) -> Outcome:
    """Take the next step, by the shop whose turn it is. Taken already: nothing more happens. Changed meanwhile: refused with
    how it stands now."""
    hold = _hold(context, command.hold_id)
    if hold.state is command.to:
        return accepted(envelope)
    giving = _giver(context, hold.shop_id)
    nexts = policy.steps(hold, giver_is_web=giving.shop_kind is ShopKind.WEB)
    step = next((one for one in nexts if one.to is command.to), None)
    if hold.state is not command.seen or step is None:
        raise Refusal("wrong_state", what="hold", state=hold.state.value)
    context.shop(hold.shop_id if step.giver else hold.for_shop_id)
    why = command.why if command.to is HoldState.DECLINED else None
    done = policy.moved(
        hold, command.to, at=context.happened_at(envelope), by=context.staff.id, why=why, number=command.number
    )
    context.records.put(done)
    if done.state is HoldState.ARRIVED:
        ready(context.records, done, context.now)
    elif done.state in policy.ENDED:
        closed(context.records, done, context.now)
    context.audit("move_hold", hold.for_customer_id, hold.id, command.to.value)
    return accepted(envelope)


def amend_hold(context: Context, envelope: Envelope, command: AmendHold) -> Outcome:
    """Keep it until another time, or for another person. The last to say so stands."""
    hold = _hold(context, command.hold_id)
    context.shop(hold.for_shop_id)
    if hold.state in policy.ENDED:
        raise Refusal("wrong_state", what="hold", state=hold.state.value)
    if hold.way is HoldWay.HOME and command.for_customer_id is None:
        raise Refusal("needs_customer")
    customer = context.customer(command.for_customer_id) if command.for_customer_id else None
    _need_time(context, command.until)
    whose = customer.id if customer is not None else None
    if hold.for_customer_id not in (None, whose):
        closed(context.records, hold, context.now)
    done = hold.model_copy(update={"until": command.until, "for_customer_id": whose})
    context.records.put(done)
    if done.state is HoldState.ARRIVED:
        ready(context.records, done, context.now)
    context.audit("amend_hold", whose, hold.id)
    return accepted(envelope)


def _hold(context: Context, hold_id: str) -> Hold:
    hold = context.records.get(Hold, hold_id, lock=True)
    if hold is None:
        raise Refusal("unknown", what="hold", id=hold_id)
    return hold


def _giver(context: Context, shop_id: str) -> Shop:
    """Return the shop where it lies: any of the retailer's."""
    shop = context.house.shop(shop_id)
    if shop is None:
        raise Refusal("unknown", what="shop", id=shop_id)
    return shop


def _need_time(context: Context, until: datetime) -> None:
    if until <= context.now:
        raise Refusal("until_over", until=until.isoformat())
    if until > context.now + policy.AT_MOST:
        raise Refusal("until_far", until=until.isoformat(), days=policy.AT_MOST.days)


def _need_left(context: Context, variant_id: str, shop_id: str, quantity: int) -> None:
    """Refuse what is not there any more. The level is locked first, the holds are read after: of two who ask for the last
    piece, the second sees the first's."""
    known = context.records.find(StockLevel, variant_id=variant_id, shop_id=shop_id)
    levels = [one for each in known if (one := context.records.get(StockLevel, each.id, lock=True)) is not None]
    if not levels:
        raise Refusal("not_counted")
    there = [
        *context.records.find(Hold, variant_id=variant_id, shop_id=shop_id),
        *context.records.find(Hold, variant_id=variant_id, for_shop_id=shop_id),
    ]
    every = {one.id: one for one in there}.values()
    level = max(levels, key=lambda one: one.at)
    if policy.free(level, every) >= quantity:
        return
    counting = [one for one in every if policy.spoken_for(one, shop_id, level.at)]
    last = max(counting, key=lambda one: one.at, default=None)
    more = {"by": last.by, "at": last.at.isoformat(), "shop_id": last.for_shop_id} if last is not None else {}
    raise Refusal("none_left", quantity=level.quantity, held=policy.held(level, every), **more)
