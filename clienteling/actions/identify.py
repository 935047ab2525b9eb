"""From a scanned or typed code to a customer, or to the sentence that says why not and what to do."""

from dataclasses import dataclass
from typing import Literal

from clienteling.actions.products import open_product
from clienteling.context import Tablet, off_loop
from clienteling.scan.wedge import plain
from sync.client.types import Identification, IdentifyOutcome
from sync.model.commands import CheckIn, How, RecordView, RevealContact
from sync.model.customer import Visit, VisitSource
from sync.policy.badge import is_badge


@dataclass(frozen=True)
class ScanWord:
    """An identification that found nobody: `outcome` is worded by the catalogue, `text` is what was read."""

    outcome: IdentifyOutcome
    text: str = ""


@dataclass(frozen=True)
class Thanks:
    """A scan before the customer's eyes: the screen thanks her and says nothing else, until staff tap."""

    customer_id: str = ""
    digest: str = ""
    """Of her code, for the record of the view, where no check-in carried it."""
    unverified: bool = False
    word: ScanWord | None = None
    """Why it found nobody, for staff alone."""


async def identify(
    tablet: Tablet, text: str, how: Literal["scan", "search"] = "scan", *, front: bool = False
) -> Identification:
    """Find whom `text` names. Found by her own code: her visit opens (once per day and shop) and her profile shows; by a
    member card, her profile shows as not verified; else the scan screen says why not.

    Where the customer sees the screen (`front`: she was before the front camera) it only thanks her, see `Thanks`.
    """
    session = tablet.session
    if is_badge(plain(text)):  # its number is shown nowhere, and asked of nobody
        tablet.say(tablet.words()("This is a staff badge. It opens your screen when it is covered."))
        return Identification(IdentifyOutcome.NOT_A_CODE)
    if await open_product(tablet, text):  # the label of a product, not a customer's code
        return Identification(IdentifyOutcome.NOT_A_CODE)
    found = await off_loop(tablet.device.identify, text, staff_id=session.staff_id or "")
    if how == "scan" and (front or tablet.settings.scan_faces == "customer"):
        await _thank(tablet, found, text)
    elif found.outcome is IdentifyOutcome.FOUND and found.customer_id is not None:
        session.scan = None
        here = await off_loop(is_here, tablet, found.customer_id, scanned=True)
        session.unverified = found.customer_id if found.unverified and not here else ""
        arrives = found.by_code and not here
        digest = "" if arrives else found.code_digest  # the check-in carries it, or else the view
        if arrives:  # before her profile is drawn: what belongs to a visit would move it under the finger
            await check_in(tablet, found.customer_id, found.code_digest)
        await open_customer(tablet, found.customer_id, "scan" if found.by_code else how, digest)
    else:
        session.scan = ScanWord(found.outcome, text[:200])
        if how == "scan":
            tablet.go("/scan")
    return found


async def _thank(tablet: Tablet, found: Identification, text: str) -> None:
    """Take her in, and show nobody anything of her yet."""
    session = tablet.session
    if found.outcome is not IdentifyOutcome.FOUND or found.customer_id is None:
        session.scan = Thanks(word=ScanWord(found.outcome, text[:200]))
    else:
        here = await off_loop(is_here, tablet, found.customer_id, scanned=True)
        arrives = found.by_code and not here
        digest = "" if arrives else found.code_digest
        session.scan = Thanks(found.customer_id, digest, found.unverified and not here)
        if arrives:
            await check_in(tablet, found.customer_id, found.code_digest)
    tablet.go("/scan")


async def open_customer(tablet: Tablet, customer_id: str, how: How, code_digest: str = "") -> None:
    """Show a customer's profile, and put on record who looked and how."""
    await record_view(tablet, customer_id, how, code_digest)
    tablet.go(f"/customers/{customer_id}")


async def record_view(tablet: Tablet, customer_id: str, how: How, code_digest: str = "") -> None:
    """Put on record who looks at a customer, and how they came there."""
    staff_id = tablet.session.staff_id
    if staff_id is not None:
        tablet.viewed_for = how
        tablet.viewed = (staff_id, customer_id)  # before the disk answers: her screen may be drawn meanwhile
        view = RecordView(customer_id=customer_id, how=how, code_digest=code_digest)
        await off_loop(tablet.device.submit, view, staff_id)


async def reveal_contact(
    tablet: Tablet, customer_id: str, field: Literal["phone", "email"], *, writing: bool = False
) -> bool:
    """Put on record that this number or address is shown, and what for; return whether it may be. Works offline too."""
    staff_id = tablet.session.staff_id
    if staff_id is None:
        return False
    purpose: How | Literal["message"] = "message" if writing else tablet.viewed_for
    await off_loop(tablet.device.submit, RevealContact(customer_id=customer_id, field=field, purpose=purpose), staff_id)
    return True


async def check_in(
    tablet: Tablet, customer_id: str, code_digest: str = "", source: Literal["scan", "staff"] = "scan"
) -> bool:
    """Open her visit in this shop, unless one of today is open that says as much. Returns whether a new one was opened."""
    directory, staff_id = tablet.pulse.directory, tablet.session.staff_id
    if directory.shop_id is None or staff_id is None:
        return False
    if await off_loop(is_here, tablet, customer_id, scanned=source == "scan"):
        return False
    command = CheckIn(
        visit_id=tablet.new_id(),
        customer_id=customer_id,
        shop_id=directory.shop_id,
        source=source,
        code_digest=code_digest,
    )
    await off_loop(tablet.device.submit, command, staff_id)
    return True


def is_here(tablet: Tablet, customer_id: str, *, scanned: bool) -> bool:
    """Whether her visit of today in this shop is open; with `scanned`, by her own code: that says more than a visit that
    staff or the till noted, and lets her interests be shown. Blocks for a millisecond."""
    directory = tablet.pulse.directory
    today = tablet.now().astimezone(directory.zone).date()
    return any(
        isinstance(record, Visit)
        and record.shop_id == directory.shop_id
        and record.ended_at is None
        and (record.source is VisitSource.SCAN or not scanned)
        and record.at.astimezone(directory.zone).date() == today
        for record in tablet.device.cache.customer_range(customer_id)
    )


__all__ = ["How", "ScanWord", "Thanks", "check_in", "identify", "open_customer", "record_view", "reveal_contact"]
