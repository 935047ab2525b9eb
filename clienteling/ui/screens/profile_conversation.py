"""Whose her messages are, above what was said; a manager can give them to somebody at once."""

import flet as ft

from clienteling.actions.conversation import take_over
from clienteling.actions.cover import works_here
from clienteling.context import call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.profile import Profile as View
from clienteling.state import is_manager
from clienteling.theme import C, S
from clienteling.ui.component import component, use_once
from clienteling.ui.parts import button, soft, text
from clienteling.ui.parts.choice import choices
from sync.policy.conversation import holder, last_of_ours
from sync.policy.whose import works_in


@component
def ConversationOf(view: View) -> ft.Control:
    tablet, pulse, _ = use_tablet(), use_pulse(), use_words()
    use_session()
    asking, ask = ft.use_state(False)
    customer, directory = view.facts.customer, pulse.directory
    mine = holder(customer, last_of_ours(view.facts.messages))
    start = use_once(mine)
    said = customer.conversation
    whose = (
        _("The conversation is {staff:name}'s", staff=mine) if mine else _("The conversation is nobody's in particular")
    )
    given = (
        _("Given by {staff:name}, {at:datetime}", staff=said.by, at=said.at) if said and said.staff_id == mine else ""
    )

    def give(staff_id: str) -> None:
        ask(False)
        start(take_over, tablet, customer.id, mine, staff_id)

    parts: list[ft.Control] = [
        ft.Row(
            [
                ft.Icon(ft.Icons.FORUM_OUTLINED, size=20, color=C.INK_SOFT),
                ft.Column([text(whose), *([soft(given)] if given else [])], spacing=2, expand=True),
            ],
            spacing=S.GAP_SMALL,
        )
    ]
    if is_manager(tablet.staff) and not asking:
        give_away = button(_("Give to someone else"), call(ask, True), icon=ft.Icons.SWAP_HORIZ, kind="plain")
        parts.append(ft.Row([give_away], alignment=ft.MainAxisAlignment.END))
    if asking:
        people = [
            one
            for one in directory.staff.values()
            if one.id != mine and directory.shop_id and works_in(one, directory.shop_id) and works_here(tablet, one.id)
        ]
        parts += [
            text(_("Who takes the conversation?"), bold=True),
            soft(_("What was written and not answered, and the open follow-ups, go along.")),
            choices([(one.id, directory.staff_name(one, _.language)) for one in people], [], give),
            ft.Row([button(_("Cancel"), call(ask, False))], alignment=ft.MainAxisAlignment.END),
        ]
    return ft.Container(ft.Column(parts, spacing=S.GAP_SMALL), bgcolor=C.SUNKEN, border_radius=S.RADIUS, padding=12)
