"""How often Python looks for cycles of references in a process of ours."""

import gc


def look_seldom() -> None:
    """Look seldom, from the start of a process on.

    Records come and go by the ten thousand and hold no cycles. Looking for cycles as often as Python does by default costs
    a fifth of an import's time; this seldom, what lingers meanwhile is a few megabytes.
    """
    gc.set_threshold(20_000, 20, 20)
