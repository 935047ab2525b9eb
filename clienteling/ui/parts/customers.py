"""A customer in a list: enough to tell her apart, and one tap to her."""

from collections.abc import Callable
from typing import Any

import flet as ft

from clienteling.queries.search import Hit
from clienteling.state import Directory
from clienteling.theme import C
from clienteling.ui.parts.base import chip, soft, tappable, text
from clienteling.ui.parts.people import avatar, complaint_chip
from clienteling.words import Words


def hit_row(_: Words, hit: Hit, directory: Directory, on_click: Callable[..., Any]) -> ft.Control:
    """Name, kana, rank, member number, home shop and last visit; the whole row is the button."""
    ranks = directory.retailer.ranks if directory.retailer else {}
    shop = directory.name(hit.home_shop_id, _.language) if hit.home_shop_id else ""
    last = _("last visit {at:date}", at=hit.last_visit_at) if hit.last_visit_at else _("no visit yet")
    detail = " · ".join(part for part in (hit.member_number, shop, last) if part)
    handled = complaint_chip(_, hit.complaint_with)
    said = _("Complaint: {staff:name} is on it", staff=hit.complaint_with) if hit.complaint_with else ""
    row = ft.Row(
        [
            avatar(hit.name, size=44),
            ft.Column(
                [
                    ft.Row(
                        [
                            text(_.honour(hit.name), bold=True, height=1.3),
                            *([soft(hit.kana, height=1.3)] if hit.kana != hit.name else []),
                            *([chip(ranks.get(hit.rank, hit.rank))] if hit.rank else []),
                            *([handled] if handled is not None else []),
                        ],
                        spacing=10,
                        wrap=True,
                        run_spacing=2,
                        vertical_alignment=ft.CrossAxisAlignment.CENTER,
                    ),
                    soft(detail, height=1.4),
                ],
                spacing=2,
                expand=True,
            ),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, color=C.INK_SOFT),
        ],
        spacing=14,
    )
    return tappable(
        row,
        " ".join(part for part in (_.honour(hit.name), hit.kana, detail, said) if part),
        on_click,
        padding=ft.Padding.symmetric(horizontal=8, vertical=10),
    )
