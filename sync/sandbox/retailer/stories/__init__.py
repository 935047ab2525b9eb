"""The cases of the demo: each is told about one person by name, and about a few more so that none stands alone."""

from sync.sandbox.retailer.stories import came_back, consulted, occasions, people, reasons, restraint
from sync.sandbox.retailer.telling import Teller

STORIES = (
    reasons.returning,
    reasons.video,
    reasons.moved_stylist,
    reasons.lapsed,
    reasons.surge,
    reasons.birthday,
    reasons.coat,
    reasons.first,
    reasons.reply,
    restraint.contacted,
    restraint.opted_out,
    restraint.quiet,
    restraint.complaint,
    people.identities,
    people.homonyms,
    people.sms_fails,
    people.one_channel,
    people.english,
    people.fukuoka,
    people.long_name,
    occasions.anniversary,
    occasions.wish,
    occasions.cart,
    occasions.rank,
    occasions.points,
    occasions.due_again,
    restraint.returning_goods,
    restraint.bereaved,
    restraint.by_an_agency,
    consulted.consulted,
    consulted.no_show,
    came_back.came_back,
)
"""In the order in which the page of phones lists them."""


def tell(teller: Teller) -> None:
    """Tell every case."""
    for story in STORIES:
        story(teller)
