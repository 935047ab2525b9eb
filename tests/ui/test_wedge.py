"""Keyboard-wedge scanners: table-driven, 5 ms between keys unless said."""

import base64
import itertools
import random
from types import SimpleNamespace
from typing import cast

import flet as ft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.context import Tablet
from clienteling.scan.wedge import Echo, Wedge, WedgeReader, plain
from sync.settings import TabletSettings

CODE = "AB3D" * 32


def feed(reader: WedgeReader, keys: list[str], pace: float = 0.005, start: float = 10.0) -> list[str]:
    found = (reader.key(key, start + index * pace) for index, key in enumerate(keys))
    return [code for code in found if code]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ([*CODE, "Enter"], [CODE]),
        ([*CODE.lower(), "Enter"], [CODE]),
        ([*CODE, "Enter", *CODE, "Enter"], [CODE, CODE]),
        ([*"4901234567894", "Enter"], ["4901234567894"]),
        ([f"Digit {d}" for d in "4901234567894"] + ["Enter"], ["4901234567894"]),
        ([f"Numpad {d}" for d in "4901234567894"] + ["Numpad Enter"], ["4901234567894"]),
        ([*"ＡＢ３Ｄ１２３４", "Enter"], ["AB3D1234"]),
        (["Shift Left", *"AB3D1234", "Caps Lock", "Enter"], ["AB3D1234"]),
        ([*"AB3D 1234*", "Enter"], ["AB3D1234"]),
        ([*"1234", "Enter"], []),
        (["Enter"], []),
        ([*CODE], []),
    ],
    ids=["code", "lower case", "two back to back", "jan", "digit names", "numpad", "full width", "modifiers", "signs dropped", "too short", "only suffix", "no suffix"],
)  # fmt: skip
def test_keys_become_codes(keys: list[str], found: list[str]) -> None:
    """What a scanner types becomes one clean code per suffix key."""
    assert feed(WedgeReader(), keys) == found


def test_a_person_is_no_scanner() -> None:
    """The same keys at a typist's pace are nobody's code."""
    assert feed(WedgeReader(), [*"4901234567894", "Enter"], pace=0.12) == []


def test_a_code_cut_in_half_does_not_spoil_the_next() -> None:
    """What came before a pause is dropped."""
    reader = WedgeReader()
    assert feed(reader, [*CODE[:60]]) == []
    assert feed(reader, [*CODE, "Enter"], start=20.0) == [CODE]


@pytest.mark.parametrize("pace", [0.06, 0.25])
def test_a_busy_host_does_not_make_a_customer_unknown(pace: float) -> None:
    """A membership code is known by its form, however slowly its keys are handed on, also after a stall in its middle."""
    assert feed(WedgeReader(), [*CODE, "Enter"], pace=pace) == [CODE]
    reader = WedgeReader()
    assert feed(reader, [*CODE[:60]]) == []
    assert feed(reader, [*CODE[60:], "Enter"], start=14.0) == [CODE]


REAL = base64.b32encode(random.Random(7).randbytes(80)).decode()
"""Of a code's length and letters."""


@pytest.mark.parametrize("pace", [0.005, 0.06, 0.4])
@pytest.mark.parametrize("part", [slice(1, None), slice(0, 127), slice(20, 100), slice(0, 64)])
def test_what_is_left_of_a_code_is_given_at_any_pace(part: slice, pace: float) -> None:
    """A code of which some keys were lost is not dropped in silence, whichever part is missing."""
    assert feed(WedgeReader(), [*REAL[part], "Enter"], pace=pace) == [REAL[part]]
    with_shift = [key for letter in REAL[part] for key in ("Shift Left", letter)]
    assert feed(WedgeReader(), [*with_shift, "Enter"], pace=pace / 2) == [REAL[part]]


def test_a_short_part_is_given_at_a_scanners_pace_only() -> None:
    """Twenty-four letters in a tenth of a second are a scanner's; in three seconds they are somebody's note."""
    assert feed(WedgeReader(), [*REAL[:24], "Enter"]) == [REAL[:24]]
    assert feed(WedgeReader(), [*REAL[:24], "Enter"], pace=0.12) == []


ROMAJI = "kyouha ameganfuruto oxtusixyaruyoteidesu.ashitanohoude28niti2jiwokiboudesu. "


@pytest.mark.parametrize(
    "note",
    [
        ROMAJI * 5,
        ROMAJI.replace(" ", "").replace(".", "") * 2,
        "She would like the navy linen dress in size 36 or 38 by the 24th, please call 090-1234-5678. " * 3,
        "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii",
        "234567" * 20,
        "2345-6723-4567-2345 " * 8 + "kaado",
        "pass2word3" * 6,
    ],
)
@pytest.mark.parametrize("pace", [0.1, 0.25, 1.0])
def test_a_note_is_no_code(note: str, pace: float) -> None:
    """Long notes typed on a keyboard, with the input method's Enter in them or not, are never taken for a scan."""
    assert feed(WedgeReader(), [*note, "Enter"], pace=pace) == []
    keys = [key for word in note.split() for key in (*word, " ", "Enter")]
    assert feed(WedgeReader(), keys, pace=pace) == []


