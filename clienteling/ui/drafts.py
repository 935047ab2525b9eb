"""What somebody writes and has not sent, kept by the device until it is, and taken up again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import flet as ft

from clienteling.actions.drafts import Form, begun
from clienteling.context import Tablet, use_tablet
from clienteling.ui.component import Box, use_box
from clienteling.ui.parts import button, soft
from clienteling.words import Words
from sync.client.drafts import Draft
from sync.policy.visits import closing

T = TypeVar("T")


@dataclass(frozen=True)
class Kept(Generic[T]):
    """A draft as drawn, as handlers read it, and how to set it."""

    draft: T
    held: Box[T]
    write: Callable[[T], None]
    let_go: Callable[[], None] | None
    """Ends a draft of before that is taken up; None where this is a new one."""


def use_kept_draft(
    key: str, customer_id: str, empty: T, form: Form[T], route: str, *, fits: Callable[[T], bool] = lambda _: True
) -> Kept[T]:
    """Hook: like `use_draft`, and it outlives the session and the program: until it is sent (`Tablet.finish`), the visit or
    the day ends, or its writer lets it go. `route` is where it is written."""
    tablet = use_tablet()
    place = (tablet.session.staff_id or "", key)

    def found() -> T | None:
        draft = begun(tablet, place, form)
        return draft if draft is not None and draft != empty and fits(draft) else None

    before, set_before = ft.use_state(cast("Any", found))
    draft, show = ft.use_state(cast("Any", before if before is not None else empty))
    held = use_box(draft)

    def write(value: T) -> None:
        held.current = value
        _keep(tablet, place, customer_id, value, empty, form)
        show(lambda _: value)

    def let_go() -> None:
        was = held.current

        def restore() -> None:
            if (tablet.session.staff_id or "") == place[0]:
                write(was)
                set_before(lambda _: was)
                tablet.go(route)

        write(empty)
        set_before(lambda _: None)
        tablet.say(tablet.words()("Draft discarded"), restore=restore)

    return Kept(cast("T", draft), held, write, let_go if before is not None else None)


def draft_line(_: Words, let_go: Callable[[], None] | None, whose: str = "") -> list[ft.Control]:
    """A quiet word that this is what was begun before, by oneself or (`whose`) a colleague, and the way to be rid of it."""
    if let_go is None:
        return []
    return [
        ft.Row(
            [
                soft(whose or _("Your draft")),
                button(_("Discard draft"), let_go, kind="plain"),
            ],
            wrap=True,  # the way to be rid of it stands below where it has no room beside
            run_spacing=0,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
    ]


def _keep(tablet: Tablet, place: tuple[str, str], customer_id: str, value: T, empty: T, form: Form[T]) -> None:
    shop, drafts, now = tablet.shop, tablet.device.drafts, tablet.now()
    if value == empty:
        tablet.drafts.pop(place, None)
        drafts.drop(*place)
    elif shop is None or not place[0] or not form.may(value):
        tablet.drafts[place] = value
        drafts.drop(*place)
    else:
        tablet.drafts.pop(place, None)
        until = closing(shop.closes, tablet.pulse.directory.zone, now)
        drafts.put(Draft(*place, customer_id, now, until, form.shape.dump_json(value).decode()))
    tablet.keep_drafts()
