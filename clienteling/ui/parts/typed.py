"""A text field that never takes back what is being typed."""

from typing import Any

import flet as ft
from flet.controls.base_control import BaseControl

MOST_REMEMBERED = 400
"""Reported texts kept, to tell an echo from a change; screens catch up within a few."""


@ft.control
class TypedField(ft.TextField):
    """A field whose text belongs to the fingers until the app means to change it.

    A screen is drawn with the text as it was some keys ago. Flet would send that to the browser and wipe out the keys
    since. So a text that the field has reported itself, or the same as in the drawing before, is an echo and leaves the
    field alone; any other text is the app's own (cleared, filled from a template) and is set.
    """

    def init(self) -> None:
        super().init()  # type: ignore[no-untyped-call]
        self._asked = self.value
        self._reported: list[str] = []

    def before_event(self, e: Any) -> bool:
        if e.name == "change":
            self._reported.append(str(e.data or ""))
            del self._reported[:-MOST_REMEMBERED]
        return bool(super().before_event(e) is not False)

    def _migrate_state(self, other: BaseControl) -> None:
        super()._migrate_state(other)
        if not isinstance(other, TypedField):
            return
        self._reported = other._reported
        echo = self._asked == other._asked
        if self._asked in self._reported:
            echo = True
            del self._reported[: self._reported.index(self._asked) + 1]
        if echo:
            self._values["value"] = other.value


__all__ = ["TypedField"]
