"""Every screen walked with the keyboard alone in a real browser (WCAG 2.2: 2.1.1, 2.1.2, 2.4.3, 4.1.2).

Here one screen; `make keyboard` takes every one, in Japanese and English, as a tablet and as a handheld. The mark of the focus is computed
(`test_keyboard`).
"""

import os

import pytest

from tests.ui.fake import FakeDevice
from tests.ui.keys import semantics, walk
from tests.ui.laid_out import laid_out
from tests.ui.sample import MINORU, MISAKI
from tests.ui.test_accessible import ADDRESSES

EVERY = os.environ.get("KEYBOARD") == "all"
WAYS = [(MINORU, "ja", (1180, 820)), (MISAKI, "en", (412, 915))]
FEW = [("/products", WAYS[0])]


@pytest.mark.browser
def test_every_action_is_reached_and_used_by_keys_alone() -> None:
    """Tab comes to everything that takes a tap or typing, in the order in which one reads, and round again; its key uses it; it
    has a name; and Shift with Tab leads back."""
    found, actions = {}, 0
    with laid_out(FakeDevice(), scale=1.0) as laid:
        semantics(laid)
        for address, (staff_id, language, size) in [(a, w) for a in ADDRESSES for w in WAYS] if EVERY else FEW:
            laid.go(address, staff_id=staff_id, language=language, size=size)
            walked = walk(laid)
            actions += walked.actions
            print(address, language, f"{len(walked.stops)} stops, {walked.actions} actions", *walked.wrong, sep="; ")
            if walked.wrong:
                found[address, language] = walked.wrong
    assert actions > 10
    assert found == {}
