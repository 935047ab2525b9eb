"""Judges a screen by the sizes that a browser gave it: what overflows, is cut, or squeezed until a word breaks."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import flet as ft
from flet.components.component import Component
from flet.controls.base_control import BaseControl
from PIL import ImageFont

from clienteling.theme import BOLD, FONTS
from tests.ui.laid_out import ASSETS, Size

SLACK = 2.0
"""Logical pixels by which our reckoning of letters may differ from the browser's."""
KERNED = 0.95
"""The browser sets letters closer than their widths alone say: 高橋(実) by 4 %."""
LABEL = 16
"""Flutter's own size of a label in a field; a label too long breaks across the field's edge."""
FEW = 4
"""Letters: a line of text that could have more and has fewer is squeezed."""


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        Path(ASSETS, FONTS[BOLD if bold else "BIZ UDPGothic"].lstrip("/")), 100, layout_engine=ImageFont.Layout.BASIC
    )


def wide(words: str, size: float, *, bold: bool) -> float:
    """Return how wide one line of words is, in logical pixels at this size of letters."""
    return _font(bold).getlength(words) * size / 100 * KERNED


def pieces(words: str) -> Iterator[str]:
    """Yield what no line may break within: a word between blanks, a single character of Japanese."""
    word = ""
    for one in words:
        if one.isspace() or ord(one) > 0x2E7F:
            yield from filter(None, (word, one))
            word = ""
        else:
            word += one
    if word:
        yield word


def lines_of(words: str, room: float, size: float, *, bold: bool) -> int:
    """Return into how many lines words fall in a room so wide."""
    lines, line = 0, ""
    for paragraph in words.split("\n"):
        lines, line = lines + 1, ""
        for piece in pieces(paragraph):
            if line.strip() and wide((line + piece).rstrip(), size, bold=bold) > room + SLACK:
                lines, line = lines + 1, piece.lstrip()
            else:
                line += piece
    return lines


