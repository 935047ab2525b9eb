"""What the customer will see, in that channel's manner."""

import flet as ft

from clienteling.queries.compose import Writer, preview, seen_sender
from clienteling.queries.contact import Contact
from clienteling.theme import C, S, T
from clienteling.ui.parts import card, text
from clienteling.ui.parts.people import avatar
from clienteling.words import Words
from sync.model.customer import Channel

LINE_GROUND = "#8FAEC9"
"""The blue behind LINE's bubbles: the customer's screen, so no role of our own palette."""
LINE_INK = "#1E2430"


def preview_card(
    _: Words,
    contact: Contact,
    writer: Writer,
    channel: Channel,
    subject: str,
    body: str,
    *,
    scroll: bool,
) -> ft.Container:
    """The message as it will arrive, made from the very text that is sent. `scroll` where its height is bounded."""
    language = contact.facts.customer.language
    whole = preview(body, channel, language, writer) if body.strip() else ""
    sender = seen_sender(channel, language, writer)
    title = _("As the customer will see it")
    if channel is Channel.LINE:
        inside = ft.Column(
            [
                ft.Row([avatar(writer.retailer.brand, size=36), text(sender, size=T.SMALL, color=LINE_INK)], spacing=8),
                _bubble(whole),
            ],
            spacing=8,
            scroll=ft.ScrollMode.AUTO if scroll else None,
            expand=scroll or None,
        )
        return ft.Container(
            ft.Column([text(title, bold=True, size=14, color=LINE_INK), inside], spacing=10, expand=scroll or None),
            bgcolor=LINE_GROUND,
            border_radius=S.RADIUS,
            padding=18,
        )
    head: list[ft.Control] = [text(sender, bold=True)]
    if channel is Channel.EMAIL:
        head.append(text(subject or "—", bold=True, size=16))
    return card(
        *head,
        ft.Divider(height=1, color=C.LINE),
        text(whole, selectable=True),
        title=title,
        aside=_.code("channel", channel),
        scroll=scroll,
    )


def _bubble(whole: str) -> ft.Control:
    return ft.Container(text(whole, color=LINE_INK), bgcolor="#FFFFFF", border_radius=S.RADIUS, padding=14)
