"""How far the data of the shop are on their way to this tablet, as a bar and in words."""

import flet as ft

from clienteling.theme import C, T
from clienteling.ui.parts.base import soft
from clienteling.words import Words
from sync.client.types import Transfer

_MEGABYTE = 1_000_000


def progress_bar(_: Words, share: float | None) -> ft.Control:
    """A bar; without a share it only shows that something goes on."""
    return ft.ProgressBar(
        value=share,
        color=C.PRIMARY,
        bgcolor=C.SUNKEN,
        bar_height=8,
        border_radius=4,
        semantics_label=_("Progress"),
    )


def transfer_bar(_: Words, transfer: Transfer) -> list[ft.Control]:
    """The bar of a snapshot that is being built or fetched, with bytes, share and the time that is left."""
    share = min(1.0, transfer.done / transfer.total) if transfer.total else None
    return [progress_bar(_, share), soft(_words(_, transfer, share), size=T.LABEL)]


def _words(_: Words, transfer: Transfer, share: float | None) -> str:
    percent = round((share or 0.0) * 100)
    if transfer.building:
        return _("The server is preparing this shop's data: {percent}%", percent=percent)
    done, total = (f"{value / _MEGABYTE:.1f}" for value in (transfer.done, transfer.total))
    fetched = _("{done} of {total} MB ({percent}%)", done=done, total=total, percent=percent)
    left = transfer.seconds_left
    if left is None:
        return fetched
    time = _("about {n} seconds left", n=left) if left < 90 else _("about {n} minutes left", n=round(left / 60))
    return f"{fetched} · {time}"
