"""Money and days as shops write them, in Japanese and in Western manner."""

from datetime import date, datetime

import flet as ft

from clienteling.theme import T
from clienteling.ui.parts.base import soft, text
from clienteling.words import Words
from sync.model.catalogue import Money


def money(_: Words, amount: Money, *, strong: bool = False, size: int = T.BODY) -> ft.Control:
    """An amount; `strong` where it is the sum."""
    return text(_.money(amount), size=size, bold=strong)


def full_day(_: Words, at: datetime | date, *, size: int = T.LABEL) -> ft.Control:
    """A day that has to be exact, as on papers: with the year, and in Japanese with the year of the era."""
    return soft(_.full_date(at), size=size)