def test_a_correction_is_a_persons() -> None:
    """Whoever goes back over what was typed is no scanner, whatever it looks like."""
    assert feed(WedgeReader(), [*REAL[:60], "Backspace", *REAL[60:120], "Enter"], pace=0.1) == []


words = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=30)


@given(st.lists(words, min_size=1, max_size=20), st.floats(0.09, 1.0), st.sampled_from([" ", ",", "-", "Backspace"]))
def test_what_is_typed_in_words_is_no_code(typed: list[str], pace: float, between: str) -> None:
    """Whatever somebody writes at a person's pace, with something between words of up to thirty letters."""
    keys = [key for word in typed for key in (*word, between)]
    assert feed(WedgeReader(), [*keys, "Enter"], pace=pace) == []


def test_what_a_person_typed_just_before_does_not_spoil_a_code() -> None:
    """A few keys by hand, then the scanner: the member code is what the scanner sent."""
    reader = WedgeReader()
    assert feed(reader, [*"sato"], pace=0.2) == []
    assert feed(reader, [*CODE, "Enter"], start=11.0) == [CODE]


def test_a_shortcut_is_no_key_of_a_code() -> None:
    """Ctrl+A just before a scan does not become a letter of the code."""
    taken: list[str] = []

    class Session:
        staff_id = "staff-1"
        show_customer = False
        covered = False

    class Counter:
        settings = TabletSettings()
        session = Session()

        def tick(self) -> float:
            return next(ticks)

        def run(self, _fn: object, _tablet: object, code: str, _how: str) -> None:
            taken.append(code)

    ticks = itertools.count(start=10.0, step=0.005)
    wedge = Wedge(cast("Tablet", Counter()))
    for key, ctrl in [("A", True), *((key, False) for key in "AB3D1234"), ("Enter", False)]:
        wedge.key(cast("ft.KeyboardEvent", SimpleNamespace(key=key, ctrl=ctrl, alt=False, meta=False)))
    assert taken == ["AB3D1234"]


@pytest.mark.parametrize(
    ("control", "after", "nobody"),
    [(7, 0.005, True), (7, 0.9, True), (7, 1.1, False), (8, 0.005, True), (8, 0.4, False)],
)
def test_the_press_that_a_scanner_s_enter_causes_is_known(control: int, after: float, nobody: bool) -> None:
    """The button pressed last may answer the Enter up to a second later, another one at once; later it was a hand."""
    echo = Echo()
    assert not echo.pressed(7, 1.0)
    echo.entered(10.0)
    assert echo.pressed(control, 10.0 + after) is nobody


def test_only_one_press_is_taken_for_the_scanner_s() -> None:
    """After the scanner's own, the next press counts however soon it comes."""
    echo = Echo()
    echo.pressed(7, 1.0)
    echo.entered(10.0)
    assert echo.pressed(7, 10.01)
    assert not echo.pressed(7, 10.2)


def test_another_suffix_can_be_set() -> None:
    """Scanners that end with Tab are understood when the setting says so."""
    assert feed(WedgeReader("Tab"), [*"4901234567894", "Tab"]) == ["4901234567894"]


def test_plain_takes_letters_and_digits_only() -> None:
    """Half-width, upper case, nothing that a host keyboard garbles."""
    assert plain(" ａb-3*+: ") == "AB3"


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (["F1", *CODE, "Enter"], [CODE]),
        (["Shift Left", "*", *CODE, "*", "Enter"], [CODE]),
        (["]", "Q", "3", *CODE, "Enter"], [CODE]),
        (["]", "C", "1", *"4901234567894", "Enter"], ["4901234567894"]),
        ([*"ａｂ３ｄ" * 32, "Enter"], [CODE]),
        (["Process", *CODE, "Process", "Enter"], [CODE]),
        (["Hankaku", "Zenkaku", *"4901234567894", "Enter"], ["4901234567894"]),
        ([*CODE, "Enter", *"4901234567894", "Enter", *CODE, "Enter"], [CODE, "4901234567894", CODE]),
        ([*CODE[:64], "Enter", *CODE, "Enter"], [CODE[:64], CODE]),
        ([*CODE, "Numpad Enter"], [CODE]),
        ([*CODE, "Enter", "Enter"], [CODE]),
    ],
    ids=["prefix key", "star before and after", "symbology before a code", "symbology before a jan", "full width", "input method on", "width keys",
         "three in a row", "cut in half, then whole", "suffix of the number pad", "suffix twice"],
)  # fmt: skip
def test_what_hosts_put_around_a_code(keys: list[str], found: list[str]) -> None:
    """Prefix keys, symbology marks, an input method's own keys and a second suffix neither hide a code nor make one."""
    assert feed(WedgeReader(), keys) == found
