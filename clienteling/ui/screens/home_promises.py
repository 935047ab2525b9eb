"""The card of the home screen with what one has promised; a manager sees what is overdue of everybody's."""

import flet as ft

from clienteling.context import Tablet, call
from clienteling.queries.home import Today
from clienteling.state import is_manager
from clienteling.ui.parts import button, card
from clienteling.ui.screens.promise_rows import promise_rows
from clienteling.words import Words

MOST = 4


def promises_card(_: Words, tablet: Tablet, found: Today) -> list[ft.Control]:
    """The card, or nothing where nothing is promised."""
    book = found.promises
    late = book.overdue_of_others if is_manager(tablet.staff) else ()
    shown = [*[one for one in book.mine if one.overdue], *late, *[one for one in book.mine if not one.overdue]]
    if not book.mine and not book.others:
        return []
    overdue = sum(one.overdue for one in shown)
    return [
        card(
            *promise_rows(shown[:MOST], named=True),
            button(
                _("All promises of this shop: {n}", n=len(book.mine) + len(book.others)),
                call(tablet.go, "/promises"),
                kind="plain",
            ),
            title=_("Promises: {n}", n=len(book.mine)),
            aside=_("{n} overdue", n=overdue) if overdue else "",
            spacing=4,
        )
    ]
