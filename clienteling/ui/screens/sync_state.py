"""The state of sync in plain words: since when, what waits, what was not accepted and what to do about it."""

import flet as ft

from clienteling.actions.identify import open_customer
from clienteling.actions.sync_state import dismiss
from clienteling.context import Tablet, call, use_pulse, use_tablet, use_words
from clienteling.queries.sync_state import SyncState as View
from clienteling.queries.sync_state import Told, load_sync_state
from clienteling.state import is_manager
from clienteling.theme import S
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import button, card, divided, error_panel, soft, text, transfer_bar
from clienteling.ui.parts.skeletons import list_skeleton
from clienteling.ui.shell import frame
from clienteling.words import Words


@component
def SyncState(**_more: str) -> ft.Control:
    tablet, pulse, _ = use_tablet(), use_pulse(), use_words()
    query, again = use_query(lambda: load_sync_state(tablet.device), [])
    title = _("Sync")
    if query.error is not None and query.value is None:
        return frame(title, error_panel(_, again), back="/")
    if query.value is None:
        return frame(title, list_skeleton(3, "none"), back="/", scroll=True)
    view = query.value
    parts: list[ft.Control] = [_present(_, view, pulse.shut)]
    if view.refused:
        parts.append(
            card(
                text(_("Nothing else was lost. Read why, and do it again in another way if it is still needed.")),
                *divided([_told(tablet, _, one) for one in view.refused]),
                title=_("Not accepted by the server"),
                aside=_("{n} entries", n=len(view.refused)),
                spacing=12,
            )
        )
    if view.notices:
        parts.append(
            card(*divided([_told(tablet, _, one) for one in view.notices]), title=_("Please check"), spacing=12)
        )
    if is_manager(tablet.staff):
        look = button(_("Unusual access"), lambda: tablet.go("/access"), icon=ft.Icons.POLICY_OUTLINED)
        parts.append(
            card(
                text(_("Which looks at customers on this shop's tablets stand out, and by which rule.")),
                ft.Row([look]),
                text(_("What each device last told, adding one, and taking one out of use.")),
                ft.Row([button(_("Shop devices"), call(tablet.go, "/fleet"), icon=ft.Icons.DEVICES)]),
                title=_("For managers"),
            )
        )
    return frame(
        title,
        ft.Column(parts, spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        back="/",
        scroll=True,
    )


def _present(_: Words, view: View, shut: str) -> ft.Control:
    waits = _("{n} saved here wait for the network", n=view.waiting) if view.waiting else _("Nothing waits to be sent")
    return card(
        text(_("Connected to the server") if view.online else _("No connection to the server"), size=19, bold=True),
        text(_("Last synced {at:datetime}", at=view.last_synced_at) if view.last_synced_at else _("Not synced yet")),
        *(
            [text(_("All of this shop's data is being fetched anew")), *transfer_bar(_, view.transfer)]
            if view.transfer
            else []
        ),
        text(waits),
        *([soft(_("the oldest since {at:datetime}", at=view.oldest_waiting_at))] if view.oldest_waiting_at else []),
        *(text(_.code("sync_message", code)) for code in view.messages if code != shut),  # that one stands above
        tone=None if view.online else "caution",
    )


def _told(tablet: Tablet, _: Words, one: Told) -> ft.Control:
    command, customer = one.command, one.customer
    unknown = _("a customer") if command.customer_id else _("this shop")
    name = _.honour(customer.name) if customer else unknown
    what = _.code("command", command.type)
    why = _.reason(command.reason) if command.reason else _("The server gave no reason.")
    actions: list[ft.Control] = []
    if customer is not None:
        actions.append(
            button(_("Open {name}", name=name), call(tablet.run, open_customer, tablet, customer.id, "link"))
        )
    actions.append(
        button(
            _("Got it: {name}, {what}", name=name, what=what),
            call(tablet.run, dismiss, tablet, command.command_id),
            kind="soft",
        )
    )
    return ft.Column(
        [
            text(_("{name}: {what}", name=name, what=what), bold=True),
            text(why),
            soft(_("{at:datetime}", at=command.at)),
            ft.Row(actions, wrap=True, spacing=S.GAP_SMALL, run_spacing=S.GAP_SMALL),
        ],
        spacing=4,
    )
