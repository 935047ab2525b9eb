"""How far the data of the shop are on their way to this tablet, as a bar and in words."""

import flet as ft

from clienteling.theme import C, T
from clienteling.transfer_words import transfer_words
from clienteling.ui.parts.base import soft
from clienteling.words import Words
from sync.client.types import Transfer


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
    return [progress_bar(_, share), soft(transfer_words(_, transfer), size=T.LABEL)]
