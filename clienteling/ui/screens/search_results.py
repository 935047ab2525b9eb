"""What a search finds, as it is typed: on this tablet first, beyond it on request. Used by home, search and scan.

Rows are what a key waits for: the first few are drawn at once, what else fits the screen a moment later, the rest when the
fingers rest; and rows once made stay the same controls until other people are found, so that nothing of them is compared or
sent again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import flet as ft

from clienteling.actions.identify import open_customer
from clienteling.actions.search import open_beyond, say_refused, search_beyond
from clienteling.context import Tablet, call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.search import LIMIT, Hit, search
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import button, card, closed_state, divided, empty_state, error_panel, soft
from clienteling.ui.parts.customers import hit_row
from clienteling.ui.parts.skeletons import rows_skeleton
from clienteling.words import Words
from sync.errors import NotAllowed

AROUND, ROW = 230, 65
"""Logical pixels: what stands above a list of hits at least, and how high a row is at most."""
FIRST = 4
"""Hits that a key is answered by: whoever was meant is nearly always among them."""
SOON_SECONDS, REST_SECONDS = 0.05, 0.15
"""Until the rows that fit the screen follow, and until those below it are added as well: keys come faster."""


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
    fits = max(FIRST, int(session.height - AROUND) // ROW)
    drawn, draw = ft.use_state((hits, FIRST))
    made: list[ft.Control] = ft.use_memo(list, [hits, pulse.directory, _.language])
    count = drawn[1] if drawn[0] == hits else FIRST
    for hit in hits[(len(made) + 1) // 2 : count]:
        made += divided([*made[-1:], _row(tablet, _, hit)])[-2:]

    async def follow() -> None:
        if len(hits) > FIRST:
            for pause, more in ((SOON_SECONDS, fits), (REST_SECONDS, LIMIT)):
                await tablet.pause(pause)
                draw((hits, more))

    ft.use_effect(follow, [hits])
    if pulse.shut:
        return closed_state(_, register_button(_, tablet))
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
    if made:
        found: ft.Control = card(
            *made,
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
            *(
                []
                if count < len(hits)
                else [_further(tablet, _, ask, asking=here.state == "asking", online=pulse.online)]
            ),
        ],
        spacing=14,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _row(tablet: Tablet, _: Words, hit: Hit) -> ft.Control:
    opens = call(tablet.run, open_customer, tablet, hit.customer_id, "search")
    return hit_row(_, hit, tablet.pulse.directory, opens)


def register_button(_: Words, tablet: Tablet) -> ft.Control:
    """The way on where nobody is found."""
    return button(_("Register a new customer"), call(tablet.go, "/register"), icon=ft.Icons.PERSON_ADD_ALT)


def _further(tablet: Tablet, _: Words, ask: Callable[[], Awaitable[None]], *, asking: bool, online: bool) -> ft.Control:
    """What else can be done; below the last hit, and not before it: a button must not move away from under a finger."""
    return ft.Row(
        [
            button(
                _("Searching…") if asking else _("Search other shops too"),
                call(tablet.run, ask),
                icon=ft.Icons.TRAVEL_EXPLORE,
                disabled=not online or asking,
            ),
            register_button(_, tablet),
        ],
        wrap=True,
    )
