"""The records behind a stretch of the feed, as rows on the wire: the same for who pulls and for who is told live.

present = Present(conn, changes)      # reads each record once, for however many shops it is
present.rows(changes, followed)       # no more questions to the database
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from sync.policy.withheld import open_part
from sync.protocol import Row
from sync.server import feed
from sync.server.repository import scopes
from sync.server.repository.rows import Stored, stored


class Present:
    """What is there now of what changed, and which shops it is in: a change may be older than a customer's leaving."""

    def __init__(self, conn: Connection, changes: Iterable[feed.Change]) -> None:
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        customer_ids: set[str] = set()
        pins_of: set[str] = set()
        for change in changes:
            if change.customer_id:
                customer_ids.add(change.customer_id)
            if change.kind == "staff_pin":
                pins_of.add(change.scope)
            if not change.deleted:
                wanted[change.kind].add(change.record_id)
        self._stored = {kind: stored(conn, kind, ids) for kind, ids in wanted.items()}
        self._scopes = scopes.memberships(conn, customer_ids)
        self._pins = {scope: scopes.pins_in(conn, scope) for scope in pins_of}

    def rows(self, changes: Iterable[feed.Change], followed: Collection[str]) -> list[Row]:
        """Return a row for the last change of each id, a tombstone for what is in none of the scopes `followed` any more."""
        last: dict[tuple[str, str], feed.Change] = {}
        for change in changes:
            last.pop((change.kind, change.record_id), None)
            last[change.kind, change.record_id] = change
        return [self._row(change, followed) for change in last.values()]

    def _row(self, change: feed.Change, followed: Collection[str]) -> Row:
        now = self._stored.get(change.kind, {}).get(change.record_id)
        if now is None or change.deleted or not self._is_in(change, now, followed):
            return Row(change.kind, change.record_id, change.customer_id, None)
        return Row(change.kind, change.record_id, now.owner, open_part(change.kind, now.document), now.tag)

    def _is_in(self, change: feed.Change, now: Stored, followed: Collection[str]) -> bool:
        if now.owner is not None:
            return not self._scopes.get(now.owner, frozenset()).isdisjoint(followed)
        if change.kind == "staff_pin":
            return any(change.record_id in self._pins.get(scope, ()) for scope in followed)
        return change.kind != "stock_level" or feed.stock_scope(now.document["shop_id"]) in followed
