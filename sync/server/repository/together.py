"""The records of commands that share a transaction: what they add is written at once, what one did can be undone.

1. Before the first, `look_up` locks and reads the customers they name, and finds which ids of new records are free.
2. A record under such an id, of such a customer, waits; all that wait make one `put_many`. So do audit notes.
3. Whoever asks for the connection gets it once every waiting record is written: no statement can miss one.
4. A command gets a savepoint when it first asks for the connection. Refused, it is rolled back, or just never written.
5. Where a common write fails, `NotTogether`: whose fault it was shows when each comes alone, where nothing waits.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, NestedTransaction

from sync.clock import Clock
from sync.model.base import Record
from sync.model.customer import Customer
from sync.server.repository import audit
from sync.server.repository.records import Records
from sync.server.repository.rows import owner_of, record_of, stored


class NotTogether(Exception):  # noqa: N818 - not an error of anybody's yet
    """What several commands added could not be written in one; the transaction must be given up."""


class Together(Records):
    """Records for commands one after another, each between `begin` and `keep` or `undo`; `finish` ends them.

    The connection is to be asked for (`conn`) each time anew.
    """

    def __init__(self, conn: Connection, clock: Clock) -> None:
        super().__init__(conn, clock)
        self._plain = Records(conn, clock)
        self._people: dict[str, Customer] = {}
        self._free: set[tuple[str, str]] = set()
        self._waiting: list[Record] = []
        self._notes: list[audit.AuditEntry] = []
        self._mine, self._my_notes = 0, 0
        """Where what the present command added begins."""
        self._within = False
        self._savepoint: NestedTransaction | None = None

    @property
    def conn(self) -> Connection:
        if self._within and self._savepoint is None:
            mine = self._waiting[self._mine :]
            del self._waiting[self._mine :]
            self._write_waiting()  # the neighbours' is none of what may be undone
            self._savepoint = self._conn.begin_nested()
            self._waiting = mine
        self._write_waiting()
        return self._conn

    def look_up(self, customer_ids: Collection[str], new: Mapping[str, Collection[str]]) -> None:
        """Lock these customers, all at once because two devices may each have what the other waits for; and see
        which ids of `new`, by kind, are free."""
        found = stored(self._conn, "customer", customer_ids, lock=True)
        for each, kept in found.items():
            person = record_of("customer", kept.document)
            assert isinstance(person, Customer)
            self._people[each] = person
        self._free |= {("customer", each) for each in customer_ids if each not in found}
        for kind, ids in new.items():
            taken = stored(self._conn, kind, ids)
            self._free |= {(kind, each) for each in ids if each not in taken}

    def begin(self) -> None:
        """Begin a command."""
        self._within, self._mine, self._my_notes = True, len(self._waiting), len(self._notes)

    def keep(self) -> None:
        """End a command; what it did stands."""
        if self._savepoint is not None:
            self._savepoint.commit()
        self._within, self._savepoint = False, None

    def undo(self) -> None:
        """End a command; nothing of what it did stands."""
        if self._savepoint is not None:
            self._savepoint.rollback()
        self._within, self._savepoint = False, None
        del self._waiting[self._mine :]
        del self._notes[self._my_notes :]

    @property
    def noted(self) -> bool:
        """Whether the present command, or the one that ended last, added an audit entry."""
        return len(self._notes) > self._my_notes

    def note(self, entry: audit.AuditEntry) -> None:
        """Add an audit entry when all else is done: no command reads them."""
        self._notes.append(entry)

    def finish(self) -> None:
        """Write whatever waits."""
        self._write_waiting()
        audit.note_all(self._conn, self._notes)
        self._notes = []

    def get(self, kind: Any, record_id: str, *, lock: bool = False) -> Any:
        name = kind if isinstance(kind, str) else kind.kind
        if name == "customer" and record_id in self._people:
            return self._people[record_id]
        if (name, record_id) in self._free:
            return None
        return super().get(kind, record_id, lock=lock)

    def put_many(self, records: Iterable[Record], *, new: bool = False) -> int:
        every = list(records)
        keys = {(each.kind, each.id) for each in every}
        if len(keys) == len(every) and keys <= self._free and all(owner_of(each) in self._people for each in every):
            self._waiting += every
            self._free -= keys
            return len(every)
        self._forget(keys)
        return super().put_many(every, new=new)

    def delete(self, kind: str | type[Record], record_id: str) -> bool:
        self._forget({(kind if isinstance(kind, str) else kind.kind, record_id)})
        return super().delete(kind, record_id)

    def _forget(self, keys: Collection[tuple[str, str]]) -> None:
        self._free.difference_update(keys)
        for kind, record_id in keys:
            if kind == "customer":
                self._people.pop(record_id, None)

    def _write_waiting(self) -> None:
        waiting, self._waiting, self._mine = self._waiting, [], 0
        if not waiting:
            return
        try:
            self._plain.put_many(waiting, new=True)
        except Exception as error:
            raise NotTogether() from error
