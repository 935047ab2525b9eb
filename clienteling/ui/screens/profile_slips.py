"""What the shop has taken on for this customer: on the profile."""

import flet as ft

from clienteling.context import Tablet
from clienteling.queries.profile import Profile as View
from clienteling.ui.component import keyed
from clienteling.ui.parts import button, divided, empty_state, freshness
from clienteling.ui.screens.slip_row import SlipRow
from clienteling.words import Words
from sync.model.slip import Slip
from sync.policy.slips import ENDED

MOST_ENDED = 10


def open_slips(view: View) -> tuple[Slip, ...]:
    """Return what is in hand, the nearest day first."""
    return tuple(
        sorted((one for one in view.facts.slips if one.state not in ENDED), key=lambda one: (one.due_on, one.id))
    )


def slips(tablet: Tablet, _: Words, view: View) -> ft.Control:
    """Open ones first, then what was done; above them the way to a new one."""
    customer = view.facts.customer
    new = button(_("New slip"), lambda: tablet.go(f"/customers/{customer.id}/slip"), kind="filled", icon=ft.Icons.ADD)
    ended = [one for one in view.facts.slips if one.state in ENDED][:MOST_ENDED]
    every = [*open_slips(view), *ended]
    if not every:
        return empty_state(
            _("Nothing in hand"),
            _("An alteration, an order, a return or a complaint starts here."),
            new,
            icon=ft.Icons.CONTENT_CUT,
        )
    rows = divided([keyed(one.id, SlipRow, one, _.honour(customer.name), False) for one in every])
    return ft.Column([ft.Row([new]), *rows, freshness(_, view.as_of, _("Slips"))], spacing=12)
