"""Customers and staff as the screens show them."""

import flet as ft

from clienteling.theme import C, S, T
from clienteling.ui.parts.base import chip, chips, soft, text
from clienteling.words import Words
from sync.model.customer import Customer

SHORT_NAME = 20
"""Characters of a name that is written in the largest letters; a longer one would take the place of what follows it."""


def avatar(name: str, *, size: int = 40, strong: bool = False, inverse: bool = False) -> ft.Control:
    """The first character of a name in a circle; `inverse` on a tinted ground. Pictures of people are never shown."""
    ink = C.ON_PRIMARY if inverse else C.ON_PRIMARY_SOFT if strong else C.INK_SOFT
    return ft.Container(
        text(
            name[:1],
            size=max(T.LABEL, round(size * 0.38)),
            bold=True,
            color=ink,
            height=1.2,
        ),
        width=size,
        height=size,
        border_radius=size / 2,
        bgcolor=C.PRIMARY if inverse else C.PRIMARY_SOFT if strong else C.SUNKEN,
        alignment=ft.Alignment.CENTER,
    )


def person_line(
    name: str, detail: str, *badges: ft.Control, trailing: ft.Control | None = None, strong: bool = False
) -> ft.Row:
    """One row: avatar, name with badges, a line of detail, and what can be done."""
    return ft.Row(
        [
            avatar(name, strong=strong),
            ft.Column(
                [
                    ft.Row([text(name, bold=True), *badges], spacing=8, wrap=True, run_spacing=4),
                    *([soft(detail, lines=8)] if detail else []),
                ],
                spacing=2,
                expand=True,
            ),
            *([trailing] if trailing else []),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def customer_header(
    _: Words,
    customer: Customer,
    *,
    badges: tuple[ft.Control, ...] = (),
    detail: str = "",
    aside: tuple[ft.Control, ...] = (),
    narrow: bool = False,
) -> ft.Control:
    """Kana, name with honorific, rank and state badges, one line of detail; consent badges at the side, or below."""
    large = T.DISPLAY if len(customer.name) <= SHORT_NAME and not narrow else T.TITLE
    who = ft.Column(
        [
            *([soft(customer.kana)] if customer.kana and customer.kana != customer.name else []),
            ft.Row(
                [
                    ft.Semantics(
                        header=True,
                        content=text(_.honour(customer.name), size=large, bold=True, height=1.3),
                    ),
                    *badges,
                ],
                spacing=8,
                wrap=True,
                run_spacing=4,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            *([soft(detail)] if detail else []),
            *([chips(*aside)] if aside and narrow else []),
        ],
        spacing=4 if narrow else 0,
        expand=True,
    )
    if narrow:
        return ft.Row([who])
    return ft.Row(
        [
            avatar(customer.family_name, size=64, strong=True),
            who,
            *([ft.Column(list(aside), spacing=6, horizontal_alignment=ft.CrossAxisAlignment.END)] if aside else []),
        ],
        spacing=S.GAP + 2,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def rank_chip(_: Words, customer: Customer, ranks: dict[str, str]) -> ft.Control | None:
    """The rank in the retailer's own word, or None where she has none."""
    return chip(ranks.get(customer.rank, customer.rank), "caution") if customer.rank else None


def complaint_chip(_: Words, staff_id: str | None) -> ft.Control | None:
    """That a complaint is open and who sees to it, and nothing more; None where none is."""
    return chip(_("Complaint: {staff:name} is on it", staff=staff_id), "caution") if staff_id else None


__all__ = ["avatar", "chips", "complaint_chip", "customer_header", "person_line", "rank_chip"]
