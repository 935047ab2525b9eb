"""What a search field says that it takes. Its label is one line: with large letters on a handheld, fewer words."""

from clienteling.theme import S
from clienteling.words import Words


def people_sought(_: Words, width: float) -> str:
    """Return the label of a field that finds customers, for a screen so wide in letters."""
    return _("Name, phone, member no.") if width >= S.SLIM_BELOW else _("Name, number")


def goods_sought(_: Words, width: float) -> str:
    """Return the label of a field that finds products."""
    return _("Product name or JAN") if width >= S.SLIM_BELOW else _("Product, JAN")
