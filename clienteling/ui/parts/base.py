"""Text, cards, chips, buttons, fields: the pieces that every screen is made of. Props only; no hooks, no state."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal

import flet as ft

from clienteling.theme import BOLD, RARE, REGULAR, C, E, S, T
from clienteling.ui.parts.typed import TypedField

Tone = Literal["plain", "primary", "accent", "good", "caution", "error"]
Handler = Callable[..., Any]

NEARLY = 0.8
"""Of a field's room, from where it says how much is left."""
_TONES: dict[str, tuple[str, str]] = {
    "plain": (C.INK_SOFT, C.SUNKEN),
    "primary": (C.ON_PRIMARY_SOFT, C.PRIMARY_SOFT),
    "accent": (C.ACCENT, C.ACCENT_SOFT),
    "good": (C.GOOD, C.GOOD_SOFT),
    "caution": (C.CAUTION, C.CAUTION_SOFT),
    "error": (C.ERROR, C.ERROR_SOFT),
}


FOCUSED = ft.BorderSide(3, C.ACCENT, stroke_align=ft.BorderSideStrokeAlign.OUTSIDE)
"""Where the keyboard is: a ring around what has a ground of its own, because beside that ground the accent may be pale."""


def tone_colours(tone: Tone) -> tuple[str, str]:
    """Return (ink, ground) of a tone."""
    return _TONES[tone]


def text(
    value: str,
    *,
    size: float = T.BODY,
    bold: bool = False,
    color: str = C.INK,
    lines: int | None = None,
    height: float = 1.6,
    **more: Any,
) -> ft.Text:
    """A run of text in the house's type; with `lines`, cut with an ellipsis after so many."""
    if more.get("selectable"):  # a browser makes of it a field without a value: say it to screen readers
        more.setdefault("semantics_label", value)
    return ft.Text(
        value,
        color=color,
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS if lines else ft.TextOverflow.CLIP,
        style=_style(size, height, bold=bold),
        **more,
    )


@cache
def _style(size: float, height: float, *, bold: bool) -> ft.TextStyle:
    """One for all texts of a kind, in every session: nothing changes it, so it need not be made, kept and compared again."""
    return ft.TextStyle(font_family=BOLD if bold else REGULAR, font_family_fallback=[RARE], size=size, height=height)


def soft(value: str, *, size: int = T.LABEL, **more: Any) -> ft.Text:
    """Second-rank text: evidence, hints, times."""
    return text(value, size=size, color=more.pop("color", C.INK_SOFT), **more)


def heading(value: str, *, size: int = T.TITLE, color: str = C.INK, **more: Any) -> ft.Control:
    """A heading, also to a screen reader."""
    return ft.Semantics(
        header=True, content=text(value, size=size, bold=True, color=color, height=1.4, **more.pop("text", {})), **more
    )


