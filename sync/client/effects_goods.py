"""What commands about holds, slips and belongings will do to the records; see `sync.client.effects`."""

from sync.client.effect_parts import Read, get
from sync.client.outbox import Pending
from sync.model import commands_goods as g
from sync.model.base import Record
from sync.model.belonging import Belonging
from sync.model.holds import Hold
from sync.model.outreach import FollowUp
from sync.model.slip import Slip, SlipKind, SlipState, SlipStep
from sync.policy import holds
from sync.policy.slips import follow_up_of, may_become, moved, proposed


def hold(pending: Pending, command: g.PlaceHold) -> Hold:
    """The piece is kept, or asked for, from now on."""
    return Hold(
        id=command.hold_id,
        variant_id=command.variant_id,
        shop_id=command.shop_id,
        for_shop_id=command.for_shop_id,
        for_customer_id=command.for_customer_id,
        way=command.way,
        quantity=command.quantity,
        state=holds.first_state(command.way, command.shop_id, command.for_shop_id),
        by=pending.staff_id,
        at=pending.device_time,
        until=command.until,
        state_at=pending.device_time,
        state_by=pending.staff_id,
    )


def hold_moved(pending: Pending, command: g.MoveHold, read: Read) -> list[Record]:
    """It is in its next state, or nothing changes where somebody was faster."""
    hold = get(read, Hold, command.hold_id)
    if hold is None or hold.state is not command.seen:
        return []
    at, by = pending.device_time, pending.staff_id
    return [holds.moved(hold, command.to, at=at, by=by, why=command.why, number=command.number)]


def slip(pending: Pending, command: g.OpenSlip) -> Slip:
    """It is open; the text of a complaint is not kept on a tablet."""
    complaint = command.slip_kind is SlipKind.COMPLAINT
    step = SlipStep(state=SlipState.RECEIVED, at=pending.device_time, by=pending.staff_id or "")
    return Slip(
        id=command.slip_id,
        customer_id=command.customer_id,
        shop_id=command.shop_id,
        slip_kind=command.slip_kind,
        owner_id=command.owner_id,
        at=pending.device_time,
        due_on=command.due_on,
        item=command.item,
        variant_id=command.variant_id,
        order_id=command.order_id,
        text="" if complaint else command.text,  # as it comes back: it is not kept on a tablet
        steps=(step,),
    )


def slip_moved(pending: Pending, command: g.MoveSlip, read: Read) -> list[Record]:
    """It is in its next state, with the follow-up that this proposes; nothing changes where somebody was faster."""
    slip = get(read, Slip, command.slip_id)
    if slip is None or slip.state is not command.from_state:
        return []
    if command.to_state not in may_become(slip.slip_kind, slip.state):
        return []
    after = moved(slip, command.to_state, by=pending.staff_id or "", at=pending.device_time)
    follow_up = proposed(after, get(read, FollowUp, follow_up_of(slip.id)), pending.device_time)
    return [after, follow_up] if follow_up is not None else [after]


def belonging(pending: Pending, command: g.NoteBelonging) -> Belonging:
    """What she owns, as noted last."""
    return Belonging(
        id=command.belonging_id,
        customer_id=command.customer_id,
        shop_id=command.shop_id,
        staff_id=pending.staff_id or "",
        at=pending.device_time,
        **command.model_dump(exclude={"type", "belonging_id", "customer_id", "shop_id"}),
    )
