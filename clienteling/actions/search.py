"""Searching beyond the tablet, and opening whom was found there."""

from clienteling.actions.identify import identify, open_customer
from clienteling.context import Tablet, off_loop
from clienteling.queries.search import Hit, search
from sync.client.types import IdentifyOutcome
from sync.errors import NotAllowed, NotFound, Unavailable


async def search_beyond(tablet: Tablet, text: str) -> tuple[Hit, ...] | None:
    """Ask the server for customers of the whole retailer; None where it cannot be reached. Raises NotAllowed (`say_refused`)."""
    try:
        found = await off_loop(tablet.device.search_beyond, text, staff_id=tablet.session.staff_id or "")
    except Unavailable:
        return None
    return tuple(
        Hit(hit.customer_id, hit.name, hit.kana, hit.member_number, "", hit.home_shop_id, hit.last_visit_at)
        for hit in found
    )


async def open_beyond(tablet: Tablet, customer_id: str) -> bool:
    """Fetch a customer of another shop and show her; False (and said) where that is not possible now."""
    _ = tablet.words()
    try:
        await off_loop(tablet.device.fetch_customer, customer_id, staff_id=tablet.session.staff_id or "")
    except Unavailable:
        tablet.say(_("This customer is not on this tablet; that needs the network."))
        return False
    except NotFound:
        tablet.say(_("This customer is no longer there."))
        return False
    except NotAllowed as error:
        say_refused(tablet, error)
        return False
    await open_customer(tablet, customer_id, "search")
    return True


def say_refused(tablet: Tablet, error: NotAllowed) -> None:
    """Say why the server told whoever is signed in nothing: she may have left since, say."""
    tablet.say(tablet.words().code("reason", str(error.params.get("reason", ""))))


async def entered(tablet: Tablet, text: str) -> None:
    """Enter was pressed in a search field: a code or a whole number opens her; so does a name that only one has."""
    text = text.strip()
    if not text:
        return
    found = await identify(tablet, text, "search")
    if found.outcome is IdentifyOutcome.NOT_A_CODE:
        tablet.session.scan = None
        hits = await off_loop(search, tablet.device, text)
        if len(hits) == 1:
            await open_customer(tablet, hits[0].customer_id, "search")
    elif found.outcome is not IdentifyOutcome.FOUND:
        tablet.go("/scan")
