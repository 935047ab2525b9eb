"""Asks Twilio after text messages of which nobody knows whether they went; they are never sent again to find out."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from sync.clock import Clock
from sync.ports import ChannelEvent, Unresolved

FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=6)
"""When it is asked after an attempt that had no answer: a minute later, then ever less often."""
GIVEN_UP_AFTER = timedelta(days=3)
"""A message that Twilio does not know by then was never accepted, or its answer is of no use to anybody any more."""
AT_ONCE = 20

log = structlog.get_logger(__name__)


class Findable(Protocol):
    """A channel whose provider can be asked what it has."""

    def find(self, unresolved: Unresolved) -> ChannelEvent | None:
        """Return what the provider says of this message; None where it has no such message, or does not answer."""


class AskingAfter:
    """`unresolved(since, before)` lists what is not known; `apply` takes in what was learnt."""

    def __init__(
        self,
        channel: Findable,
        unresolved: Callable[[datetime, datetime], Sequence[Unresolved]],
        apply: Callable[[ChannelEvent], object],
        clock: Clock,
    ) -> None:
        self._channel, self._unresolved, self._apply, self._clock = channel, unresolved, apply, clock
        self._next: dict[str, datetime] = {}

    def __call__(self) -> int:
        """Ask after those whose time has come; return of how many something was learnt."""
        now, learnt = self._clock(), 0
        waiting = self._unresolved(now - GIVEN_UP_AFTER, now - FIRST)
        self._next = {each.message_id: self._next.get(each.message_id, now) for each in waiting}
        for each in [one for one in waiting if self._next[one.message_id] <= now][:AT_ONCE]:
            self._next[each.message_id] = now + min(max(now - each.since, FIRST), LONGEST)
            event = self._channel.find(each)
            if event is not None:
                self._apply(event)
                learnt += 1
        if learnt:
            log.info("unknown_messages_found", count=learnt)
        return learnt
