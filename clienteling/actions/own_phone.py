"""A code that a new customer reads with her own phone, and what staff do once she has registered."""

from clienteling.actions.identify import check_in, open_customer
from clienteling.actions.search import search_beyond
from clienteling.context import Tablet, off_loop
from clienteling.queries.own_phone import Joined
from clienteling.queries.search import Hit
from sync.errors import ClientelingError, Conflict, NotAllowed, Unavailable
from sync.model.own_phone import OwnPhoneLink


async def make_link(tablet: Tablet) -> OwnPhoneLink | None:
    """Have an address made; None where it did not work, which is said."""
    _ = tablet.words()
    try:
        return await off_loop(tablet.device.own_phone_link, tablet.session.staff_id or "")
    except Unavailable:
        tablet.say(_("The server cannot be reached just now. You can register the customer with the form."))
    except ClientelingError:
        tablet.say(_("No code could be made. You can register the customer with the form."))
    return None


async def make_line_link(tablet: Tablet, customer_id: str) -> OwnPhoneLink | str:
    """Have an address made with which the customer links her LINE account, or return why there is none."""
    try:
        return await off_loop(tablet.device.line_link, customer_id, tablet.session.staff_id or "")
    except Conflict as refused:
        return str(refused.params.get("reason", "conflict"))
    except ClientelingError as refused:
        return refused.code


async def alike_anywhere(tablet: Tablet, found: Joined) -> tuple[Hit, ...]:
    """Return who may be the same: of this tablet, and by number of the whole retailer where the server can be asked."""
    try:
        beyond = await search_beyond(tablet, found.phone) or ()
    except NotAllowed:
        beyond = ()
    known = {found.customer_id, *(hit.customer_id for hit in found.alike)}
    return (*found.alike, *(hit for hit in beyond if hit.customer_id not in known))


async def welcome(tablet: Tablet, customer_id: str) -> None:
    """She stands here: her visit opens, and her profile."""
    tablet.session.scan = None
    await check_in(tablet, customer_id, source="staff")
    await open_customer(tablet, customer_id, "link")
