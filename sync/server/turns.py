"""Whose turn it is: which of the messages that are due a worker claims now."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from sync.model.customer import Channel
from sync.policy.pacing import Due, choose, full

LOOK_AHEAD = 500
"""Due messages among which it is chosen what goes next."""
LOOK_SECONDS = 2.0
"""How long those are good for: to find them among the hundred thousand of a campaign takes some
50 ms, and the turns among them are the same for a while."""


class Every:
    """True at the first call, then at most once in `seconds` of `monotonic`."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._seconds, self._monotonic, self._last = seconds, monotonic, float("-inf")

    def __call__(self) -> bool:
        now = self._monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


class Turns:
    """A turn for each shop, as fast as each provider takes it, and never more ahead than can be sent soon.

    `waiting(most, without)`: what is due, the first first, leaving out channels. `claimed(most)`: how many claimed messages
    wait to be sent; there are never more than `most`. `rates`: messages a second of each channel. `monotonic`: seconds that
    never go back.
    """

    def __init__(
        self,
        waiting: Callable[[int, Collection[Channel]], Sequence[Due]],
        claimed: Callable[[int], int],
        rates: Mapping[Channel, float],
        monotonic: Callable[[], float],
        *,
        most: int,
    ) -> None:
        self._most = most
        self._waiting, self._claimed, self._monotonic = waiting, claimed, monotonic
        began = monotonic()
        self._buckets = {channel: full(rate, began) for channel, rate in rates.items()}
        self._look = Every(LOOK_SECONDS, monotonic)
        self._ahead: list[Due] = []
        self._last_shop = ""
        self._left_out: set[str] = set()

    def next(self, resting: Callable[[Channel], object]) -> Sequence[Due]:
        """Return what goes now; nothing by a channel of which `resting` says anything."""
        now = self._monotonic()
        self._buckets = {channel: bucket.filled(now) for channel, bucket in self._buckets.items()}
        rest = [channel for channel in self._buckets if resting(channel)]
        room = {name: bucket.whole for name, bucket in self._buckets.items() if name not in rest}
        if self._look() or not self._ahead:
            without = [*rest, *(name for name, count in room.items() if not count)]
            self._ahead = [each for each in self._waiting(LOOK_AHEAD, without) if each.id not in self._left_out]
        free = self._most - self._claimed(self._most) if self._ahead else 0
        chosen = choose(self._ahead, room, after=self._last_shop)[:free]
        gone = {each.id for each in chosen}
        self._ahead = [each for each in self._ahead if each.id not in gone]
        for channel, count in Counter(each.channel for each in chosen).items():
            self._buckets[channel] = self._buckets[channel].less(count)
        self._last_shop = chosen[-1].shop_id if chosen else self._last_shop
        return chosen

    def leave_out(self, message_id: str) -> None:
        """Pass over a message that could not be claimed, until all such are forgiven."""
        self._left_out.add(message_id)

    def forgive(self) -> None:
        """Try again what could not be claimed."""
        self._left_out.clear()
