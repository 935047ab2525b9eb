"""わたしの成果: whom one's messages brought back, shared with those who had a part in it. Nobody is set beside anybody."""

import flet as ft

from clienteling.actions.identify import open_customer
from clienteling.context import Tablet, call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.results import Results, Told, load_results
from clienteling.theme import S
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import (
    avatar,
    button,
    card,
    chip,
    closed_state,
    divided,
    empty_state,
    error_panel,
    soft,
    tappable,
    text,
)
from clienteling.ui.parts.skeletons import list_skeleton
from clienteling.ui.shell import frame
from clienteling.words import Words


@component
def MyResults(**_more: str) -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    directory, staff_id = pulse.directory, session.staff_id
    query, again = use_query(
        lambda: load_results(tablet.device.cache, staff_id, tablet.now(), directory.zone), [staff_id]
    )
    title = _("My results")
    if pulse.shut:
        return frame(title, closed_state(_), back="/")
    if query.error is not None and query.value is None:
        return frame(title, error_panel(_, again), back="/")
    if query.value is None:
        return frame(title, list_skeleton(3), back="/", scroll=True)
    found = query.value
    parts = [_this_week(_, tablet, found)]
    if found.last_week:
        parts.append(card(*divided(_rows(_, tablet, found.last_week)), title=_("Last week"), spacing=4))
    parts.append(_honest(_, found, tablet))
    return frame(
        title,
        ft.Column(parts, spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        back="/",
        scroll=True,
    )


def _this_week(_: Words, tablet: Tablet, found: Results) -> ft.Control:
    title = _("Came back this week")
    if not found.this_week:
        return card(
            empty_state(
                _("Nobody yet this week"),
                _(
                    "Somebody you wrote to, or received for a colleague, appears here after coming or buying within {n} days. Today's follow-ups lead there.",
                    n=found.days,
                ),
                button(_("To the follow-ups"), call(tablet.go, "/queue"), kind="soft"),
                icon=ft.Icons.VOLUNTEER_ACTIVISM_OUTLINED,
            ),
            title=title,
        )
    count = _("{n} this week", n=len(found.this_week))
    return card(*divided(_rows(_, tablet, found.this_week)), title=title, aside=count, spacing=4)


def _rows(_: Words, tablet: Tablet, told: tuple[Told, ...]) -> list[ft.Control]:
    return [_row(_, tablet, one) for one in told]


def _row(_: Words, tablet: Tablet, one: Told) -> ft.Control:
    name, result = _.honour(one.customer.name), one.result
    how = _.code("brought_back", result.how)
    when = _("{at:date}, after the message of {contacted:date}", at=result.at, contacted=result.contacted_at)
    names = [tablet.pulse.directory.name(who, _.language) for who in one.others]
    together = _("Together with {names:list}", names=names)
    return tappable(
        ft.Row(
            [
                avatar(one.customer.family_name),
                ft.Column(
                    [
                        ft.Row(
                            [text(name, bold=True), chip(how, "primary")],
                            spacing=8,
                            wrap=True,
                            run_spacing=2,
                            vertical_alignment=ft.CrossAxisAlignment.CENTER,
                        ),
                        soft(when, lines=3),
                        *([soft(together, lines=3)] if one.others else []),
                    ],
                    spacing=2,
                    expand=True,
                ),
            ],
            spacing=12,
        ),
        f"{name} {how} {when}" + (f" {together}" if one.others else ""),
        call(tablet.run, open_customer, tablet, one.customer.id, "link"),
        padding=ft.Padding.symmetric(vertical=8),
        key=one.customer.id,
    )


def _honest(_: Words, found: Results, tablet: Tablet) -> ft.Control:
    """What the figure is, and what it cannot know."""
    synced = tablet.pulse.last_synced_at
    return card(
        text(
            _(
                "Told here is who came or bought within {n} days of a personal message that you wrote, or that went in your name, and whom you received or handed over then.",
                n=found.days,
            ),
            height=1.5,
        ),
        soft(
            _(
                "It cannot know whether somebody would have come anyway. Calls, letters and what was agreed in the shop are not counted, nor is who is not on this tablet; purchases appear when the till has reported them."
            ),
            height=1.5,
        ),
        soft(_("As of {at:datetime}", at=synced) if synced else _("Not synced yet"), lines=2),
        title=_("How this is told"),
    )
