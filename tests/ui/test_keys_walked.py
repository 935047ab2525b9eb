"""Every screen walked with the keyboard alone in a real browser (WCAG 2.2: 2.1.1, 2.1.2, 2.4.3, 4.1.2).

Here one screen; `make keyboard` takes every one: a manager's in Japanese and English, on a tablet either way up and on a handheld, and there an
associate's too. `ROUTES="/register /slips"` takes those only, `WAYS=412x915` one way. The mark of the focus is computed
(`test_keyboard`); here, and with `LOOK=1` everywhere, it is looked for in the picture too.
"""

import os
import time

import pytest

from tests.ui.fake import FakeDevice
from tests.ui.keys import semantics, walk
from tests.ui.laid_out import laid_out
from tests.ui.sample import MINORU, MISAKI
from tests.ui.test_accessible import ADDRESSES

EVERY = os.environ.get("KEYBOARD") == "all"
WAYS = {
    "1180x820": (MINORU, "ja", (1180, 820)),
    "820x1180": (MINORU, "en", (820, 1180)),
    "412x915": (MINORU, "en", (412, 915)),
    "associate": (MISAKI, "en", (412, 915)),
}
ROUTES = os.environ.get("ROUTES", "").split() or (ADDRESSES if EVERY else ["/products"])
TAKEN = os.environ.get("WAYS", "").split() or (list(WAYS) if EVERY else ["1180x820"])

LOOK = not EVERY or bool(os.environ.get("LOOK"))


@pytest.mark.browser
def test_every_action_is_reached_and_used_by_keys_alone() -> None:
    """Tab comes to everything that takes a tap or typing, in the order in which one reads, and round again; its key uses it; it
    has a name; and Shift with Tab leads back."""
    found, actions = {}, 0
    with laid_out(FakeDevice(), scale=1.0) as laid:
        semantics(laid)
        for address, way in [(address, way) for way in TAKEN for address in ROUTES]:
            staff_id, language, size = WAYS[way]
            began = time.monotonic()
            laid.go(address, staff_id=staff_id, language=language, size=size)
            walked = walk(laid, look=LOOK)
            actions += walked.actions
            took = f"{time.monotonic() - began:.0f} s"
            print(
                address,
                way,
                f"{len(walked.stops)} stops, {walked.actions} actions, {took}",
                *walked.wrong,
                sep="; ",
                flush=True,
            )
            if walked.wrong:
                found[address, way] = walked.wrong
    assert actions > 10
    assert found == {}
