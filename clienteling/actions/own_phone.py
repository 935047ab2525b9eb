"""A code that a new customer reads with her own phone, and what staff do once she has registered."""

from clienteling.actions.identify import check_in, open_customer
from clienteling.context import Tablet, off_loop
from sync.errors import ClientelingError, Unavailable
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


async def welcome(tablet: Tablet, customer_id: str) -> None:
    """She stands here: her visit opens, and her profile."""
    tablet.session.scan = None
    await check_in(tablet, customer_id, source="staff")
    await open_customer(tablet, customer_id, "link")
