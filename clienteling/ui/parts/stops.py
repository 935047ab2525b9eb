"""That a customer is to be left in peace: who entered it, when and why."""

import flet as ft

from clienteling.ui.parts.base import soft, text
from clienteling.words import Words
from sync.model.customer import Consent

BY_STAFF = "staff"
"""The source of what staff entered (the server writes it so)."""


def stop_lines(_: Words, stop: Consent) -> list[ft.Control]:
    """Who and when; before it what a customer's own act says. Why staff entered it is withheld (`Withheld`): not every copy of the
    record may be without it."""
    by_staff = stop.source == BY_STAFF
    if by_staff and stop.recorded_by:
        who = _("{staff:name}, {at:datetime}", staff=stop.recorded_by, at=stop.at)
    else:
        who = _("By the customer's own act, {at:datetime}", at=stop.at)
    return [*([text(stop.wording)] if stop.wording and not by_staff else []), soft(who)]
