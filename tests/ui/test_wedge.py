"""Keyboard-wedge scanners: table-driven, 5 ms between keys unless said."""

import pytest

from clienteling.scan.wedge import WedgeReader, plain

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


def test_another_suffix_can_be_set() -> None:
    """Scanners that end with Tab are understood when the setting says so."""
    assert feed(WedgeReader("Tab"), [*"4901234567894", "Tab"]) == ["4901234567894"]


def test_plain_takes_letters_and_digits_only() -> None:
    """Half-width, upper case, nothing that a host keyboard garbles."""
    assert plain(" ａb-3*+: ") == "AB3"
