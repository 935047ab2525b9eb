"""One slip: what it is, by when, who sees to it, and what to do next. On the profile and in the shop's list."""

from datetime import timedelta

import flet as ft

from clienteling.actions.cover import works_here
from clienteling.actions.slips import assign_slip, move_slip
from clienteling.context import call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.slips import Due, due_of
from clienteling.theme import C, S, T
from clienteling.ui.component import component, keyed, use_once
from clienteling.ui.parts import button, chip, soft, tappable, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.screens.withheld import Withheld
from sync.model.slip import Slip, SlipKind, SlipState
from sync.policy.slips import ENDED, brings_on, may_become, next_state
from sync.policy.whose import works_in

_DAYS = {Due.OVERDUE: C.ERROR, Due.TODAY: C.ACCENT}
"""The colour of the day where it presses."""


@component
def SlipRow(slip: Slip, name: str, open_customer: bool) -> ft.Control:
    """`name`: the customer's, as said. `open_customer`: the name leads to her profile."""
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    more, set_more = ft.use_state(False)
    start = use_once(slip)
    due = due_of(slip, tablet.now(), pulse.directory.zone)
    complaint = slip.slip_kind is SlipKind.COMPLAINT
    mine = tablet.staff is not None and brings_on(slip, tablet.staff)
    ended = slip.state in ENDED
    kind = _.code("slip_kind", slip.slip_kind)
    head: list[ft.Control] = [
        chip(kind, "caution" if complaint else "primary"),
        chip(_.code("slip_state", slip.state), "good" if slip.state is SlipState.READY else "plain"),
    ]
    who = (
        _("In {staff:name}'s hands", staff=slip.owner_id)
        if complaint
        else _("{staff:name} sees to it", staff=slip.owner_id)
    )
    beside = open_customer and session.width >= S.NARROW_BELOW
    lines: list[ft.Control] = []
    if open_customer:
        go = call(tablet.go, f"/customers/{slip.customer_id}?tab=slips")
        shown = text(name, bold=True, color=C.PRIMARY, lines=2)
        head.insert(0, tappable(shown, _("Open {name}", name=name), go, padding=S.AROUND_LINE))
    lines.append(ft.Row(head, wrap=True, spacing=S.GAP_SMALL, vertical_alignment=ft.CrossAxisAlignment.CENTER))
    if slip.item:
        lines.append(text(slip.item, bold=True, lines=2))
    if complaint:
        lines.append(keyed(slip.id, Withheld, slip))
    elif slip.text:
        lines.append(text(slip.text, lines=4))
    day = text(
        _("Promised for {day:date}", day=slip.due_on.isoformat()),
        bold=True,
        color=C.INK if ended else _DAYS.get(due, C.INK),
    )
    lines.append(ft.Row([day, soft(who)], wrap=True, spacing=12, run_spacing=0))
    if not ended and mine:
        toggle = button(_("More…"), call(set_more, not more), kind="plain", icon=ft.Icons.MORE_HORIZ)
        usual = next_state(slip.slip_kind, slip.state)

        def step(state: SlipState) -> ft.Control:
            words = _.code("slip_do", f"{slip.slip_kind.value}_{state.value}")
            move = call(start, move_slip, tablet, slip, state)
            said = _("{what}: {name}", what=words, name=name)
            return button(words, move, kind="filled" if state is usual else "outline", tooltip=said)

        acts = [*([step(usual)] if usual else []), toggle]
        if beside:  # a screen's width has room for both, and twice as many rows
            facts = ft.Column(lines, spacing=2, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
            lines = [ft.Row([facts, ft.Row(acts, spacing=8)], spacing=S.GAP)]
        else:
            lines.append(ft.Row(acts, wrap=True, spacing=8, run_spacing=4))
        if more:
            people = [
                one
                for one in pulse.directory.staff.values()
                if works_in(one, slip.shop_id) and works_here(tablet, one.id)
            ]
            others = [step(state) for state in may_become(slip.slip_kind, slip.state) if state is not usual]
            lines += [
                *([ft.Row(others, wrap=True, spacing=8, run_spacing=4)] if others else []),
                text(_("Who sees to it?"), bold=True),
                choices(
                    [(one.id, pulse.directory.staff_name(one, _.language)) for one in people],
                    [slip.owner_id],
                    lambda staff_id: start(assign_slip, tablet, slip, staff_id, slip.due_on),
                ),
                text(_("Promise another day"), bold=True),
                choices(
                    [(str(days), _("{n} days later", n=days)) for days in (1, 3, 7)],
                    [],
                    lambda days: start(
                        assign_slip, tablet, slip, slip.owner_id, slip.due_on + timedelta(days=int(days))
                    ),
                ),
            ]
    elif not ended:
        lines.append(soft(_("Only {staff:name} and managers can move it on.", staff=slip.owner_id), size=T.SMALL))
    return ft.Column(lines, spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
