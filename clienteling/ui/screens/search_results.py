"""What a search finds, as it is typed: on this tablet first, beyond it on request. Used by home, search and scan.

Rows are what a key waits for: as many as fit the screen are drawn at once, the rest when the fingers rest, and rows once
made stay the same controls until other people are found, so that nothing of them is compared or sent again.
"""

from dataclasses import dataclass

import flet as ft

from clienteling.actions.identify import open_customer
from clienteling.actions.search import open_beyond, say_refused, search_beyond
from clienteling.context import Tablet, call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.search import LIMIT, Hit, search
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import button, card, divided, empty_state, error_panel, soft
from clienteling.ui.parts.customers import hit_row
from clienteling.ui.parts.skeletons import rows_skeleton
from clienteling.words import Words
from sync.errors import NotAllowed

AROUND, ROW = 230, 65
"""Logical pixels: what stands above a list of hits at least, and how high a row is at most."""
REST_SECONDS = 0.2
"""How long a list is left alone before the rows below the screen are added: keys come faster."""


@dataclass(frozen=True)
class Beyond:
    """The answer of the server to one typed text."""

    typed: str = ""
    state: str = ""
    """Empty, `asking`, `done` or `offline`."""
    hits: tuple[Hit, ...] = ()


@component
def SearchResults(typed: str, nothing: ft.Control | None = None) -> ft.Control:
    """`nothing` is shown while nothing is typed, and still until the first hits are in: a key is answered by one drawing."""
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    query, again = use_query(lambda: (typed, search(tablet.device, typed)), [typed])
    beyond, set_beyond = ft.use_state(Beyond())
    answered, hits = query.value or ("", ())
    fits = max(4, int(session.height - AROUND) // ROW)
    settled, settle = ft.use_state(hits)
    below = hits[fits:] if settled == hits else ()
    depends = [hits, fits, pulse.directory, _.language]
    first = ft.use_memo(lambda: divided([_row(tablet, _, hit) for hit in hits[:fits]]), depends)
    more = ft.use_memo(lambda: divided([*first[-1:], *(_row(tablet, _, hit) for hit in below)])[1:], [*depends, below])
    rows = [*first, *more]

    async def rest() -> None:
        if len(hits) > fits:
            await tablet.pause(REST_SECONDS)
            settle(lambda _before: hits)

    ft.use_effect(rest, [hits])
    if query.error is not None:
        return error_panel(_, again)
    if not answered.strip():
        return nothing or card(rows_skeleton(4, lead="person"))

    async def ask() -> None:
        set_beyond(Beyond(typed, "asking"))
        try:
            found = await search_beyond(tablet, typed)
        except NotAllowed as error:
            say_refused(tablet, error)
            set_beyond(Beyond())
            return
        set_beyond(Beyond(typed, "offline") if found is None else Beyond(typed, "done", found))

    here = beyond if beyond.typed == typed else Beyond()
    known = {hit.customer_id for hit in hits}
    others = [hit for hit in here.hits if hit.customer_id not in known]
    far = [hit_row(_, hit, pulse.directory, call(tablet.run, open_beyond, tablet, hit.customer_id)) for hit in others]
    if rows:
        found: ft.Control = card(
            *rows,
            title=_("On this tablet"),
            aside=_("the first {n}", n=LIMIT) if len(hits) == LIMIT else _("{n} found", n=len(hits)),
        )
    else:
        found = card(
            empty_state(
                _("No match on this tablet"),
                _("Names, kana, romaji, telephone and member numbers are searched."),
                icon=ft.Icons.PERSON_SEARCH_OUTLINED,
            )
        )
    return ft.Column(
        [
            found,
            *([card(*divided(far), title=_("Other shops"), aside=_("{n} found", n=len(far)))] if far else []),
            *([soft(_("Nobody else was found."))] if here.state == "done" and not far else []),
            *([soft(_("Other shops need the network; it is not there now."))] if here.state == "offline" else []),
            ft.Row(
                [
                    button(
                        _("Searching…") if here.state == "asking" else _("Search other shops too"),
                        call(tablet.run, ask),
                        icon=ft.Icons.TRAVEL_EXPLORE,
                        disabled=not pulse.online or here.state == "asking",
                    ),
                    button(_("Register a new customer"), call(tablet.go, "/register"), icon=ft.Icons.PERSON_ADD_ALT),
                ],
                wrap=True,
            ),
        ],
        spacing=14,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _row(tablet: Tablet, _: Words, hit: Hit) -> ft.Control:
    opens = call(tablet.run, open_customer, tablet, hit.customer_id, "search")
    return hit_row(_, hit, tablet.pulse.directory, opens)
