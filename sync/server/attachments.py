"""Takes in what came with replies: fetches what providers hold, looks at it, keeps or refuses it, and forgets it in time.

The worker's work. Each step is committed by itself, and whatever dies in the middle is claimed again after the lease.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import Engine

from sync.clock import Clock
from sync.model.customer import Channel
from sync.model.outreach import Reason
from sync.ports import Examined, Fetched, Fetching
from sync.sealed.vault import Unsealable, Vault
from sync.server.database import reading, retrying, transaction
from sync.server.repository import attachments
from sync.server.repository.attachments import Claimed
from sync.server.repository.records import Records

AT_ONCE = 20
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
GIVEN_UP_AFTER = timedelta(hours=48)
"""LINE says that it keeps content "for a certain period of time" and not for how long; a night is not enough to give up."""
MOST_TRIES = 3
"""What was looked at so often without an outcome ended the process that did: it is not looked at again."""

log = structlog.get_logger(__name__)


class TakingIn:
    """Called again and again. `examine` decides about bytes, `fetching` are the channels whose providers hold content."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        vault: Vault,
        *,
        examine: Callable[[bytes], Examined],
        fetching: Mapping[Channel, Fetching],
        most: int,
        days: int,
    ) -> None:
        self._engine, self._clock, self._vault = engine, clock, vault
        self._examine, self._fetching = examine, fetching
        self._most, self._days = most, days

    def __call__(self) -> int:
        """Take in what is due; return how many were looked after."""
        for count in range(AT_ONCE):
            claimed = retrying(self._claim)
            if claimed is None:
                return count
            self._take(claimed)
        return AT_ONCE

    def forget_old(self) -> int:
        """Remove what has been kept for as long as is kept; return how many went."""
        with reading(self._engine) as conn:
            gone = attachments.old(conn, self._clock() - timedelta(days=self._days), 500)
        for attachment_id in gone:
            self._write(partial(attachments.forget, attachment_id=attachment_id, days=self._days))
        return len(gone)

    def _claim(self) -> Claimed | None:
        now = self._clock()
        with reading(self._engine) as conn:
            if not attachments.is_due(conn, now):
                return None
        with transaction(self._engine) as conn:
            try:
                return attachments.claim(conn, self._vault, now)
            except Unsealable:  # the lease is kept: the secret may come back
                log.error("attachment_unsealable")
                return None

    def _take(self, claimed: Claimed) -> None:
        content = claimed.content
        if content is None:
            fetched = self._fetch(claimed)
            content = fetched.content
            if content is not None:
                held = content
                self._write(lambda records: attachments.hold(records.conn, self._vault, claimed.id, held))
            elif fetched.reason is not None:
                return self._settle(claimed, Examined(reason=fetched.reason))
            elif self._clock() - claimed.since > GIVEN_UP_AFTER:
                return self._settle(claimed, Examined(reason=Reason(code="attachment_not_fetched")))
            else:
                until = self._clock() + min(FIRST_PAUSE * 2 ** min(claimed.tries, 10), LONGEST_PAUSE)
                return self._write(lambda records: attachments.postpone(records.conn, claimed.id, until))
        elif claimed.tries >= MOST_TRIES:
            return self._settle(claimed, Examined(reason=Reason(code="attachment_damaged")))
        return self._settle(claimed, self._examine(content))

    def _fetch(self, claimed: Claimed) -> Fetched:
        channel = self._fetching.get(claimed.channel)
        return Fetched() if channel is None else channel.fetch(claimed.remote_id, self._most)

    def _settle(self, claimed: Claimed, examined: Examined) -> None:
        code = examined.reason.code if examined.reason else ""
        log.info("attachment", id=claimed.id, kept=examined.reason is None, why=code, size=len(examined.content))
        self._write(lambda records: attachments.settle(records, self._vault, claimed.id, examined))

    def _write(self, work: Callable[[Records], None]) -> None:
        def once() -> None:
            with transaction(self._engine) as conn:
                work(Records(conn, self._clock))

        retrying(once)