def card(
    *controls: ft.Control,
    title: str = "",
    aside: str = "",
    tone: Tone | None = None,
    padding: int = 18,
    spacing: int = S.GAP_SMALL,
    expand: bool | int | None = None,
    scroll: bool = False,
    fill: bool = False,
    foot: ft.Control | None = None,
    **more: Any,
) -> ft.Container:
    """A surface with an optional title and a quiet remark beside it. `scroll` lets its inside scroll; with `fill` it takes
    what is left and scrolls by itself; `foot` stays in sight below it."""
    ink, ground = tone_colours(tone) if tone else (C.INK_SOFT, C.SURFACE)
    body = ft.Column(
        list(controls),
        spacing=spacing,
        scroll=ft.ScrollMode.AUTO if scroll else None,
        expand=scroll or fill or None,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    inner: list[ft.Control] = [body]
    if foot is not None:
        inner.append(foot)
    if title:
        inner.insert(
            0,
            ft.Row(
                [
                    ft.Semantics(header=True, content=text(title, size=14, bold=True, color=ink, lines=4, height=1.4)),
                    *([soft(aside, size=T.SMALL, height=1.4)] if aside else []),
                ],
                wrap=True,  # the remark stands below where it has no room beside
                spacing=S.GAP_SMALL,
                run_spacing=0,
                alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
        )
    return ft.Container(
        ft.Column(inner, spacing=10, expand=scroll or fill or None, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=ground,
        border=ft.Border.all(1, C.LINE if tone is None else ground),
        border_radius=S.RADIUS,
        padding=padding,
        expand=expand,
        **more,
    )


def apart(content: ft.Control, **more: Any) -> ft.Control:
    """A part of the page that keys and screen readers go through as a whole, and whose words stay apart: a node around them
    alone would say them all in one. Drawn as nothing."""
    return ft.Semantics(
        container=True,
        content=ft.Card(
            content,
            semantic_container=False,
            margin=0,
            elevation=E.FLAT,
            bgcolor=ft.Colors.TRANSPARENT,
            shape=ft.RoundedRectangleBorder(radius=0),
        ),
        **more,
    )


def columns(*parts: ft.Control, shares: Sequence[int]) -> ft.Row:
    """Parts of a screen side by side, level at the top: keys and screen readers come to the end of one before the next."""
    return ft.Row(
        [apart(part, expand=share) for part, share in zip(parts, shares, strict=True)],
        spacing=S.GAP,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def stack(parts: Sequence[ft.Control]) -> ft.Column:
    """Parts of a screen one below the other, as wide as it is."""
    return ft.Column(list(parts), spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def chip(label: str, tone: Tone = "plain", *, icon: Any = None) -> ft.Container:
    """A small label, 26 high. It is not tappable; what can be tapped is a button."""
    ink, ground = tone_colours(tone)
    words = text(label, size=T.LABEL, color=ink, height=1.2, expand=bool(icon) or None, expand_loose=bool(icon) or None)
    return ft.Container(
        ft.Row([ft.Icon(icon, size=15, color=ink), words], spacing=4, tight=True) if icon else words,
        bgcolor=ground,
        border_radius=S.CHIP / 2,
        padding=ft.Padding.symmetric(horizontal=10, vertical=4),
    )


def chips(*made: ft.Control) -> ft.Row:
    """Chips in a row that wraps."""
    return ft.Row(list(made), wrap=True, spacing=6, run_spacing=6)


def button(
    label: str,
    on_click: Handler | None = None,
    *,
    kind: Literal["filled", "soft", "outline", "plain"] = "outline",
    icon: Any = None,
    big: bool = False,
    danger: bool = False,
    disabled: bool = False,
    **more: Any,
) -> ft.Control:
    """A button, at least 48 high. Its label is its accessible name."""
    size = 17 if big else T.BODY
    ink, ground = {
        "filled": (C.ON_PRIMARY, C.PRIMARY),
        "soft": (C.ON_PRIMARY_SOFT, C.PRIMARY_SOFT),
        "outline": (C.PRIMARY, C.SURFACE),
        "plain": (C.PRIMARY, ft.Colors.TRANSPARENT),
    }[kind]
    if danger:
        ink = C.ERROR
    if disabled:
        ink, ground = C.INK_SOFT, C.SUNKEN
    style = ft.ButtonStyle(
        color=ink,
        bgcolor=ground,
        icon_color=ink,
        icon_size=22 if big else 20,
        elevation=E.FLAT,
        text_style=ft.TextStyle(font_family=BOLD, font_family_fallback=[RARE], size=size, height=1.2),
        shape=ft.RoundedRectangleBorder(radius=28 if big else S.TOUCH / 2),
        side={
            ft.ControlState.FOCUSED: FOCUSED,
            ft.ControlState.DEFAULT: ft.BorderSide(1, C.LINE) if kind == "outline" else ft.BorderSide(0, ground),
        },
        # Room instead of a height, 48 or 56 at normal size: larger letters (the browser's text size) grow the button.
        padding=ft.Padding.symmetric(
            # what has no ground of its own stands nearer to the words above it
            horizontal=30 if big else 12 if kind == "plain" else 22,
            vertical=(17 if icon else 17.8) if big else (14 if icon else 15),
        ),
    )
    return ft.TextButton(
        content=label,
        icon=icon,
        style=style,
        on_click=on_click,
        disabled=disabled,
        **more,
    )


def icon_button(icon: Any, label: str, on_click: Handler, **more: Any) -> ft.Control:
    """A round button with a picture only; `label` is its accessible name and tooltip. 48 by 48."""
    return tappable(
        ft.Icon(icon, size=24, color=more.pop("icon_color", C.PRIMARY)),
        label,
        on_click,
        width=S.TOUCH,
        height=S.TOUCH,
        border_radius=S.TOUCH / 2,
        alignment=ft.Alignment.CENTER,
        # the button has the name already: a tooltip that said it too would be read out twice
        tooltip=ft.Tooltip(label, exclude_from_semantics=True),
        **more,
    )


def tappable(
    content: ft.Control, label: str, on_click: Handler, *, selected: bool | None = None, **more: Any
) -> ft.Control:
    """Make any content one button: `label` is its whole accessible name; at least 48 high if the content is.

    What is inside is silent, what is around it is merged into one: so the same thing takes taps, the keyboard's focus
    and a screen reader's.
    """
    return ft.MergeSemantics(
        key=more.pop("key", None),
        expand=more.pop("outer_expand", None),
        content=ft.Semantics(
            label=label,
            button=True,
            selected=selected,
            on_tap=on_click,
            content=ft.Container(
                ft.Semantics(exclude_semantics=True, content=content),
                on_click=on_click,
                ink=True,
                border_radius=more.pop("border_radius", S.RADIUS),
                **more,
            ),
        ),
    )


def pill(
    content: ft.Control,
    label: str,
    on_click: Handler,
    *,
    ground: str,
    edge: str = "",
    selected: bool | None = None,
    radius: float = S.TOUCH / 2,
    padding: ft.Padding | None = None,
    **more: Any,
) -> ft.Control:
    """A `tappable` that fills its own shape: the keyboard's focus is a ring around it, not a tint that its ground would drown."""
    return ft.MergeSemantics(
        ft.Semantics(
            label=label,
            button=True,
            selected=selected,
            on_tap=on_click,
            content=ft.TextButton(
                content=ft.Semantics(exclude_semantics=True, content=content),
                on_click=on_click,
                style=ft.ButtonStyle(
                    bgcolor=ground,
                    elevation=E.FLAT,
                    shape=ft.RoundedRectangleBorder(radius=radius),
                    side={
                        ft.ControlState.FOCUSED: FOCUSED,
                        ft.ControlState.DEFAULT: ft.BorderSide(1, edge) if edge else ft.BorderSide(0, ground),
                    },
                    padding=padding or ft.Padding.all(0),
                ),
                **more,
            ),
        )
    )


def _outline(radius: float) -> dict[ft.ControlState, ft.InputBorder]:
    """A hairline that becomes the house's navy under the cursor and red where something is wrong."""

    def line(width: float, colour: str) -> ft.OutlineInputBorder:
        return ft.OutlineInputBorder(border_radius=radius, side=ft.BorderSide(width, colour))

    return {
        ft.ControlState.DEFAULT: line(1, C.EDGE),
        ft.ControlState.FOCUSED: line(2, C.PRIMARY),
        ft.ControlState.ERROR: line(1.5, C.ERROR),
    }


def _typed(size: int) -> ft.TextStyle:
    """Of what stands in a field: a name with a rare character must not become a box there either."""
    return ft.TextStyle(font_family=REGULAR, font_family_fallback=[RARE], size=size, color=C.INK)


def field(
    label: str, *, hint: str = "", value: str = "", error: str = "", on_change: Handler | None = None, **more: Any
) -> ft.TextField:
    """A labelled text field. How much of its room is used stands below it once that matters."""
    if (most := more.get("max_length")) and len(value) < NEARLY * most:
        more.setdefault("counter", "")
    return TypedField(
        label=label,
        hint_text=hint or None,
        value=value,
        error=error or None,
        on_change=on_change,
        text_style=_typed(T.BODY),
        border=_outline(S.RADIUS),
        bgcolor=C.SURFACE,
        content_padding=ft.Padding.symmetric(horizontal=16, vertical=14),
        align_label_with_hint=True,  # of several lines the first one
        **more,
    )


def search_field(
    label: str, *, value: str = "", on_change: Handler | None = None, on_submit: Handler | None = None, **more: Any
) -> ft.TextField:
    """The round search field. `label` stays above what is typed: a hint would go, and the field's accessible name with it."""
    return TypedField(
        label=label,
        value=value,
        on_change=on_change,
        on_submit=on_submit,
        text_vertical_align=ft.VerticalAlignment.CENTER,
        prefix_icon=ft.Icons.SEARCH,
        text_style=_typed(16),
        border=_outline(28),
        bgcolor=C.SURFACE,
        content_padding=ft.Padding.symmetric(horizontal=20, vertical=18),
        **more,
    )


def divided(rows: Sequence[ft.Control]) -> list[ft.Control]:
    """Put a hairline between rows."""
    out: list[ft.Control] = []
    for index, row in enumerate(rows):
        if index:
            out.append(ft.Divider(height=1, thickness=1, color=C.LINE))
        out.append(row)
    return out
