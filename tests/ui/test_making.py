"""A control that is made the cheaper way is the control that Flet would have made."""

import inspect
from datetime import datetime, time
from typing import Any

import flet as ft
import pytest
from flet.controls.base_control import BaseControl

from clienteling.ui.making import sparse


def _kinds() -> list[type[BaseControl]]:
    """All controls of Flet's, as it ships them, but one whose values hold the control itself and so equal no other's."""
    found = [getattr(ft, name, None) for name in dir(ft) if name != "RawImage"]
    return sorted(
        {one for one in found if isinstance(one, type) and issubclass(one, BaseControl)},
        key=lambda one: one.__name__,
    )


def _state(made: Any) -> dict[str, Any]:
    """What a control holds, without its number and the time of its making."""
    held = {name: value for name, value in vars(made).items() if name != "_i"} | {"kind": made._c}
    return {name: "now" if isinstance(value, datetime | time) else value for name, value in held.items()}


def _calls(kind: type[Any]) -> list[dict[str, Any]]:
    """Nothing but what must be given, each single thing that can be given, and all of them at once."""
    names = [*inspect.signature(kind.__init__).parameters.values()][1:]
    least = {one.name: _something(one.name) for one in names if one.default is one.empty}
    single = [least | {one.name: _something(one.name)} for one in names if one.name != "ref"]
    return [least, *single, {one.name: _something(one.name) for one in names if one.name != "ref"}]


def _something(name: str) -> Any:
    return [] if name in {"controls", "actions", "items", "options"} else {} if name == "kwargs" else f"a {name}"


def _made(kind: type[Any], given: dict[str, Any]) -> Any:
    """A control, or what it says of being made so."""
    try:
        return _state(kind(**given))
    except Exception as error:
        return repr(error)


def _cheaper(kind: type[Any]) -> Any:
    """The same control, made the cheaper way."""
    return type(kind.__name__, (kind,), {"__init__": sparse(kind), "__module__": kind.__module__})


def _whole(kind: type[Any]) -> Any:
    """The same control, made Flet's own way, also where screens were drawn before."""
    return type(kind.__name__, (kind,), {"__init__": inspect.unwrap(kind.__init__), "__module__": kind.__module__})


CHEAPER = [kind for kind in _kinds() if sparse(kind) is not None]


def test_most_controls_are_made_cheaper() -> None:
    """The way is for nearly all of Flet's controls, those that our screens draw by the hundred among them."""
    assert len(CHEAPER) > 100
    assert {ft.Text, ft.Container, ft.Row, ft.Column, ft.Semantics, ft.MergeSemantics, ft.Icon} <= {*CHEAPER}


@pytest.mark.parametrize("kind", CHEAPER, ids=lambda kind: kind.__name__)
def test_a_control_holds_what_it_would_hold(kind: type[Any]) -> None:
    """Whatever a call gives: the same values, the same marks of what changed, the same complaint where it cannot be."""
    for given in _calls(kind):
        assert _made(_cheaper(kind), given) == _made(_whole(kind), given)


def test_a_wrong_call_is_refused_as_before() -> None:
    """A name that there is none of, one given twice, too many by place: Flet's own words, and the place of a value counts."""
    whole, kind = _whole(ft.Text), _cheaper(ft.Text)
    for given, names in ((("a",), {"colour": "red"}), (("a",), {"value": "b"}), (tuple(range(99)), {})):
        with pytest.raises(TypeError) as theirs:
            whole(*given, **names)
        with pytest.raises(TypeError) as ours:
            kind(*given, **names)
        assert str(ours.value) == str(theirs.value)
    assert (made := kind("words", size=3)).value == "words"
    assert made.size == 3
    holder: ft.Ref[Any] = ft.Ref()
    assert kind("words", ref=holder) is holder.current
