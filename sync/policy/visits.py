"""How a visit changes: the tray, whose it is, its end. The same on the tablet and on the server."""

from datetime import datetime

from sync.model.commands_visits import ChangeTray, FlagGift, HandOverVisit
from sync.model.customer import Handled, OnTray, Order, Visit, VisitEnd


def tray_changed(visit: Visit, command: ChangeTray, at: datetime) -> Visit:
    """Return the visit with a thing on its tray, as it was handled last, or without it."""
    key = command.product_id, command.variant_id
    rest = tuple(one for one in visit.tray if one.key != key)
    if command.how == "off":
        return visit.model_copy(update={"tray": rest})
    thing = OnTray(
        product_id=command.product_id,
        variant_id=command.variant_id,
        how=Handled(command.how),
        gift=command.gift,
        at=at,
    )
    return visit.model_copy(update={"tray": (*rest, thing)})


def flagged(order: Order, command: FlagGift) -> Order:
    """Return the order with what was bought of a variant flagged as a gift, or no more."""
    lines = tuple(
        line.model_copy(update={"gift": command.gift}) if line.variant_id == command.variant_id else line
        for line in order.lines
    )
    return order.model_copy(update={"lines": lines})


def handed_over(visit: Visit, command: HandOverVisit, by: str | None, at: datetime) -> Visit:
    """Return the visit as a colleague's; a draft that was given along takes the place of an earlier one."""
    given = {"staff_id": command.to_staff_id, "handed_by": by, "handed_at": at}
    return visit.model_copy(update=given | ({"draft": command.draft} if command.draft is not None else {}))


def ended(visit: Visit, how: VisitEnd, at: datetime) -> Visit:
    """Return the visit with its end; the first end stands."""
    if visit.ended_at is not None:
        return visit
    return visit.model_copy(update={"ended_at": max(visit.at, at), "ended_by": how, "draft": None})
