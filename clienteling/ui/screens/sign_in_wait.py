"""Before anybody can sign in: the first sync, with what it has and lacks."""

import flet as ft

from clienteling.context import use_pulse, use_words
from clienteling.theme import S, T
from clienteling.ui.component import component
from clienteling.ui.parts import card, heading, progress_bar, soft, text, transfer_bar


@component
def FirstSync() -> ft.Control:
    """How far the first sync is, and what can be done meanwhile."""
    pulse, _ = use_pulse(), use_words()
    done, total = pulse.progress or (0, 0)
    share = min(1.0, done / total) if total else None
    return card(
        heading(_("Getting this tablet ready")),
        *(
            transfer_bar(_, pulse.transfer)
            if pulse.transfer
            else [
                progress_bar(_, share),
                soft(_("{done} of about {total} records", done=done, total=total) if total else _("Waiting for the server"), size=T.LABEL),
            ]
        ),
        text(
            _("Once the names appear you can sign in. Until everything is here, a scan looks the customer up at the server.")
            if pulse.transfer
            else _("Once the names appear you can sign in. Search and scan then find those who have arrived; the rest follows by itself.")
            if pulse.online or done
            else _.code("sync_message", pulse.shut)
            if pulse.shut
            else _("The server has not answered yet. This goes on by itself as soon as it does.")
        ),
        padding=S.EDGE,
    )  # fmt: skip
