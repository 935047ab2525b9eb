"""Makes Flet's controls cheaper to make, without changing what is made (docs/decisions/0037).

Flet's controls are dataclasses of some sixty fields, of which a call gives three or four; the generated `__init__` sets them
all, each through a descriptor that finds out that it holds its default. Here only what a call gives is set.
"""

import dataclasses
import functools
import inspect
from collections.abc import Callable
from typing import Any

from flet.controls.value_types import Prop

Init = Callable[..., None]
_GENERATED = "<string>"
"""Where `dataclass` says that its code comes from."""


def sparse(kind: Any) -> Init | None:
    """Return an `__init__` that sets what a call gives and does what else the class's own does; None where that is not one that
    `dataclass` has generated."""
    whole: Init = inspect.unwrap(kind.__init__)  # also of one that has the cheaper way by now
    code = getattr(whole, "__code__", None)
    if code is None or code.co_filename != _GENERATED or not hasattr(kind, "_prop_defaults"):
        return None
    _, *names = inspect.signature(whole).parameters.values()
    if any(one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD) for one in names):
        return None
    by_place = tuple(one.name for one in names if one.kind is one.POSITIONAL_OR_KEYWORD)
    known = frozenset(one.name for one in names)
    needed = frozenset(one.name for one in names if one.default is one.empty)
    fields = kind.__dataclass_fields__
    handed = {
        name: one.default
        for name, one in fields.items()
        if one._field_type is dataclasses._FIELD_INITVAR  # type: ignore[attr-defined]  # in the order of `__post_init__`
    }
    made = tuple(
        (one.name, one.default_factory)
        for one in dataclasses.fields(kind)
        if one.default_factory is not dataclasses.MISSING
    )
    plain = tuple(
        (one.name, one.default)
        for one in dataclasses.fields(kind)
        if one.init
        and one.default is not dataclasses.MISSING
        and not isinstance(inspect.getattr_static(kind, one.name, None), Prop)
    )
    finish = kind.__post_init__

    @functools.wraps(whole)
    def init(self: Any, *args: Any, **more: Any) -> None:
        if args:
            if len(args) > len(by_place) or more.keys() & set(by_place[: len(args)]):
                return whole(self, *args, **more)  # which says what is wrong
            more.update(zip(by_place, args, strict=False))
        if not (needed <= more.keys() <= known):
            return whole(self, **more)
        own = self.__dict__
        for name, make in made:
            if name not in more:
                own[name] = make()
        for name, value in plain:
            if name not in more:
                own[name] = value
        for name, value in more.items():
            if name not in handed:
                setattr(self, name, value)
        finish(self, *(more.get(name, value) for name, value in handed.items()))
        return None

    return init


def make_cheaper(kind: Any) -> None:
    """Give a class of controls the cheaper way, where it is one that this way is for."""
    cheaper = sparse(kind)
    if cheaper is not None:
        kind.__init__ = cheaper
