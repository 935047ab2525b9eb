"""What stands in place of a customer's screen where this tablet does not hold her."""

import flet as ft

from clienteling.context import Tablet
from clienteling.ui.parts import button, closed_state, empty_state
from clienteling.words import Words


def not_here(_: Words, tablet: Tablet) -> ft.Control:
    """Why she may not be here, and the two ways to her."""
    if tablet.pulse.shut:  # then nobody is
        return closed_state(_)
    return empty_state(
        _("This customer is not on this tablet"),
        _("The customer may belong to another shop. When connected, search by name to fetch the profile."),
        button(_("Search"), lambda: tablet.go("/search"), kind="filled", icon=ft.Icons.SEARCH),
        button(_("Scan"), lambda: tablet.go("/scan"), icon=ft.Icons.QR_CODE_SCANNER),
        icon=ft.Icons.PERSON_SEARCH_OUTLINED,
    )
