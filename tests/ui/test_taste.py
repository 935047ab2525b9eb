"""The person at the tablet chooses light or dark, and the side of the rail; this browser remembers it for that person."""

from collections.abc import Callable
from typing import Any

import flet as ft
import pytest

from tests.ui.harness import Screen, drive, names
from tests.ui.sample import MINORU, MISAKI, SASAKI


def keeping(kept: dict[str, Any]) -> dict[str, Callable[[Any], Any]]:
    """A browser's own memory, as Flet asks it."""

    def get(asked: dict[str, Any]) -> Any:
        return kept.get(asked["key"])

    def put(asked: dict[str, Any]) -> bool:
        kept[asked["key"]] = asked["value"]
        return True

    return {"get": get, "set": put}


def _mode(screen: Screen) -> ft.ThemeMode | None:
    mode: ft.ThemeMode | None = screen.session.page.theme_mode
    return mode


def _rail_first(screen: Screen) -> bool:
    """Whether the rail comes before the screen's heading, in reading order."""
    order = [getattr(one, "label", None) or getattr(one, "value", None) for one in screen.controls]
    return order.index("読み取り") < order.index("この端末でのあなた")


def test_dark_is_one_tap_and_comes_back_with_the_person() -> None:
    """She chose dark and the right side; the next person sees the screen as the device is set, and she finds hers again."""
    kept: dict[str, Any] = {}

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.tap("高橋(美)：表示とサインアウト")
        await screen.sees("画面の明るさ")
        assert _mode(screen) is ft.ThemeMode.SYSTEM
        assert _rail_first(screen)
        await screen.tap("暗い")
        await screen.until(lambda: _mode(screen) is ft.ThemeMode.DARK, "dark")
        await screen.tap("右手")
        await screen.until(lambda: not _rail_first(screen), "the rail on the right")
        await screen.until(lambda: list(kept.values()) == [["dark", "right"]], "kept")
        assert list(kept) == [f"clienteling.taste.{MISAKI}"]
        await screen.tap("サインアウト")
        await screen.until(lambda: _mode(screen) is ft.ThemeMode.SYSTEM, "as the device is set")
        await screen.sign_in(MINORU)
        await screen.sees("会員コードを読み取る")
        assert (_mode(screen), screen.tablet.session.side) == (ft.ThemeMode.SYSTEM, "left")
        screen.tablet.session.staff_id = MISAKI
        await screen.until(lambda: _mode(screen) is ft.ThemeMode.DARK, "dark again")
        assert screen.tablet.session.side == "right"

    drive(steps, answers=keeping(kept))


@pytest.mark.parametrize("kept", [["black", "left"], "dark", ["dark"], 7])
def test_what_a_browser_kept_wrongly_is_passed_over(kept: object) -> None:
    """A value of another version, or one that somebody wrote there, changes nothing."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("会員コードを読み取る")
        assert (screen.tablet.session.look, screen.tablet.session.side) == ("system", "left")

    drive(steps, answers={"get": lambda _: kept})


def test_the_language_is_changed_at_run_time() -> None:
    """A tap on English words the screen that stands there in English, without leaving it."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/me")
        await screen.tap("English")
        await screen.sees("You at this tablet")

    drive(steps)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_form_ends_under_the_thumb(side: str) -> None:
    """What a form is for lies at the edge where the rail is, and the way out of it further in."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.until(lambda: screen.tablet.session.side == side, "the person's side")
        await screen.go(f"/customers/{SASAKI}/contact")
        await screen.sees("やめる")
        foot = next(
            one
            for one in reversed(screen.controls)
            if isinstance(one, ft.Row) and any("やめる" in names(button) for button in one.controls)
        )
        first = foot.controls[0 if side == "left" else -1]
        assert "やめる" not in names(first)
        assert foot.alignment is (ft.MainAxisAlignment.START if side == "left" else ft.MainAxisAlignment.END)

    drive(steps, answers=keeping({f"clienteling.taste.{MISAKI}": ["system", side]}))
