"""Taking something on for a customer, and bringing it on."""

from datetime import date

from clienteling.context import Tablet, off_loop
from sync.model.commands_goods import AssignSlip, MoveSlip, OpenSlip
from sync.model.slip import Slip, SlipKind, SlipState

UNDO_SECONDS = 10.0


async def open_slip(
    tablet: Tablet,
    customer_id: str,
    kind: SlipKind,
    due_on: date,
    *,
    item: str = "",
    variant_id: str | None = None,
    order_id: str | None = None,
    text: str = "",
) -> None:
    """Take it on in one's own name; it can be taken back for ten seconds."""
    shop_id, staff_id = tablet.pulse.directory.shop_id, tablet.session.staff_id
    if shop_id is None or staff_id is None:
        return
    command = OpenSlip(
        slip_id=tablet.new_id(),
        customer_id=customer_id,
        shop_id=shop_id,
        slip_kind=kind,
        owner_id=staff_id,
        due_on=due_on,
        item=item.strip(),
        variant_id=variant_id,
        order_id=order_id,
        text=text.strip(),
    )
    here = tablet.session.route
    command_id = await off_loop(tablet.device.submit, command, staff_id, UNDO_SECONDS)
    _ = tablet.words()
    restore = tablet.finish(slip_draft(customer_id), f"/customers/{customer_id}/slip")
    said = _("Slip saved") if tablet.pulse.online else _("Slip saved on this tablet; it is sent when connected")
    tablet.go_on(here, f"/customers/{customer_id}?tab=slips")
    tablet.say(said, seconds=UNDO_SECONDS, undo=command_id, restore=restore)


async def move_slip(tablet: Tablet, slip: Slip, to: SlipState) -> None:
    """Bring a slip to another state; what is ready is proposed to be told, not told."""
    command = MoveSlip(slip_id=slip.id, customer_id=slip.customer_id, from_state=slip.state, to_state=to)
    command_id = await off_loop(tablet.device.submit, command, tablet.session.staff_id, UNDO_SECONDS)
    _ = tablet.words()
    told = to is SlipState.READY
    said = (
        _("Ready. A follow-up to tell the customer is in the list; nothing is sent by itself.") if told else _("Saved")
    )
    tablet.say(said, seconds=UNDO_SECONDS, undo=command_id)


async def assign_slip(tablet: Tablet, slip: Slip, owner_id: str, due_on: date) -> None:
    """Give a slip to a colleague, or promise it for another day."""
    command = AssignSlip(slip_id=slip.id, customer_id=slip.customer_id, owner_id=owner_id, due_on=due_on)
    command_id = await off_loop(tablet.device.submit, command, tablet.session.staff_id, UNDO_SECONDS)
    tablet.say(tablet.words()("Saved"), seconds=UNDO_SECONDS, undo=command_id)


def slip_draft(customer_id: str) -> str:
    """Return the key under which a slip for a customer is kept while it is written."""
    return f"slip {customer_id}"
