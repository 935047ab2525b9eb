"""The gallery shows every part there is, in every state, language and theme."""

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import flet as ft
import msgpack  # type: ignore[import-untyped]
import pytest
from flet.components.component import Renderer
from flet.controls.context import _context_page
from flet.messaging.session import Session as FletSession

from clienteling.i18n import LANGUAGES
from clienteling.ui import parts
from clienteling.ui.gallery.page import groups, hang
from clienteling.ui.gallery.sample import words
from clienteling.ui.gallery.shown import SHOWN
from sync.settings import TabletSettings
from tests.ui.harness import ENCODE, FakeConnection, names, walk


def drawn() -> dict[str, Callable[..., Any]]:
    """Every public function of `ui/parts` that gives something to draw, by its name."""
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.iter_modules(parts.__path__):
        loaded = importlib.import_module(f"{parts.__name__}.{module.name}")
        for name, one in vars(loaded).items():
            mine = inspect.isfunction(one) and one.__module__ == loaded.__name__ and not name.startswith("_")
            if (mine and "ft." in inspect.formatannotation(inspect.signature(one).return_annotation)) or (
                mine and "flet" in str(inspect.signature(one).return_annotation)
            ):
                found[name] = one
    return found


def test_no_part_is_missing() -> None:
    """A part that somebody adds to `ui/parts` has to be entered in the gallery, and one that is gone leaves it."""
    assert set(drawn()) == {one.name for one in SHOWN}
    assert {one.name: one.part for one in SHOWN} == drawn()


def test_the_list_of_parts_is_found() -> None:
    """What is asked for above is not an empty list."""
    assert {"chip", "customer_header", "ProductPicker", "stop_lines"} <= set(drawn())


@pytest.mark.parametrize("shown", SHOWN, ids=lambda one: one.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_state_is_named_once_and_is_drawn_anew(shown: Any, language: str) -> None:
    """States have names of their own, and none hands out the same control twice: it can stand in one place only."""
    renderer: Any = Renderer
    with renderer().with_context():
        made = shown.states(words(language))
    assert len({name for name, _ in made}) == len(made) > 0
    assert len({id(control) for _, control in made}) == len(made)


def test_every_group_is_shown_in_both_languages_and_both_themes() -> None:
    """Tab by tab, over a real session: nothing breaks, each part has a light and a dark pane, and both languages."""

    async def run() -> None:
        connection = FakeConnection({})
        session: Any = FletSession(connection)
        connection.session = session
        _context_page.set(session.page)
        session.apply_page_patch({"route": "/", "width": 1180, "height": 820, "web": True})
        msgpack.packb(session.get_page_patch(), default=ENCODE)
        await hang(session.page, TabletSettings())
        for group, listed in groups().items():
            tab = next(c for c in walk(session.page.views) if isinstance(c, ft.Semantics) and c.label == group)
            await session.dispatch_event(tab._i, "tap", None)

            def controls() -> list[Any]:
                return list(walk(session.page.views))

            for _ in range(400):
                if any(isinstance(c, ft.Text) and c.value == listed[0].name for c in controls()):
                    break
                await asyncio.sleep(0.005)
            said = [word for c in controls() for word in names(c)]
            assert [one.name for one in listed if one.name not in said] == []
            panes = [c.theme_mode for c in controls() if isinstance(c, ft.Container) and c.theme_mode]
            assert panes == [ft.ThemeMode.LIGHT, ft.ThemeMode.DARK] * len(listed)
            assert said.count("日本語") == said.count("English") == 2 * len(listed)
            broken = said.count("This part could not be shown") + said.count(
                words("ja")("This part could not be shown")
            )
            assert broken == (4 if group == "panels" else 0), "only the panel that is shown there says so"
        assert connection.crashes == []
        session.close()

    asyncio.run(run())
