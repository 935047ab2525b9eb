"""Which of the messages that are due go next: fair between shops, and no faster than each provider takes them.

room = {channel: bucket.whole for channel, bucket in buckets.items()}     # how many each provider takes now
chosen = choose(due, room, after=last_shop)
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sync.model.customer import Channel


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose time has come."""

    id: str
    shop_id: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket. `rate`: tokens a second; it holds one second's worth, at least one. `at`: seconds of any clock
    that never goes back."""

    rate: float
    tokens: float
    at: float

    @property
    def whole(self) -> int:
        return int(self.tokens)

    def filled(self, now: float) -> "Bucket":
        """Return it as it is now."""
        tokens = min(max(self.rate, 1.0), self.tokens + max(0.0, now - self.at) * self.rate)
        return Bucket(self.rate, tokens, max(self.at, now))

    def less(self, count: int) -> "Bucket":
        """Return it with so many tokens taken."""
        if count > self.whole:
            raise ValueError(f"{count} tokens of {self.whole}")
        return Bucket(self.rate, self.tokens - count, self.at)


def full(rate: float, now: float) -> Bucket:
    """Return a full bucket."""
    return Bucket(rate, max(rate, 1.0), now)


def choose(due: Sequence[Due], room: Mapping[Channel, int], *, after: str = "") -> list[Due]:
    """Return what goes now: one message of each shop in turn, each shop's in the order given, as long as there is room.

    A message whose provider has no room is passed over and holds up none behind it that goes another way. Where there
    is too little room for all, no shop gets more than one message ahead of another that still has one for the same
    provider. `after` is the shop that was served last: the turn begins with the next one, by id.
    """
    left = {channel: count for channel, count in room.items() if count > 0}
    waiting: dict[str, deque[Due]] = {}
    for each in due:
        waiting.setdefault(each.shop_id, deque()).append(each)
    shops = sorted(waiting)
    turn = deque([shop for shop in shops if shop > after] + [shop for shop in shops if shop <= after])
    chosen: list[Due] = []
    while turn:
        shop = turn.popleft()
        queue = waiting[shop]
        while queue and queue[0].channel not in left:
            queue.popleft()
        if not queue:
            continue
        each = queue.popleft()
        chosen.append(each)
        left[each.channel] -= 1
        if not left[each.channel]:
            del left[each.channel]
        turn.append(shop)
    return chosen