class Fits:
    """One screen: its controls, and their sizes by id; `scale` is that of the letters."""

    def __init__(self, controls: list[BaseControl], sizes: Mapping[int, Size], scale: float) -> None:
        self._sizes, self._scale = sizes, scale
        self._controls = controls
        self._stretched = {id(child): room for row in controls for child, room in self._shares(row)}

    def wrong(self) -> list[str]:
        """Say what does not fit, in the order of the screen."""
        return [said for one in self._controls for said in self._of(one)]

    def size(self, control: Any) -> Size | None:
        """Width and height of a control as it was laid out; None where nobody reported any, such as below the fold."""
        return self._sizes.get(inside(control)._i)

    def _shares(self, row: BaseControl) -> Iterator[tuple[BaseControl, float]]:
        """Yield the stretched children of a row with the width that is left to them: Flutter reports none."""
        mine = self.size(row)
        if not isinstance(row, ft.Row) or row.wrap or mine is None:
            return
        children = seen(row.controls)
        flexes = [int(one.expand or 0) for one in children]
        fixed = [self.size(one) for one, flex in zip(children, flexes, strict=True) if not flex]
        left = mine[0] - sum(one[0] if one else 0 for one in fixed) - (row.spacing or 0) * (len(children) - 1)
        for one, flex in zip(children, flexes, strict=True):
            if flex:
                yield one, left * flex / sum(flexes)

    def _of(self, control: BaseControl) -> Iterator[str]:
        if isinstance(control, ft.Text) and control.value:
            yield from self._text(control)
        elif isinstance(control, ft.Row | ft.Column):
            yield from self._line(control)
        elif isinstance(control, ft.TextButton) and isinstance(control.content, str):
            yield from self._button(control)
        elif isinstance(control, ft.TextField):
            yield from self._field(control)

    def _text(self, control: ft.Text) -> Iterator[str]:
        mine = self.size(control)
        room = mine[0] if mine else self._stretched.get(id(control))
        if room is None or control.style is None:
            return
        size = float(control.style.size or 14) * self._scale
        bold = control.style.font_family == BOLD
        yield from squeezed(control.value, room, size, bold=bold)
        lines = lines_of(control.value, room, size, bold=bold)
        if control.max_lines and lines > control.max_lines:
            yield f"cut: {control.value!r} needs {lines} lines and has {control.max_lines}"
        elif mine is not None and lines * size * float(control.style.height or 1) > mine[1] + size * 0.5:
            yield f"cut: {control.value!r} needs {lines} lines and is {mine[1]:.0f} high"

    def _button(self, control: ft.TextButton) -> Iterator[str]:
        mine = self.size(control)
        room = mine[0] if mine else self._stretched.get(id(control))
        style = control.style
        if room is None or not isinstance(style, ft.ButtonStyle) or not isinstance(style.padding, ft.Padding):
            return
        icon = (float(style.icon_size) + 4) if control.icon and isinstance(style.icon_size, int | float) else 0.0
        inside = room - style.padding.left - style.padding.right - icon
        size = (style.text_style.size or 14) * self._scale if isinstance(style.text_style, ft.TextStyle) else 28.0
        yield from squeezed(str(control.content), inside, size, bold=True)

    def _field(self, control: ft.TextField) -> Iterator[str]:
        """What stands in an empty field: its label, which is one line however high the field is, or its hint."""
        mine = self.size(control)
        room = mine[0] if mine else self._stretched.get(id(control))
        said = control.label or control.hint_text
        if room is None or control.text_style is None or not isinstance(said, str) or control.value:
            return
        edges = control.content_padding
        inside = room - (edges.left + edges.right if isinstance(edges, ft.Padding) else 40)
        inside -= 48 if control.prefix_icon else 0
        if control.label:
            needed, lines, what = wide(said, LABEL * self._scale, bold=False) / KERNED, 1, "label"
        else:
            size = float(control.text_style.size or 16) * self._scale
            needed, lines, what = wide(said, size, bold=False), control.hint_max_lines or 1, "hint"
        if needed > inside * lines + SLACK:
            yield f"cut: the {what} {said!r} needs {needed:.0f} and has {inside:.0f}"

    def _line(self, control: ft.Row | ft.Column) -> Iterator[str]:
        """What stands in a row or column must not need more than it has."""
        mine = self.size(control) or None
        across = isinstance(control, ft.Row)
        if mine is None:
            return
        has = mine[0 if across else 1]
        children = [one for one in seen(control.controls) if not one.expand]
        sizes = [(one, size) for one in children if (size := self.size(one))]
        if control.wrap:
            yield from (
                f"overflow: {label(one)} is {size[0]:.0f} wide in {mine[0]:.0f}"
                for one, size in sizes
                if size[0] > mine[0] + SLACK
            )
            return
        needs = sum(size[0 if across else 1] for _, size in sizes)
        needs += float(control.spacing if control.spacing is not None else 10) * (len(seen(control.controls)) - 1)
        if needs > has + SLACK and (across or not control.scroll):
            kind = "sideways" if control.scroll else "overflow"
            yield f"{kind}: {label(control)} needs {needs:.0f} and has {has:.0f}"


def squeezed(words: str, room: float, size: float, *, bold: bool) -> Iterator[str]:
    """Say so where words break within themselves, or stand a few letters to a line."""
    longest = max(pieces(words), key=lambda one: wide(one, size, bold=bold))
    if wide(longest, size, bold=bold) > room + SLACK:
        yield f"squeezed: {longest!r} of {words!r} in {room:.0f}"
    elif room < FEW * size and wide(words, size, bold=bold) > room + SLACK:
        yield f"squeezed: {words!r} in {room:.0f}, {room / size:.1f} letters to a line"


def seen(controls: Any) -> list[Any]:
    """The children that are there, without the components around them."""
    return [one for one in map(inside, controls or []) if getattr(one, "visible", True)]


def inside(control: Any) -> Any:
    """What a component drew."""
    while isinstance(control, Component):
        control = control._b
    return control


def label(control: BaseControl) -> str:
    """Some words inside a control, to find it by."""
    from tests.ui.harness import names, walk

    return " / ".join([said for one in walk(control) for said in names(one)][:6]) or type(control).__name__
