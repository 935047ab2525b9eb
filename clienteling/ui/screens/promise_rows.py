"""A promise as a row: what, until when, whose; kept with one tap, passed on or withdrawn with two."""

from collections.abc import Sequence

import flet as ft

from clienteling.actions import promises
from clienteling.actions.cover import works_here
from clienteling.context import Tablet, call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.promises import Given
from clienteling.state import is_manager
from clienteling.theme import C, S
from clienteling.ui.component import component, keyed, use_box, use_once
from clienteling.ui.parts import button, chip, divided, field, icon_button, soft, tappable, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.messages import local_chip
from clienteling.words import Words
from sync.model.promise import Promise
from sync.policy.whose import works_in


def promised(_: Words, one: Promise) -> str:
    """What was promised, in a line."""
    what = _.code("promised", one.what)
    return _("{what}: {text}", what=what, text=one.text) if one.text else what


def promise_rows(given: Sequence[Given], *, named: bool) -> list[ft.Control]:
    """Rows with a line between them; `named` says whom each was given to, where that is not plain from what is around."""
    return divided([keyed(one.promise.id, PromiseRow, one, named) for one in given])


def colleagues(tablet: Tablet, but: str | None) -> list[tuple[str, str]]:
    """Return (id, name) of those who work in this shop and could take something over."""
    directory, language = tablet.pulse.directory, tablet.session.language
    shop_id = directory.shop_id or ""
    people = [one for one in directory.staff.values() if one.id != but and works_in(one, shop_id)]
    return [(one.id, directory.staff_name(one, language)) for one in people if works_here(tablet, one.id)]


@component
def PromiseRow(one: Given, named: bool) -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    doing, do = ft.use_state("")
    why, wanting = use_box(""), ft.use_state(False)
    promise, name = one.promise, _.honour(one.customer.name)
    start = use_once(promise)
    line = promised(_, promise)
    mine = promise.owner_id == session.staff_id
    whose = (
        _("with you")
        if mine
        else _("with {staff:name}", staff=promise.owner_id)
        if promise.owner_id
        else _("nobody's yet")
    )
    due = _("Until {day}", day=_.date(promise.due_on))
    detail = " · ".join(
        [
            *([line] if named else []),
            whose,
            *([_("from {staff:name}", staff=promise.passed_by)] if mine and promise.passed_by else []),
        ]
    )
    words = ft.Column(
        [
            ft.Row(
                [
                    text(name if named else line, bold=True),
                    chip(_("{due}, overdue", due=due) if one.overdue else due, "error" if one.overdue else "primary"),
                    *([local_chip(_, online=pulse.online)] if one.local else []),
                ],
                spacing=8,
                wrap=True,
                run_spacing=2,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            soft(detail, lines=2),
        ],
        spacing=2,
        expand=True,
    )
    who: ft.Control = words
    if named:
        who = tappable(
            words,
            f"{name} {due} {detail}",
            call(tablet.go, f"/customers/{one.customer.id}"),
            padding=ft.Padding.symmetric(vertical=8),
        )
    kept = button(
        _("Kept"),
        call(start, promises.keep, tablet, promise),
        kind="soft",
        tooltip=_("Kept: {what}", what=f"{name} {line}"),
    )
    more = icon_button(
        ft.Icons.MORE_HORIZ,
        _("More to do: {what}", what=f"{name} {line}"),
        call(do, "" if doing else "asked"),
    )
    rows: list[ft.Control] = [
        ft.Row([ft.Container(who, expand=True), kept, more], spacing=8, vertical_alignment=ft.CrossAxisAlignment.CENTER)
    ]

    def gave(staff_id: str) -> None:
        do("")
        start(promises.pass_on, tablet, promise, staff_id)

    def withdrew() -> None:
        if not why.current.strip():
            wanting[1](True)
            return
        do("")
        start(promises.withdraw, tablet, promise, why.current)

    may_withdraw = session.staff_id in (promise.owner_id, promise.made_by) or is_manager(tablet.staff)
    if doing == "asked":
        rows.append(
            ft.Row(
                [
                    button(_("Pass on"), call(do, "pass"), icon=ft.Icons.SWAP_HORIZ),
                    *([button(_("Withdraw"), call(do, "withdraw"), icon=ft.Icons.CLOSE)] if may_withdraw else []),
                ],
                wrap=True,
                spacing=8,
                run_spacing=8,
            )
        )
    elif doing == "pass":
        rows += [text(_("Who keeps it?"), bold=True), choices(colleagues(tablet, promise.owner_id), [], gave)]
    elif doing == "withdraw":
        rows += [
            field(
                _("Why it will not be done"),
                hint=_("The reason stays on record"),
                error=_("A reason is needed") if wanting[0] else "",
                on_change=lambda event: setattr(why, "current", event.control.value or ""),
                max_length=500,
            ),
            ft.Row([button(_("Withdraw the promise"), withdrew, danger=True)]),
        ]
    if doing:
        rows.append(ft.Row([button(_("Cancel"), call(do, ""), kind="plain")]))
    return ft.Container(
        ft.Column(rows, spacing=S.GAP_SMALL, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=C.SUNKEN if doing else None,
        border_radius=S.RADIUS,
        padding=10 if doing else 0,
    )
