"""What staff do in a visit: the tray, handing over, saying goodbye, the receipt."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from clienteling.actions.drafts import begun
from clienteling.actions.products import variant_by
from clienteling.context import Tablet, off_loop
from clienteling.note_draft import FORM, NoteDraft, goes_along, note_key
from sync.model.commands import AnyCommand
from sync.model.commands_visits import (
    AttachReceipt,
    ChangeTray,
    CloseVisit,
    Companion,
    DropVisitDraft,
    FlagGift,
    HandOverVisit,
    NoteCompanions,
    PlanFollowUp,
)
from sync.model.customer import Handled, Order, Visit
from sync.policy.companions import toggled
from sync.policy.receipt import NoReceipt, no_receipt, receipt_number
from sync.policy.signals import Proposal, follow_up_id

UNDO_SECONDS = 10.0


TrayStep = Literal["shown", "tried", "gift", "off"]
"""What a tap on a thing says: how it was handled, that it is a gift or none after all, or that it goes off the tray."""


async def change_tray(tablet: Tablet, visit: Visit, product_id: str, step: TrayStep) -> None:
    """Put a thing on the tray, change how it was handled, or take it off."""
    await off_loop(_change_tray, tablet, visit, product_id, step)


def _change_tray(tablet: Tablet, visit: Visit, product_id: str, step: TrayStep) -> None:
    found = tablet.device.cache.record("visit", visit.id)  # as it is now: taps come faster than drawings
    tray = found.tray if isinstance(found, Visit) else visit.tray
    thing = next((one for one in tray if one.product_id == product_id), None)
    how, gift = (thing.how, thing.gift) if thing is not None else (Handled.SHOWN, False)
    command = ChangeTray(
        visit_id=visit.id,
        customer_id=visit.customer_id,
        product_id=product_id,
        how=how if step == "gift" else "off" if step == "off" else Handled(step),
        gift=not gift if step == "gift" else gift,
    )
    tablet.device.submit(command, tablet.session.staff_id)


async def change_companion(tablet: Tablet, visit: Visit, code: str) -> None:
    """Note that somebody came along; a second tap says that nobody of the kind did."""
    await off_loop(_change_companion, tablet, visit, Companion(code))


def _change_companion(tablet: Tablet, visit: Visit, tapped: Companion) -> None:
    found = tablet.device.cache.record("visit", visit.id)  # as it is now, as for the tray
    now = toggled(found.companions if isinstance(found, Visit) else visit.companions, tapped)
    command = NoteCompanions(visit_id=visit.id, customer_id=visit.customer_id, companions=now)
    tablet.device.submit(command, tablet.session.staff_id)


async def flag_gift(tablet: Tablet, order: Order, variant_id: str) -> None:
    """What was bought was for somebody else; a second tap says that it was not."""
    gift = not any(line.gift for line in order.lines if line.variant_id == variant_id)
    command = FlagGift(order_id=order.id, customer_id=order.customer_id, variant_id=variant_id, gift=gift)
    _ = tablet.words()
    await _do(tablet, command, _("Noted as a gift") if gift else _("Not a gift after all"))


@dataclass(frozen=True)
class Begun:
    """A note that somebody has begun in a visit on this tablet."""

    writer: str
    note: NoteDraft


def begun_note(tablet: Tablet, visit: Visit, to_staff_id: str = "") -> Begun | None:
    """Return the note that was begun here, by whoever looks after the customer, else by who is signed in."""
    for writer in dict.fromkeys((visit.staff_id, tablet.session.staff_id)):
        found = begun(tablet, (writer, note_key(visit.customer_id)), FORM) if writer and writer != to_staff_id else None
        if found is not None and (found.taken is not None or not found.is_empty):
            return Begun(writer or "", found)
    return None


async def hand_over(tablet: Tablet, visit: Visit, to_staff_id: str) -> None:
    """A colleague looks after her from now on, and goes on with the note that was begun here, on whichever tablet. What is
    confidential stays where it was written."""
    _, key, drafts = tablet.words(), note_key(visit.customer_id), tablet.device.drafts
    found = begun_note(tablet, visit, to_staff_id)
    command = HandOverVisit(
        visit_id=visit.id,
        customer_id=visit.customer_id,
        from_staff_id=visit.staff_id,
        to_staff_id=to_staff_id,
        draft=goes_along(found.note, found.writer, visit.draft) if found is not None else None,
    )
    command_id = await off_loop(tablet.device.submit, command, tablet.session.staff_id, UNDO_SECONDS)
    stays = found is not None and found.note.confidential
    if found is not None and not stays:
        drafts.give(found.writer, key, command_id)
        tablet.keep_drafts()

    def back() -> None:
        drafts.take_back(command_id)
        tablet.keep_drafts()

    said = _("Given to {staff:name}", staff=to_staff_id)
    if stays:
        said = _("Given to {staff:name}; the confidential note stays here", staff=to_staff_id)
    tablet.say(said, seconds=UNDO_SECONDS, undo=command_id, restore=back)


async def drop_given(tablet: Tablet, visit: Visit, restore: Callable[[], None]) -> None:
    """The begun note that came with the visit is wanted no more."""
    command = DropVisitDraft(visit_id=visit.id, customer_id=visit.customer_id)
    command_id = await off_loop(tablet.device.submit, command, tablet.session.staff_id, UNDO_SECONDS)
    tablet.say(tablet.words()("Draft discarded"), seconds=UNDO_SECONDS, undo=command_id, restore=restore)


async def close(tablet: Tablet, visit: Visit) -> None:
    """She has left."""
    await _do(
        tablet, CloseVisit(visit_id=visit.id, customer_id=visit.customer_id), tablet.words()("The visit has ended")
    )


async def attach_receipt(tablet: Tablet, visit: Visit, read: str) -> NoReceipt | None:
    """Tie the purchase of a receipt to the visit, by the number that its barcode says; return why what was read is none."""
    number = receipt_number(read)
    if not number:
        return None
    why = await off_loop(_no_receipt, tablet, number)
    if why is None:
        command = AttachReceipt(visit_id=visit.id, customer_id=visit.customer_id, number=number)
        await _do(tablet, command, tablet.words()("Receipt {number} noted", number=number))
    return why


def _no_receipt(tablet: Tablet, number: str) -> NoReceipt | None:
    retailer = tablet.device.cache.retailer()
    why = no_receipt(number, retailer.member_barcode if retailer is not None else "")
    return NoReceipt.LABEL if why is None and variant_by(tablet.device, number) is not None else why


async def plan_follow_up(tablet: Tablet, visit: Visit, proposal: Proposal, take: bool) -> None:
    """Plan what the goodbye proposes, or decline it for good."""
    command = PlanFollowUp(
        follow_up_id=follow_up_id(visit.customer_id, proposal.episode),
        visit_id=visit.id,
        customer_id=visit.customer_id,
        cause=proposal.cause,
        evidence=proposal.evidence,
        due_at=proposal.due_at,
        strength=proposal.strength,
        take=take,
    )
    _ = tablet.words()
    await _do(tablet, command, _("Planned for {day:date}", day=proposal.due_at) if take else _("Not this time, then"))


async def _do(tablet: Tablet, command: AnyCommand, said: str) -> None:
    command_id = await off_loop(tablet.device.submit, command, tablet.session.staff_id, UNDO_SECONDS)
    tablet.say(said, seconds=UNDO_SECONDS, undo=command_id)
