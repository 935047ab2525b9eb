"""Names of customers in other systems, seen from inside one transaction.

    known = Identities(conn)                     # implements sync.ports.IdentityStore
    known.load([("email", "a@example.jp"), ...]) # once for a whole batch: three statements, however many names
    known.find("email", "a@example.jp") -> id | None
    known.link("email", "a@example.jp", customer_id)
    known.flush()                                # writes what was linked

    customer_of(conn, "phone", "+819012345678") -> id | None     # one name, customers only
    link(conn, "phone", "+819012345678", customer_id) -> bool    # False when it is somebody else's

Two transactions that link the same new name cannot both commit; the later one is run again
(`sync.server.database.retrying`) and then finds it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from sync.ids import new_id
from sync.server.repository.rows import batches
from sync.server.tables_edges import identities

VISITOR = "visitor:"
"""Begins the id of somebody who has not told us who she is."""

Name = tuple[str, str]
"""Kind and value."""


class Identities:
    """Who is who (implements `sync.ports.IdentityStore`)."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._owner: dict[Name, str | None] = {}
        self._names: defaultdict[str, list[Name]] = defaultdict(list)
        self._stored: dict[Name, str] = {}
        self._touched: set[Name] = set()

    def load(self, names: Iterable[Name]) -> None:
        """Read these names' owners, and all other names of those."""
        wanted = sorted({name for name in names if name not in self._owner})
        columns = (identities.c.kind, identities.c.value, identities.c.customer_id)
        owners: set[str] = set()
        for kind in {kind for kind, _ in wanted}:
            for batch in batches(value for its_kind, value in wanted if its_kind == kind):
                query = select(identities.c.customer_id).where(identities.c.kind == kind, identities.c.value.in_(batch))
                owners.update(self._conn.scalars(query))
        self._owner.update(dict.fromkeys(wanted))
        for batch in batches(owners - self._names.keys()):
            for kind, value, owner in self._conn.execute(select(*columns).where(identities.c.customer_id.in_(batch))):
                self._stored[kind, value] = owner
                if self._owner.get((kind, value)) is None:
                    self._own((kind, value), owner)

    def find(self, kind: str, value: str) -> str | None:
        """Return whose name it is: a customer's id, a visitor's, or None."""
        if (kind, value) not in self._owner:
            self.load([(kind, value)])
        return self._owner[kind, value]

    def link(self, kind: str, value: str, customer_id: str) -> None:
        """Make the name this customer's (or visitor's), whosever it was."""
        self._own((kind, value), customer_id)
        self._touched.add((kind, value))

    def names_of(self, customer_id: str, kind: str) -> Sequence[str]:
        """Return her names of a kind, as far as they were loaded with any name of hers."""
        return [value for its_kind, value in self._names.get(customer_id, ()) if its_kind == kind]

    def is_visitor(self, customer_id: str) -> bool:
        """Say whether the id is no customer's yet."""
        return customer_id.startswith(VISITOR)

    def new_visitor(self) -> str:
        """Return an id for somebody whom nothing is known of but what she did."""
        return VISITOR + new_id()

    def absorb(self, visitor_id: str, into: str) -> None:
        """Give all names of a visitor to a customer or to another visitor."""
        for kind, value in list(self._names.get(visitor_id, ())):
            self.link(kind, value, into)

    def flush(self) -> None:
        """Write what was linked since the last time."""
        fresh, moved = [], []
        for kind, value in sorted(self._touched):
            owner, stored = self._owner[kind, value], self._stored.get((kind, value))
            assert owner is not None
            if stored is None:
                fresh.append({"kind": kind, "value": value, "customer_id": owner})
            elif stored != owner:
                moved.append({"its_kind": kind, "its_value": value, "customer_id": owner})
            self._stored[kind, value] = owner
        if moved:
            mine = (identities.c.kind == bindparam("its_kind")) & (identities.c.value == bindparam("its_value"))
            self._conn.execute(update(identities).where(mine), moved)
        if fresh:
            self._conn.execute(insert(identities), fresh)
        self._touched.clear()

    def _own(self, name: Name, owner: str) -> None:
        before = self._owner.get(name)
        if before is not None and name in self._names[before]:
            self._names[before].remove(name)
        self._owner[name] = owner
        self._names[owner].append(name)


def customer_of(conn: Connection, kind: str, value: str) -> str | None:
    """Return the customer with this name; None for nobody's, and for that of a visitor."""
    query = select(identities.c.customer_id).where(_is((kind, value)))
    owner: str | None = conn.scalar(query)
    return None if owner is None or owner.startswith(VISITOR) else owner


def link(conn: Connection, kind: str, value: str, customer_id: str) -> bool:
    """Make a name this customer's unless it is another customer's; return whether it is hers now."""
    known = Identities(conn)
    owner = known.find(kind, value)
    if owner is not None and owner != customer_id and not known.is_visitor(owner):
        return False
    known.link(kind, value, customer_id)
    known.flush()
    return True


def move_names(conn: Connection, from_id: str, to_id: str) -> None:
    """Give every name of one customer to another."""
    conn.execute(update(identities).where(identities.c.customer_id == from_id).values(customer_id=to_id))


def _is(name: Name) -> ColumnElement[bool]:
    return (identities.c.kind == name[0]) & (identities.c.value == name[1])
