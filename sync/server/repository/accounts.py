"""What is known of members of staff beside the record that travels: the real name, and how an identity provider calls them.

None of it is ever part of a scope, a snapshot or the feed.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, RowMapping, select

from sync.model.base import Frozen, Id, Instant
from sync.server.repository.rows import batches, upsert
from sync.server.tables_edges import staff_accounts


class Account(Frozen):
    staff_id: Id
    user_name: str | None = None
    """As an identity provider gave it, e.g. a mail address; compared without regard to case."""
    external_id: str = ""
    real_name: str = Field(default="", repr=False)
    """Empty where the person works under the own name, or none was told."""
    created_at: Instant
    updated_at: Instant


def of_staff(conn: Connection, staff_id: str) -> Account | None:
    """Return somebody's account, or None."""
    return _one(conn, staff_accounts.c.staff_id == staff_id)


def of_user(conn: Connection, user_name: str) -> Account | None:
    """Return the account of an identity provider's user, or None."""
    return _one(conn, staff_accounts.c.user_key == user_name.casefold())


def provisioned(conn: Connection) -> list[Account]:
    """Return the accounts that an identity provider knows, in order of their user names."""
    query = select(staff_accounts).where(staff_accounts.c.user_key.is_not(None)).order_by(staff_accounts.c.user_key)
    return [_account(row) for row in conn.execute(query).mappings()]


def keep(conn: Connection, account: Account) -> None:
    """Write an account as part of the transaction. Raises IntegrityError where the user name is somebody else's."""
    key = account.user_name.casefold() if account.user_name is not None else None
    conn.execute(upsert(conn, staff_accounts), [{**account.model_dump(), "user_key": key}])


def keep_real_names(conn: Connection, names: Mapping[str, str], now: datetime) -> None:
    """Keep people's real names, by the id of the staff; the rest of their accounts stays as it is."""
    for staff_ids in batches(list(names)):
        query = select(staff_accounts).where(staff_accounts.c.staff_id.in_(staff_ids))
        before = {row["staff_id"]: _account(row) for row in conn.execute(query).mappings()}
        for staff_id in staff_ids:
            kept = before.get(staff_id) or Account(staff_id=staff_id, created_at=now, updated_at=now)
            if kept.real_name != names[staff_id]:
                keep(conn, kept.model_copy(update={"real_name": names[staff_id], "updated_at": now}))


def _one(conn: Connection, where: ColumnElement[bool]) -> Account | None:
    row = conn.execute(select(staff_accounts).where(where)).mappings().first()
    return _account(row) if row is not None else None


def _account(row: RowMapping) -> Account:
    return Account.model_validate({name: value for name, value in row.items() if name != "user_key"})
