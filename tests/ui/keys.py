"""Walks a screen with the keyboard alone, in a real browser, and says what a person without a pointer would miss."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import flet as ft
from flet.controls.base_control import BaseControl
from PIL import Image, ImageChops

from tests.ui.laid_out import Laid
from tests.ui.test_accessible import name_of

MOST = 160
"""Stops on one screen; whoever walks on past that is in a loop."""
_AROUND = 6
"""Pixels around a stop in which its mark is looked for: a ring lies outside."""
_MARK = 40
"""Dots that change at least where a mark comes: the least of them, a caret, has as many."""
_BARE = {"INPUT", "TEXTAREA"}
_LETTERS = "あいうえおかきくけこさしすせそたちつて"
_HERE = """() => {
  let one = document.activeElement;
  while (one && one.shadowRoot && one.shadowRoot.activeElement) one = one.shadowRoot.activeElement;
  if (!one || one === document.body || one.tagName.startsWith('FLUTTER') || one.tagName === 'FLT-GLASS-PANE') return null;
  const node = one.closest('flt-semantics') || one, at = node.getBoundingClientRect();
  return {id: node.id, tag: one.tagName, role: one.getAttribute('role') || node.getAttribute('role') || '',
          name: one.getAttribute('aria-label') || node.getAttribute('aria-label') || one.innerText || '',
          at: [at.x, at.y, at.width, at.height]};
}"""
_AT = "id => { const at = document.getElementById(id)?.getBoundingClientRect(); return at && [at.x, at.y, at.width, at.height] }"
_NAMELESS = """() => [...document.querySelectorAll(
  'flt-semantics[role=button], flt-semantics[role=checkbox], flt-semantics[role=switch], flt-semantics[role=img], ' +
  'flt-semantics[role=tab], flt-semantics[role=link], flt-semantics[flt-tappable], flt-semantics input, flt-semantics textarea')]
  .filter(one => !(one.getAttribute('aria-label') || one.innerText || one.getAttribute('placeholder') ||
                   one.querySelector('[aria-label]') || one.closest('flt-semantics').getAttribute('aria-label')))
  .map(one => one.outerHTML.slice(0, 160))"""


@dataclass(frozen=True)
class Stop:
    """Where the focus is."""

    id: str
    tag: str
    role: str
    name: str
    at: tuple[float, float, float, float]


@dataclass
class Walk:
    """What a walk over one screen found."""

    stops: list[Stop]
    actions: int
    wrong: list[str]


def semantics(laid: Laid) -> None:
    """Turn the accessibility tree on: it says where the focus is."""
    placeholder = laid.page.locator("flt-semantics-placeholder")
    placeholder.wait_for(state="attached")
    placeholder.evaluate("element => element.click()")


def here(laid: Laid) -> Stop | None:
    found = laid.page.evaluate(_HERE)
    return Stop(found["id"], found["tag"], found["role"], found["name"].strip(), tuple(found["at"])) if found else None


def picture(laid: Laid) -> Image.Image:
    return Image.open(BytesIO(laid.page.screenshot())).convert("RGB")


def press(laid: Laid, key: str, frames: int = 3) -> None:
    laid.page.keyboard.press(key)
    laid.frames(frames)


def usable(controls: list[BaseControl]) -> Iterator[BaseControl]:
    """Everything that takes a tap or typing, once each: of a `tappable` the ink, which is what takes the focus."""
    beside = {id(one.content) for one in controls if isinstance(one, ft.Semantics) and one.exclude_semantics}
    for one in controls:
        if id(one) in beside:  # words beside a box that says them, and takes the focus, itself
            continue
        if getattr(one, "disabled", False) or isinstance(one, ft.Page | ft.View | ft.Semantics | ft.GestureDetector):
            continue
        if (
            getattr(one, "on_click", None)
            or getattr(one, "action", None)
            or (
                isinstance(one, ft.TextField | ft.Checkbox | ft.Switch | ft.Radio | ft.Dropdown)
                and not getattr(one, "read_only", False)
            )
        ):
            yield one


def walk(laid: Laid, *, look: bool) -> Walk:
    """Go over the screen that is shown: Tab to every stop, use it by its key (which does not reach the app), back by Shift and
    Tab. With `look` its picture must change where the focus comes."""
    ruler = laid.ruler
    ruler.kept = done = list[tuple[int, str]]()
    wrong: list[str] = [f"no name: {one}" for one in laid.page.evaluate(_NAMELESS)]
    stops: list[Stop] = []
    used: list[int] = []
    against: list[str] = []
    unseen: list[str] = []
    try:
        press(laid, "Tab")
        while (stop := here(laid)) is not None and len(stops) < MOST:
            if stops:
                against += _against(laid, stops[-1], stop)
            target = _used(laid, done, stop)
            if used and target is not None and target == used[0]:
                break
            if target is not None and target in used:
                wrong.append(f"trap: from {stops[-1].name!r} back to {stop.name!r}")
                break
            if target is None:
                wrong.append(f"no key uses {stop.name!r} ({stop.tag} {stop.role})")
            else:
                used.append(target)
            if not stop.name:
                wrong.append(f"no name: {stop.tag} {stop.role} at {stop.at}")
            stops.append(stop)
            bare = picture(laid) if look else None
            press(laid, "Tab")
            unseen += unmarked(laid, bare, stop) if bare else []
        if len(stops) >= MOST:
            wrong.append("never comes round")
        wrong += [f"not seen: {one}" for one in unseen]
        wrong += _back(laid, done, used)
        there = [one for one in usable(laid.controls()) if one._i in ruler.sizes or one._i not in ruler.asked]
        wrong += [
            f"not reached: {name_of(one) or _around(laid, one)} ({type(one).__name__})"
            for one in there
            if one._i not in used
        ]
        return Walk(
            stops, len(there), wrong + (against if len(against) > 1 else [])
        )  # one is where the round begins anew
    finally:
        ruler.kept = None


def _used(laid: Laid, done: list[tuple[int, str]], stop: Stop) -> int | None:
    """Use what has the focus, and return the id of the control that heard of it, or that opened a page."""
    # another letter each time: the same one typed over itself, as a field is chosen whole when keys come to it, changes nothing
    letter = _LETTERS[len(done) % len(_LETTERS)]
    keys = (letter,) if stop.tag in _BARE else ("Space",) if stop.role in {"checkbox", "switch"} else ("Enter", "Space")
    typed = {one._i for one in laid.controls() if isinstance(one, ft.TextField)}
    before = len(done)
    laid.opened.clear()
    for key in keys:
        if key == letter:
            laid.page.keyboard.insert_text(key)  # a key of its own might be a scanner's
        else:
            laid.page.keyboard.press(key)
        for _ in range(30):
            laid.frames(2)
            if laid.opened:
                return _opens(laid.controls(), laid.opened.pop())
            for target, _event in done[before:]:  # what was typed may be heard of late: it is no use of a button
                if (target in typed) == (stop.tag in _BARE):
                    return target
    return None


def unmarked(laid: Laid, bare: Image.Image, before: Stop) -> list[str]:
    """Say so where the picture around what has got the focus is the same as before it had; whatever was scrolled meanwhile is new
    anyway."""
    stop = here(laid)
    if stop is None or stop.id == before.id or _moved(laid, before):
        return []
    x, y, width, height = stop.at
    around = (
        max(0, int(x) - _AROUND), max(0, int(y) - _AROUND),
        min(bare.width, int(x + width) + _AROUND), min(bare.height, int(y + height) + _AROUND),
    )  # fmt: skip
    was = bare.crop(around)
    for _ in range(20):  # it fades in
        changed = (
            ImageChops.difference(was, picture(laid).crop(around)).convert("L").point(lambda dot: dot > 16 and 255)
        )
        if changed.histogram()[255] >= _MARK:
            return []
        laid.frames(2)
    return [stop.name]


def _moved(laid: Laid, before: Stop) -> bool:
    at = laid.page.evaluate(_AT, before.id)
    return at is None or [round(n) for n in at] != [round(n) for n in before.at]


def _opens(controls: list[BaseControl], url: str) -> int | None:
    """Return the id of what leads to an address outside of the app: the browser opens it, and no control hears of it."""
    actions = ((one._i, getattr(one, "action", None)) for one in controls)
    return next((i for i, action in actions if isinstance(action, ft.OpenUrl) and action.url == url), None)


def _against(laid: Laid, before: Stop, after: Stop) -> list[str]:
    """Say so where the focus went against the way one reads, lines from above, each from the left; nothing of what was scrolled
    meanwhile."""
    if _moved(laid, before):
        return []
    above = after.at[1] + after.at[3] <= before.at[1] + 1
    return [f"order: {after.name!r} after {before.name!r}"] if above and after.at[0] < before.at[0] else []


def _around(laid: Laid, one: BaseControl) -> str:
    """The name of the node around an ink."""
    return next(
        (str(node.label) for node in laid.controls() if isinstance(node, ft.Semantics) and node.content is one), "?"
    )


def _back(laid: Laid, done: list[tuple[int, str]], used: list[int]) -> list[str]:
    """Go back from the first stop: Shift and Tab lead to another of the same round."""
    if len(used) < 2:
        return []
    for _ in range(3):  # past the first lies the browser itself
        press(laid, "Shift+Tab", 8)
        stop = here(laid)
        if stop is not None and stop.name:
            break
    now = _used(laid, done, stop) if stop else None
    return [] if now in used[1:] else [f"back: Shift and Tab lead to {stop.name if stop else None!r}"]
