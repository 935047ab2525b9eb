"""Who is whose friend on LINE: the accounts that the retailer's files name, and those that made friends since."""

from uuid import UUID

from sync.ids import NewId
from sync.sandbox.people import People, Person
from sync.sandbox.store import Store


class LineFriends:
    """The account on a person's phone. The retailer learns of it by what she does on LINE, never from here."""

    def __init__(self, store: Store, people: People, new_id: NewId) -> None:
        self._store, self._people, self._new_id = store, people, new_id

    def user_of(self, person: Person) -> str:
        """Return a person's LINE user id; empty where she has not made friends with the account."""
        if person.line_user_id:
            return person.line_user_id
        rows = self._store.rows("SELECT user_id FROM line_friend WHERE member = ?", (person.member_number,))
        return str(rows[0]["user_id"]) if rows else ""

    def owners(self, user_id: str) -> list[Person]:
        """Return on whose phones an account is."""
        rows = self._store.rows("SELECT member FROM line_friend WHERE user_id = ?", (user_id,))
        since = [person for row in rows if (person := self._people.find(row["member"]))]
        return [*self._people.by_line(user_id), *since]

    def befriend(self, person: Person) -> bool:
        """Make her a friend with an account of her own; False where she is one."""
        if self.user_of(person):
            return False
        with self._store.transaction() as db:
            db.execute("INSERT INTO line_friend VALUES (?, ?)", (f"U{UUID(self._new_id()).hex}", person.member_number))
        return True
