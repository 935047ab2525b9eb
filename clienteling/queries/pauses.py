"""What holds up sending, as this tablet knows it."""

from datetime import datetime

from clienteling.device import Cache
from sync.model.shop import Pause, Shop
from sync.policy.pause import concerning


def pauses_here(cache: Cache, shop: Shop | None, now: datetime) -> tuple[Pause, ...]:
    """Return the pauses that hold up anything this shop may send, the longest-standing first."""
    every = [one for one in cache.records("pause") if isinstance(one, Pause)]
    return tuple(concerning(every, shop, now)) if shop is not None else ()
