"""会社のアカウント: the way in for head office and stylists, where the house has an identity provider."""

import flet as ft

from clienteling.actions.company import to_provider
from clienteling.context import use_session, use_words
from clienteling.theme import C, S
from clienteling.ui.component import component
from clienteling.ui.parts import button, soft, text


@component
def CompanyAccount() -> ft.Control:
    """The button to the provider, and why the last try came to nothing."""
    session, _ = use_session(), use_words()
    if session.company is None:
        return ft.Container()
    parts: list[ft.Control] = [
        soft(_("Head office and stylists")),
        ft.Row(
            [button(_("Sign in with the company account"), icon=ft.Icons.BADGE_OUTLINED, action=to_provider())],
            wrap=True,
        ),
    ]
    if session.company:
        why = text(_.code("company", session.company), color=C.ERROR)
        parts.append(ft.Semantics(live_region=True, content=why))
    return ft.Column(parts, spacing=S.GAP_SMALL)
