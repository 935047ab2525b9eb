"""Who may say a thing: a member of staff in her own name, or only the shop.

What was left in a basket, points and ranks are the house's book-keeping. Said by a person, they let a customer feel that
this person watches her account; said by the shop, they are a notice. The composer, the gate and the server ask here.
"""

from enum import StrEnum

from sync.model.outreach import Cause


class Speaker(StrEnum):
    PERSON = "person"
    """In the name of a member of staff; the shop may say it too."""
    SHOP = "shop"
    """In the name of the shop, or of the brand, and never in a person's."""


SHOP_ONLY = frozenset({Cause.CART_LEFT, Cause.RANK, Cause.POINTS_EXPIRE})


def speaks_for(cause: Cause) -> Speaker:
    """Return who may write for a cause."""
    return Speaker.SHOP if cause in SHOP_ONLY else Speaker.PERSON
