"""Holding, asking for and handing over pieces: the only writer of it."""

from datetime import datetime

from clienteling.context import Tablet, off_loop
from sync.model.commands import AnyCommand
from sync.model.commands_goods import AmendHold, MoveHold, PlaceHold
from sync.model.holds import Hold, HoldState, HoldWay, Why


async def place_hold(
    tablet: Tablet, *, way: HoldWay, variant_id: str, shop_id: str, customer_id: str | None, until: datetime
) -> bool:
    """Ask for one piece: counted here at once, and everywhere once the server has it. False where nobody is signed in."""
    here, staff_id = tablet.pulse.directory.shop_id, tablet.session.staff_id
    if here is None or staff_id is None:
        return False
    command = PlaceHold(
        hold_id=tablet.new_id(),
        way=way,
        variant_id=variant_id,
        shop_id=shop_id,
        for_shop_id=here,
        for_customer_id=customer_id,
        until=until,
    )
    await off_loop(tablet.device.submit, command, staff_id)
    _ = tablet.words()
    if not tablet.pulse.online:
        tablet.say(
            _("Saved on this tablet. It counts for other shops once connected; somebody may be faster until then.")
        )
    elif way is HoldWay.KEEP:
        tablet.say(_("Held until {until:datetime}", until=until))
    elif way is HoldWay.SEND:
        tablet.say(_("{shop} is asked to send it", shop=_shop(tablet, shop_id)))
    else:
        tablet.say(_("Order noted. What to do next stands under Holds."))
    return True


async def move_hold(tablet: Tablet, hold: Hold, to: HoldState, *, why: Why | None = None, number: str = "") -> None:
    """Take the next step of something that is spoken for."""
    command = MoveHold(hold_id=hold.id, seen=hold.state, to=to, why=why, number=number.strip())
    if await _submit(tablet, command):
        tablet.say(tablet.words().code("hold_done", to))


async def amend_hold(tablet: Tablet, hold: Hold, *, until: datetime, customer_id: str | None) -> None:
    """Keep it until another time, or for somebody else."""
    if await _submit(tablet, AmendHold(hold_id=hold.id, until=until, for_customer_id=customer_id)):
        tablet.say(tablet.words()("Held until {until:datetime}", until=until))


async def _submit(tablet: Tablet, command: AnyCommand) -> bool:
    staff_id = tablet.session.staff_id
    if staff_id is None:
        return False
    await off_loop(tablet.device.submit, command, staff_id)
    return True


def _shop(tablet: Tablet, shop_id: str) -> str:
    return tablet.pulse.directory.name(shop_id, tablet.session.language)
