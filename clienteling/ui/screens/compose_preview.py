"""What the customer will see, in that channel's manner."""

from collections.abc import Sequence

import flet as ft

from clienteling.queries.compose import Writer, preview, seen_sender
from clienteling.queries.contact import Contact
from clienteling.theme import C, S, T
from clienteling.ui.parts import card, soft, text
from clienteling.ui.parts.people import avatar
from clienteling.words import Words
from sync.model.catalogue import Product
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
    products: Sequence[Product],
    *,
    scroll: bool,
) -> ft.Container:
    """The message as it will arrive, made from the very text that is sent. `scroll` where its height is bounded."""
    language = contact.facts.customer.language
    whole = preview(body, channel, language, writer) if body.strip() else ""
    sender = seen_sender(channel, language, writer)
    names = [one.name_en if language != "ja" and one.name_en else one.name for one in products]
    title = _("As she will see it")
    if channel is Channel.LINE:
        bubbles: list[ft.Control] = [_bubble(whole)]
        bubbles += [
            ft.Container(
                ft.Column([_picture(one), text(name, color=LINE_INK, bold=True)], spacing=6),
                bgcolor="#FFFFFF",
                border_radius=S.RADIUS,
                padding=10,
            )
            for one, name in zip(products, names, strict=True)
        ]
        inside = ft.Column(
            [
                ft.Row([avatar(writer.retailer.brand, size=36), text(sender, size=T.SMALL, color=LINE_INK)], spacing=8),
                *bubbles,
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
        *(soft(name) for name in names if channel is Channel.EMAIL),
        title=title,
        aside=_.code("channel", channel),
        scroll=scroll,
    )


def _bubble(whole: str) -> ft.Control:
    return ft.Container(text(whole, color=LINE_INK), bgcolor="#FFFFFF", border_radius=S.RADIUS, padding=14)


def _picture(product: Product) -> ft.Control:
    return ft.Image(
        src=product.image if "://" in product.image else f"/media/{product.image}",
        height=110,
        fit=ft.BoxFit.COVER,
        border_radius=8,
        exclude_from_semantics=True,
        error_content=ft.Container(),
    )
