"""The relationship map: her path with us, to the right by what she has lived through, up and down by how close she is, with
what moved it. The same stands below as a list, which a screen reader reads instead of the chart."""

import flet as ft
import flet.canvas as cv

from clienteling.context import use_session, use_tablet, use_words
from clienteling.queries.relationship import Path, Step, gained, load_path
from clienteling.theme import C, S, T
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import card, chip, divided, empty_state, error_panel, soft, text, timeline_row
from clienteling.ui.parts.skeletons import chart_skeleton
from clienteling.ui.screens.not_here import not_here
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.outreach import Reason
from sync.policy.stage import WAY

HEIGHT = 300
_DOT = 6.0
_NAMED = 80
"""Width of a column that has room for the name of an experience; a narrower one has a number, told below."""
_CLEAR = 0.02
"""A smaller change of closeness is called none in words."""


@component
def Relationship(customer_id: str, **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, again = use_query(
        lambda: load_path(tablet.device.cache, customer_id, now, directory.playbook), [customer_id]
    )
    title, back = _("The way so far"), f"/customers/{customer_id}?tab=about"
    use_view(query.value.customer.id if query.value else None)
    if query.value is None:
        if query.error is not None:
            return frame(title, error_panel(_, again), back=back)
        if query.loading:
            return frame(title, chart_skeleton(HEIGHT), back=back, scroll=True)
        return frame(title, not_here(_, tablet), back=back)
    view = query.value
    narrow = session.width < S.NARROW_BELOW
    around = 2 * S.EDGE_NARROW if narrow else S.RAIL + 2 * S.EDGE
    width = max(session.pixels - around - 2 * (18 + 1), 280)  # a card's padding and hairline on either side
    stage = _.code("closeness", view.relationship.label)
    body = ft.Column(
        [
            card(
                text(_.honour(view.customer.name), bold=True, size=T.TITLE, lines=2),
                soft(_("To the right: what the customer has lived through with us, never undone. Upwards: closer.")),
                _chart(_, view, width, session.letters),
                title=_("Now: {stage}", stage=stage),
                aside=_("{n} steps", n=len(view.steps)),
            ),
            card(*_list(_, view), title=_("What moved it"), spacing=10),
        ],
        spacing=S.GAP,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return frame(title, body, back=back, scroll=True)


def _chart(_: Words, view: Path, width: float, letters: float) -> ft.Control:
    """Columns of experiences, lit as far as she has come; the line falls by itself between steps, as closeness fades."""
    had = set(view.relationship.experiences)
    column = width / len(WAY)
    bands: list[cv.Shape] = [
        cv.Rect(
            number * column + 1, 0, column - 2, HEIGHT, 8,
            paint=ft.Paint(color=C.PRIMARY_SOFT if name in had else C.SUNKEN),
        )
        for number, name in enumerate(WAY)
    ]  # fmt: skip
    points = [(0.0, _y(0.0))]
    for step in view.steps:
        points += [(step.across * width, _y(step.before)), (step.across * width, _y(step.up))]
    last = points[-1][0]
    end = (max(last, min(last + column / 4, width - 2 * _DOT)), _y(view.relationship.closeness))
    line = [cv.Path.MoveTo(*points[0]), *(cv.Path.LineTo(*point) for point in (*points[1:], end))]
    stroke = ft.Paint(color=C.PRIMARY, stroke_width=2.5, style=ft.PaintingStyle.STROKE)
    dots = [
        cv.Circle(
            step.across * width, _y(step.up), _DOT, paint=ft.Paint(color=C.ACCENT if step.move.gained else C.PRIMARY)
        )
        for step in view.steps
    ]
    here = [
        cv.Circle(*end, _DOT + 3, paint=ft.Paint(color=C.SURFACE)),
        cv.Circle(*end, _DOT, paint=ft.Paint(color=C.INK)),
    ]
    drawn = cv.Canvas([*bands, cv.Path(line, paint=stroke), *dots, *here], width=width, height=HEIGHT)
    short = column < _NAMED * letters
    names: list[ft.Control] = [
        ft.Container(
            text(str(number) if short else _.code("experience", name), size=T.SMALL, bold=name in had, lines=3, height=1.2,
                 color=C.INK if name in had else C.INK_SOFT, text_align=ft.TextAlign.CENTER),
            width=column,
            padding=ft.Padding.symmetric(horizontal=2),
        )
        for number, name in enumerate(WAY, 1)
    ]  # fmt: skip
    key = " · ".join(f"{number} {_.code('experience', name)}" for number, name in enumerate(WAY, 1))
    picture = ft.Column(
        [
            soft(_("Near to us"), size=T.SMALL),
            drawn,
            soft(_("Distant"), size=T.SMALL),
            ft.Row(names, spacing=0, vertical_alignment=ft.CrossAxisAlignment.START),
            *([soft(key, size=T.SMALL)] if short else []),
        ],
        spacing=4,
    )
    way = " → ".join(_.code("experience", one) for one in view.relationship.experiences)
    said = _("Chart of the way: {way}. The steps stand below as a list.", way=way)
    return ft.Semantics(label=said, image=True, content=ft.Semantics(exclude_semantics=True, content=picture))


def _y(closeness: float) -> float:
    """Return how far from the top; a margin keeps the dots inside."""
    return 10 + (1 - closeness) * (HEIGHT - 20)


def _list(_: Words, view: Path) -> list[ft.Control]:
    if not view.steps:
        return [
            empty_state(
                _("The way begins"), _("The first visit, purchase or reply is its first step."), icon=ft.Icons.TIMELINE
            )
        ]
    return divided([_row(_, step) for step in reversed(view.steps)])


def _row(_: Words, step: Step) -> ft.Control:
    move = step.move
    why = _.reason(Reason(code=f"move_{move.cause.code}", params=move.cause.params))
    news = [chip(_("New: {what}", what=_.code("experience", one)), "accent") for one in gained(move)]
    return timeline_row(_.column_date(move.at), why, "", *news, _felt(_, step))


def _felt(_: Words, step: Step) -> ft.Control:
    change = step.up - step.before
    if abs(change) < _CLEAR:
        return chip(_.code("closeness_change", "same"))
    return (
        chip(_.code("closeness_change", "closer"), "good")
        if change > 0
        else chip(_.code("closeness_change", "further"), "caution")
    )
