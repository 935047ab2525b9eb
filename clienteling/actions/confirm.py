"""After a member card's bars, which prove nothing: staff have asked her, or it was somebody else; and the staff's tap after
a scan before the customer's eyes."""

from clienteling.actions.identify import Thanks, check_in, open_customer
from clienteling.context import Tablet


async def confirm_member(tablet: Tablet, customer_id: str) -> None:
    """She has said who she is: from now on her card counts as her own scan."""
    tablet.session.unverified = ""
    await check_in(tablet, customer_id)
    tablet.say(tablet.words()("Confirmed. The visit is open."))


def not_her(tablet: Tablet) -> None:
    """The card is somebody else's: nothing was opened for her, and the next one is scanned."""
    tablet.session.unverified = ""
    tablet.session.scan = None
    tablet.go("/scan")


async def open_thanked(tablet: Tablet) -> None:
    """The staff's tap: show whom the last scan found, or say why nobody."""
    thanks = tablet.session.scan
    if not isinstance(thanks, Thanks):
        return
    tablet.session.scan = thanks.word
    if thanks.customer_id:
        tablet.session.unverified = thanks.customer_id if thanks.unverified else ""
        await open_customer(tablet, thanks.customer_id, "scan", thanks.digest)
