"""Signing in with the company's account: what the page that comes back from the provider begins with."""

import flet as ft

from clienteling.came import Failed, SignedIn
from clienteling.context import Tablet

LOGIN = "/company/login"


def welcome(tablet: Tablet, came: SignedIn | Failed | None) -> None:
    """Sign in whoever the provider vouched for, or say on the sign-in screen why nobody is."""
    tablet.session.company = came.code if isinstance(came, Failed) else ""
    if isinstance(came, SignedIn) and tablet.session.staff_id is None:
        tablet.session.staff_id = came.staff_id
        if tablet.session.route in {"", "/sign-in"}:
            tablet.go("/")


def to_provider() -> ft.OpenUrl:
    """Return what a button does to go there, in this same window."""
    return ft.OpenUrl(LOGIN, target=ft.UrlTarget.SELF)
