"""The project's @component. An exception in a scheduled render would freeze the whole screen without a word (Flet's update
task dies), so each component catches inside its own body, logs, and shows a panel with a way to try again.

Also `use_query`, the one way in which a screen reads the cache.
"""

import functools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, cast

import flet as ft
import structlog
from flet.components.component import Component

from clienteling.context import Tablet, TabletContext, off_loop, use_pulse, use_tablet
from clienteling.routes import resolve
from clienteling.trace import where
from clienteling.ui import drawing
from clienteling.ui.parts.panels import error_panel
from clienteling.words import Words

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger("clienteling.ui")

MOST_REDRAWS = 3
"""How often one drawing is tried again after Flet failed at it, before it waits for the next change."""


def _keep_drawing() -> None:
    """Let a drawing that fails inside Flet fail alone.

    Flet draws all that has changed in one task without a net: an error in comparing or sending one component (not in
    its body, which `component` guards) ends the task, and the screen stays as it is for good.

    It draws them in no order, too: a part would be drawn by itself and once more with what is around it. What is around it
    comes first here; drawing that clears the mark of each part that was drawn with it.
    """
    draw = Component.update

    def update(self: Component) -> None:
        for above in [*_above(self)][::-1]:
            if above._state.is_dirty:
                above.update()  # type: ignore[no-untyped-call]
        if not self._state.is_dirty:
            return
        try:
            draw(self)  # type: ignore[no-untyped-call]
        except Exception as error:
            failures = getattr(self._state, "failures", 0) + 1
            log.error("drawing_failed", component=getattr(self.fn, "__name__", "?"), error=where(error), tries=failures)
            object.__setattr__(self._state, "failures", failures)
            if failures <= MOST_REDRAWS:
                self._schedule_update()  # type: ignore[no-untyped-call]
        else:
            object.__setattr__(self._state, "failures", 0)

    Component.update = update  # type: ignore[method-assign]


def _above(part: Component) -> Iterator[Component]:
    """Yield the components around a part, the innermost first."""
    around = part.parent
    while around is not None:
        if isinstance(around, Component):
            yield around
        around = around.parent


_keep_drawing()
drawing.install()


def component(fn: Callable[P, ft.Control]) -> Callable[P, ft.Control]:
    """Mark a function as a component that cannot freeze the screen. See `keyed` for lists."""

    @functools.wraps(fn)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ft.Control:
        # These two hooks come first and always, so that the body's own keep their places whether it fails or not.
        _, again = ft.use_state(0)
        tablet = ft.use_context(TabletContext)
        try:
            return fn(*args, **kwargs)
        except Exception as error:
            log.error("render_failed", component=fn.__name__, error=where(error))
            words = tablet.words() if isinstance(tablet, Tablet) else Words("en")
            return error_panel(words, lambda: again(_next))

    made: Callable[P, ft.Control] = ft.component(guarded)
    return made


def keyed(key: str, made: Callable[P, ft.Control], *args: P.args, **kwargs: P.kwargs) -> ft.Control:
    """Call a component with a key: another key is another instance, with state of its own."""
    return made(*args, key=key, **kwargs)  # type: ignore[arg-type]


def _next(count: int) -> int:
    return count + 1


@dataclass(frozen=True)
class Query(Generic[T]):
    """The state of a reading: `value` is the last good one, also while a newer is on its way."""

    value: T | None = None
    error: Exception | None = None
    done: bool = False

    @property
    def loading(self) -> bool:
        return not self.done


def use_query(load: Callable[[], T], deps: Sequence[Any] = ()) -> tuple[Query[T], Callable[[], None]]:
    """Hook: run `load` in a thread on mount, when `deps` change, when the cache has changed, and every five minutes.

    Where reading again fails, the last good value stays, and that is said once; not over a line that offers a way back.

    Returns the query and a function that runs it again. `load` blocks freely; it must not touch controls or state.
    """
    tablet, pulse = use_tablet(), use_pulse()
    query, set_query = ft.use_state(Query[T]())
    nonce, set_nonce = ft.use_state(0)

    async def run() -> None:
        try:
            value = await off_loop(load)
        except Exception as error:
            log.error("query_failed", screen=resolve(tablet.session.route)[0].pattern, error=where(error))
            set_query(Query(query.value, error, True))
            notice = tablet.session.notice
            if query.value is not None and query.error is None and not (notice and (notice.undo or notice.restore)):
                tablet.say(
                    tablet.words()("Part of the screen could not be read again and is as it was. Nothing was lost.")
                )
        else:
            set_query(Query(value, None, True))

    ft.use_effect(run, [pulse.version, pulse.slot, nonce, *deps])
    return query, lambda: set_nonce(_next)


class Box(Protocol[T]):
    """Holds one value from render to render."""

    current: T


def use_box(initial: T) -> Box[T]:
    """Hook: a value that handlers read and set at once.

    Taps and keys may come faster than renders; a handler that reads what its render saw would lose some of them.
    """
    return cast("Box[T]", ft.use_ref(initial))


def use_once(*deps: Any) -> Callable[..., None]:
    """Hook: like `Tablet.run`, for what must not happen twice. A second tap may come before the screen has changed.

    It can be started again when it failed, and when `deps` (what the screen shows of the outcome) have changed.
    """
    tablet = use_tablet()
    started = use_box(False)

    def again() -> None:
        started.current = False

    ft.use_effect(again, list(deps))

    def start(fn: Callable[..., Awaitable[object]], *args: Any, **kwargs: Any) -> None:
        if started.current:
            return
        started.current = True

        @functools.wraps(fn)
        async def guarded() -> None:
            try:
                await fn(*args, **kwargs)
            except BaseException:
                started.current = False
                raise

        tablet.run(guarded)

    return start


def use_draft(
    key: str, empty: T, *, fits: Callable[[T], bool] = lambda _: True
) -> tuple[T, Box[T], Callable[[T], None]]:
    """Hook: what somebody is writing. Returns it as drawn, as handlers read it, and how to set it.

    It is kept for whoever is signed in until `Tablet.finish` takes it, so that looking something up, a scan in between
    or a signed-out tablet loses no words. An older draft that does not fit what the screen was opened for stays away.
    """
    tablet = use_tablet()
    place = (tablet.session.staff_id or "", key)

    def kept() -> T:
        found = tablet.drafts.get(place)
        return cast("T", found) if found is not None and fits(cast("T", found)) else empty

    draft, show = ft.use_state(cast("Any", kept))
    held = use_box(draft)

    def write(value: T) -> None:
        held.current = value
        tablet.drafts[place] = value
        show(lambda _: value)

    return cast("T", draft), held, write
