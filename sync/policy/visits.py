"""How a visit changes: the tray, whose it is, its end. The same on the tablet and on the server."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta, tzinfo

from sync.model.base import Id
from sync.model.commands_visits import ChangeTray, FlagGift, HandOverVisit
from sync.model.customer import Handled, OnTray, Order, Visit, VisitDraft, VisitEnd

GIFT_WITHIN = timedelta(hours=24)
"""A note about a gift, and a gift on the tray of a visit, speak of what was bought this near to them."""


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


def near(visit: Visit, order: Order) -> bool:
    """Return whether a purchase is so near to a visit that it may have come of it."""
    return abs(visit.at - order.at) < GIFT_WITHIN


def marked(order: Order, things: Collection[OnTray], *, gift: bool, product_of: Mapping[Id, Id]) -> Order:
    """Return the order with those of its lines as gifts, or as none, that such a thing on a tray is: that variant, or
    whichever variant of a product (`product_of` a variant) that lay there as such."""
    variants = {thing.variant_id for thing in things if thing.variant_id}
    products = {thing.product_id for thing in things if not thing.variant_id}
    lines = tuple(
        line.model_copy(update={"gift": gift})
        if line.variant_id in variants or product_of.get(line.variant_id) in products
        else line
        for line in order.lines
    )
    return order.model_copy(update={"lines": lines})


def handed_over(visit: Visit, command: HandOverVisit, by: str | None, at: datetime) -> Visit:
    """Return the visit as a colleague's. A draft that was given along takes the place of an earlier one, an empty one takes
    it away; it is of whoever gives it, looked after her, or began the earlier one, whatever the tablet says."""
    given = {"staff_id": command.to_staff_id, "handed_by": by, "handed_at": at}
    draft = command.draft
    if draft is None:
        return visit.model_copy(update=given)
    writers = {by, visit.staff_id, visit.draft.begun_by if visit.draft is not None else None} - {None}
    whose = draft.begun_by if draft.begun_by in writers else by
    kept = None if draft.is_empty else draft.model_copy(update={"begun_by": whose})
    return visit.model_copy(update=given | {"draft": kept})


def without_draft(visit: Visit, staff_id: str | None) -> Visit:
    """Return the visit without the begun note that came with it: only whoever looks after her now takes it up, or lets it
    go."""
    return visit.model_copy(update={"draft": None}) if visit.staff_id == staff_id else visit


def draft_of(visit: Visit, closes: time, zone: tzinfo, now: datetime) -> VisitDraft | None:
    """Return the begun note that came with a visit. At closing time it is over, also where the server has not said so yet."""
    return None if visit.ended_at is not None or now >= closing(closes, zone, visit.at) else visit.draft


def closing(closes: time, zone: tzinfo, after: datetime) -> datetime:
    """Return when a shop that closes at this hour of its own clock closes next after a moment."""
    local = after.astimezone(zone)
    at = datetime.combine(local.date(), closes, zone)
    return at if at > local else datetime.combine(local.date() + timedelta(days=1), closes, zone)


def ended(visit: Visit, how: VisitEnd, at: datetime) -> Visit:
    """Return the visit with its end; the first end stands."""
    if visit.ended_at is not None:
        return visit
    return visit.model_copy(update={"ended_at": max(visit.at, at), "ended_by": how, "draft": None})
