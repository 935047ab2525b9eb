"""Keyboard-wedge scanners: they type a code and a suffix key, anywhere, faster than a person could.

Host keyboards may be Japanese, with an input method on: letters may arrive full-width, digits come as `Digit 5` or
`Numpad 5` names. Codes hold letters and digits only, so everything else is dropped.
"""

import re
import unicodedata
from typing import Final

import flet as ft

from clienteling.context import Tablet
from sync.policy.membership import CODE_LENGTH, looks_like_piece

PACE_SECONDS: Final = 0.05
"""Mean time between keys up to which it is a scanner; scanners send 2 to 30 ms apart, quick typists 100 ms and more."""
PAUSE_SECONDS: Final = 1.5
"""A longer pause than this starts a new code: what came before was cut off or typed by hand."""
STALL_SECONDS: Final = 5.0
"""Keys are timed as they arrive, so a busy browser or host may hold a scanner's keys back in the middle of a code: by so
much at most, for a membership code."""
SHORTEST: Final = 8
"""EAN-8 is the shortest code a shop scans."""
ECHO_SECONDS: Final = 1.0
"""How long after a scanner's Enter the button that was pressed last may say that it was pressed again by that Enter."""
ECHO_ELSEWHERE_SECONDS: Final = 0.3
"""The same for any other button: one that has the focus without having been pressed."""
TYPED_BY_NOBODY: Final = 64
"""So many letters and digits of a membership code without a space, a sign or a correction are nobody's typing."""
LEAST_DIGITS: Final = 1 / 16
"""Share of digits among them: three in sixteen of a code's, hardly one of a note's that has no space."""
_SILENT: Final = ("Shift", "Caps Lock")
"""Keys that scanners press between letters."""
_LONGEST: Final = 512
_MARK: Final = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
"""What some scanners say first: which kind of bars it was (ISO/IEC 15424), e.g. `]E0` for an EAN-13."""


def plain(text: str) -> str:
    """Return a code as letters and digits: half-width, upper case, without spaces and signs that hosts garble."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isascii() and c.isalnum())


def _character(key: str) -> str:
    for prefix in ("Numpad ", "Digit ", "Key "):
        if key.startswith(prefix) and len(key) == len(prefix) + 1:
            key = key.removeprefix(prefix)
    return key if len(key) == 1 else ""


class WedgeReader:
    """Collects keys into codes. `key(name, at)` returns a code when the suffix key ends one, else None.

    A membership code is known by its form, at whatever pace its keys arrive: nobody types 128 of its letters and digits in
    one go, and a busy host must not make a customer unknown. A shorter code is known by the scanner's pace alone. What is left of
    a membership code is given as it is, for staff must hear that it was not read whole: at a scanner's pace as any short
    code is, and at any pace where nobody would type that much of that form in one go.
    """

    def __init__(self, suffix: str = "Enter") -> None:
        self._suffixes = {suffix, f"Numpad {suffix}"}
        self._keys: list[tuple[str, float]] = []
        self._in_one_go = ""

    def key(self, name: str, at: float) -> str | None:
        """Take one key. `at` is in seconds on any steady clock."""
        if self._keys and at - self._keys[-1][1] > STALL_SECONDS:
            self._keys.clear()
            self._in_one_go = ""
        if name in self._suffixes:
            keys, self._keys = self._keys, []
            in_one_go, self._in_one_go = self._in_one_go, ""
            return _membership_code(in_one_go) or _short_code(keys, at) or _piece(in_one_go)
        character = _character(name)
        if plain(character):
            self._in_one_go = (self._in_one_go + plain(character))[-_LONGEST:]
        elif not name.startswith(_SILENT):  # a space, a sign, a correction: a person is typing
            self._in_one_go = ""
        if character:
            self._keys.append((character, at))
            del self._keys[:-_LONGEST]
        return None


def _membership_code(in_one_go: str) -> str | None:
    code = in_one_go[-CODE_LENGTH:]
    return code if len(code) == CODE_LENGTH and _typed_by_nobody(code) else None


def _short_code(keys: list[tuple[str, float]], at: float) -> str | None:
    """Return what came since the last pause, if it came at a scanner's pace."""
    for index in range(len(keys) - 1, 0, -1):
        if keys[index][1] - keys[index - 1][1] > PAUSE_SECONDS:
            keys = keys[index:]
            break
    if len(keys) < SHORTEST or (at - keys[0][1]) / len(keys) > PACE_SECONDS:
        return None
    code = plain(_MARK.sub("", unicodedata.normalize("NFKC", "".join(character for character, _ in keys))))
    return code if len(code) >= SHORTEST else None


def _piece(code: str) -> str | None:
    """Return what may be left of a membership code and was typed by nobody."""
    return code if _typed_by_nobody(code) and looks_like_piece(code) else None


def _typed_by_nobody(code: str) -> bool:
    digits = sum(map(str.isdigit, code))
    return len(code) >= TYPED_BY_NOBODY and len(code) * LEAST_DIGITS <= digits < len(code) / 2


class Echo:
    """Tells presses by hand from the one that a scanner's Enter causes on whichever button has the focus.

    Without this a scan would press once more what was pressed before it: leave her profile for the scan screen, or send.
    """

    def __init__(self) -> None:
        self._pressed: int | None = None
        self._entered: float | None = None

    def entered(self, at: float) -> None:
        """A scanner's Enter has come. `at` is in seconds on any steady clock."""
        self._entered = at

    def pressed(self, control_id: int, at: float) -> bool:
        """Take note of a press; return whether it is only the scanner's."""
        again, self._pressed = control_id == self._pressed, control_id
        entered, self._entered = self._entered, None
        return entered is not None and at - entered <= (ECHO_SECONDS if again else ECHO_ELSEWHERE_SECONDS)


class Wedge:
    """Joins the page's keyboard events to identification."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet
        self._reader = WedgeReader(tablet.settings.wedge_suffix)
        self._echo = Echo()

    def key(self, event: ft.KeyboardEvent) -> None:
        if event.ctrl or event.alt or event.meta:
            return  # a shortcut of the person at the tablet
        at = self._tablet.tick()
        code = self._reader.key(event.key, at)
        if not code:
            return
        self._echo.entered(at)
        if self._tablet.session.covered:
            from clienteling.actions.cover import resume_by_badge

            self._tablet.run(resume_by_badge, self._tablet, code)
        elif self._tablet.session.staff_id is not None and not self._tablet.session.show_customer:
            from clienteling.actions.identify import identify

            self._tablet.run(identify, self._tablet, code, "scan")

    def caused(self, control_id: int, event: str) -> bool:
        """Return whether an event of a control is nobody's press but the Enter that ended a code."""
        return event in {"click", "tap"} and self._echo.pressed(control_id, self._tablet.tick())
