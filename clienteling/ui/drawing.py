"""Makes Flet's drawing cheaper without changing what is drawn (docs/decisions/0037 says what it cost before).

Flet reads all sixty fields of each new control to find the controls within it, though nearly all hold their defaults; and it
writes each message out as text for a log, whether or not anybody keeps one.
"""

import dataclasses
import weakref
from typing import Any

from flet.controls import object_patch
from flet.controls.object_patch import DiffBuilder
from flet.messaging.protocol import Message

from clienteling.ui.making import make_cheaper

_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})

by_all_fields: Any = DiffBuilder._configure_dataclass
removed_by_all_fields: Any = DiffBuilder._removed_controls
"""Flet's own ways; what follows must find the same."""


def by_set_fields(
    builder: Any, item: Any, parent: Any, frozen: bool, configure_setattr_only: bool = False
) -> list[Any]:
    """Prepare a new part of the tree as Flet's method does and return its controls, parents first."""
    found: list[Any] = []
    _prepare(builder, item, parent, frozen, configure_setattr_only, found)
    return found


def _prepare(builder: Any, item: Any, parent: Any, frozen: bool, only_noted: bool, found: list[Any]) -> None:
    if isinstance(item, list | dict):
        for each in item if isinstance(item, list) else item.values():
            _prepare(builder, each, parent, frozen, False, found)
        return
    values = getattr(item, "_values", None)
    if values is None:
        if dataclasses.is_dataclass(item):
            found += by_all_fields(builder, item, parent, frozen, only_noted)
        return
    if parent is None:
        known = getattr(item, "_parent", None)
        parent = known() if known else None
    if parent:
        if parent is item:
            raise object_patch.ObjectPatchException(f"Parent is the same as item: {item}")
        item._parent = weakref.ref(parent)
    if hasattr(item, "_frozen"):
        frozen = item._frozen
    elif frozen:
        item._frozen = frozen
    kind: Any = type(item)
    if getattr(kind, "__flet_control_cls__", None) is None:
        kind.__flet_control_cls__ = builder.control_cls
        make_cheaper(kind)  # once, when the first of its kind is drawn
    is_control = isinstance(item, builder.control_cls)
    if is_control:
        if not only_noted:
            item.build()
            item._before_update_safe()
            object.__setattr__(item, "_initialized", True)
        found.append(item)
    if not only_noted:
        within = item if is_control else parent
        for value in _set_on(item):
            _prepare(builder, value, within, frozen, False, found)
    if not frozen:
        item._dirty.clear()


def removed_by_set_fields(builder: Any, item: Any, recurse: bool) -> list[Any]:
    """Return the controls of a part that leaves the tree as Flet's method does, parents last."""
    found: list[Any] = []
    _leave(builder, item, recurse, found)
    return found


def _leave(builder: Any, item: Any, recurse: bool, found: list[Any]) -> None:
    if isinstance(item, list | dict):
        for each in item if isinstance(item, list) else item.values():
            _leave(builder, each, recurse, found)
    elif isinstance(item, builder.control_cls):
        if hasattr(item, "__prev_lists"):  # not drawn by a component: Flet noted what it had sent
            found += removed_by_all_fields(builder, item, recurse)
            return
        for each in _set_on(item) if recurse else ():
            _leave(builder, each, recurse, found)
        found.append(item)


def _set_on(item: Any) -> list[Any]:
    """Return what a control or a value of Flet's was given, without plain values."""
    given = (*(getattr(item, name) for name in type(item)._structural_fields), *item._values.values())
    return [value for value in given if type(value) not in _PLAIN]


def install() -> None:
    """Put the cheaper ways in place."""
    DiffBuilder._configure_dataclass = by_set_fields  # type: ignore[method-assign,assignment]
    DiffBuilder._removed_controls = removed_by_set_fields  # type: ignore[method-assign,assignment]
    Message.__repr__ = object.__repr__  # type: ignore[method-assign]


__all__ = ["by_all_fields", "by_set_fields", "install", "removed_by_all_fields", "removed_by_set_fields"]
