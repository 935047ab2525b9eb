"""The whole history of a customer with us, on a screen of its own."""

import flet as ft

from clienteling.context import use_tablet, use_words
from clienteling.queries.profile import load_profile
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, keyed, use_query
from clienteling.ui.parts import card, error_panel
from clienteling.ui.parts.skeletons import list_skeleton
from clienteling.ui.screens.not_here import not_here
from clienteling.ui.screens.profile_history import History
from clienteling.ui.shell import frame


@component
def Timeline(customer_id: str, **_more: str) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, again = use_query(
        lambda: load_profile(
            tablet.device.cache,
            customer_id,
            shop=directory.shop,
            now=now,
            zone=directory.zone,
            playbook=directory.playbook,
        ),
        [customer_id],
    )
    title, back = _("History so far"), f"/customers/{customer_id}"
    use_view(query.value.facts.customer.id if query.value else None)
    if query.value is None:
        if query.error is not None:
            return frame(title, error_panel(_, again), back=back)
        if query.loading:
            return frame(title, list_skeleton(9, "time", fill=True), back=back)
        return frame(title, not_here(_, tablet), back=back)
    view = query.value
    body = card(
        keyed(f"history:{view.facts.customer.id}", History, view, True),
        title=_.honour(view.facts.customer.name),
        aside=_("{n} entries", n=len(view.timeline)),
        expand=True,
        fill=True,
    )
    return frame(title, body, back=back)
