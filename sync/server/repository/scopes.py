"""Who belongs to which shop's scope, and what the feed must say when that changes.

A customer belongs to a shop where she is at home, bought, visited, has an appointment, got or wrote a message, has an
open follow-up, slip or promise, or where the person in charge of her works. Entering a scope feeds her whole range to it;
leaving one feeds tombstones. A PIN's hash goes to the shops where that person works, a stylist's to every shop, and nowhere else.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, text, union

from sync.model.kinds import CUSTOMER_KINDS
from sync.model.outreach import FollowUpState
from sync.model.promise import PromiseState
from sync.model.shop import Role, Shop, Staff
from sync.model.slip import SlipState
from sync.policy.employment import left
from sync.server.feed import Change, shop_scope
from sync.server.repository.rows import batches, owner_column, table_of
from sync.server.tables import (
    appointments,
    customers,
    follow_ups,
    messages,
    orders,
    promises,
    scope_members,
    scope_pins,
    shops,
    slips,
    staff,
    staff_pins,
    visits,
)

SCOPING_KINDS = frozenset({"customer", "order", "visit", "appointment", "message", "follow_up", "slip", "promise"})
"""Kinds whose records decide where a customer belongs."""
PIN_KINDS = frozenset({"staff_pin", "staff", "shop"})
"""Kinds whose records decide where PINs go."""
OPEN_FOLLOW_UPS = (
    FollowUpState.OPEN,
    FollowUpState.AWAITING_APPROVAL,
    FollowUpState.RETURNED,
    FollowUpState.SCHEDULED,
)
OPEN_SLIPS = (SlipState.RECEIVED, SlipState.UNDER_WAY, SlipState.READY)
_PINS_LOCK = 7_205_001

Scopes = dict[str, frozenset[str]]
"""Customer (or PIN) id to the scopes it is in."""


def lock_customer_if_free(conn: Connection, customer_id: str) -> bool:
    """Do as `lock_customers` unless somebody else has the lock just now; return whether we have it."""
    if conn.dialect.name == "sqlite":
        return True
    query = select(customers.c.id).where(customers.c.id == customer_id)
    return conn.scalar(query.with_for_update(key_share=True, skip_locked=True)) is not None


def lock_customers(conn: Connection, ids: Iterable[str]) -> None:
    """Let nobody else change what these customers have until the transaction ends, so that scopes add up.

    On SQLite the transaction is alone anyway.
    """
    if conn.dialect.name == "sqlite":
        return
    for batch in batches(ids):
        query = select(customers.c.id).where(customers.c.id.in_(batch)).order_by(customers.c.id)
        conn.execute(query.with_for_update(key_share=True)).all()


def memberships(conn: Connection, ids: Iterable[str]) -> Scopes:
    """Return the scopes these customers are in, as last settled."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for batch in batches(ids):
        for customer_id, scope in conn.execute(
            select(scope_members.c.customer_id, scope_members.c.scope).where(scope_members.c.customer_id.in_(batch))
        ):
            found[customer_id].add(scope)
    return {customer_id: frozenset(scopes) for customer_id, scopes in found.items()}


def belongings(conn: Connection, ids: Iterable[str]) -> Scopes:
    """Return the scopes these customers belong to, by their records as they stand."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for batch in batches(ids):
        open_states = [state.value for state in OPEN_FOLLOW_UPS]
        parts = [
            select(customers.c.id, customers.c.home_shop_id).where(customers.c.id.in_(batch)),
            select(customers.c.id, staff.c.shop_id)
            .join(staff, staff.c.id == customers.c.person_in_charge_id)
            .where(customers.c.id.in_(batch)),
            *(
                select(table.c.customer_id, table.c.shop_id).where(table.c.customer_id.in_(batch))
                for table in (orders, visits, appointments, messages)
            ),
            select(follow_ups.c.customer_id, follow_ups.c.shop_id).where(
                follow_ups.c.customer_id.in_(batch), follow_ups.c.state.in_(open_states)
            ),
            select(slips.c.customer_id, slips.c.shop_id).where(
                slips.c.customer_id.in_(batch), slips.c.state.in_([state.value for state in OPEN_SLIPS])
            ),
            select(promises.c.customer_id, promises.c.shop_id).where(
                promises.c.customer_id.in_(batch), promises.c.state == PromiseState.OPEN.value
            ),
        ]
        for customer_id, shop_id in conn.execute(union(*parts)):
            if shop_id:
                found[customer_id].add(shop_scope(shop_id))
    return {customer_id: frozenset(scopes) for customer_id, scopes in found.items()}


def settle(conn: Connection, ids: Collection[str], before: Scopes) -> tuple[Scopes, list[Change]]:
    """Bring memberships up to date with the records; return them, and what the feed must say beside the change itself.

    The changes carry whole ranges into scopes that a customer enters and tombstones into those she leaves.
    """
    after = belongings(conn, ids)
    nowhere: frozenset[str] = frozenset()
    entering = {each: after.get(each, nowhere) - before.get(each, nowhere) for each in ids}
    leaving = {each: before.get(each, nowhere) - after.get(each, nowhere) for each in ids}
    gone = [{"customer_id": each, "scope": scope} for each in ids for scope in sorted(leaving[each])]
    come = [{"customer_id": each, "scope": scope} for each in ids for scope in sorted(entering[each])]
    for row in gone:
        conn.execute(
            delete(scope_members).where(
                scope_members.c.customer_id == row["customer_id"], scope_members.c.scope == row["scope"]
            )
        )
    if come:
        conn.execute(insert(scope_members), come)
    moved = [each for each in ids if entering[each] or leaving[each]]
    feed = [
        Change(scope, kind, record_id, customer_id, deleted, sign, sign * tag)
        for kind, record_id, customer_id, tag in _ranges(conn, moved)
        for scopes, deleted, sign in ((entering[customer_id], False, 1), (leaving[customer_id], True, -1))
        for scope in sorted(scopes)
    ]
    return after, feed


def _ranges(conn: Connection, ids: Collection[str]) -> Iterable[tuple[str, str, str, int]]:
    for batch in batches(ids):
        for kind in CUSTOMER_KINDS:
            owner, columns = owner_column(kind), table_of(kind).c
            for record_id, customer_id, tag in conn.execute(
                select(columns.id, owner.label("owner"), columns.tag).where(owner.in_(batch))
            ):
                yield kind, record_id, customer_id, tag


def lock_pins(conn: Connection) -> None:
    """Let nobody else change PINs or where they go until the transaction ends. On SQLite it is alone anyway."""
    if conn.dialect.name != "sqlite":
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PINS_LOCK})


def settle_pins(conn: Connection, staff_ids: Collection[str] | None, now: datetime) -> list[Change]:
    """Bring the scopes of these people's PINs (None: everybody's) up to date; return what the feed must say. The PIN of
    whoever has left is in none."""
    lock_pins(conn)
    known = {shop.id: shop for shop in map(Shop.model_validate, conn.scalars(select(shops.c.data)))}
    every = frozenset(map(shop_scope, known))
    query = select(staff_pins.c.id, staff_pins.c.tag, staff.c.data).join(staff, staff.c.id == staff_pins.c.staff_id)
    if staff_ids is not None:
        query = query.where(or_(*(staff.c.id.in_(batch) for batch in batches(staff_ids))))
    feed: list[Change] = []
    for pin_id, tag, document in conn.execute(query).all():
        person = Staff.model_validate(document)
        gone = not person.active or left(person, now, known.get(person.shop_id))
        wanted = frozenset() if gone else _workplaces(person, every)
        present = frozenset(conn.scalars(select(scope_pins.c.scope).where(scope_pins.c.staff_pin_id == pin_id)))
        for scope in sorted(present - wanted):
            conn.execute(delete(scope_pins).where(scope_pins.c.staff_pin_id == pin_id, scope_pins.c.scope == scope))
            feed.append(Change(scope, "staff_pin", pin_id, None, True, -1, -tag))
        for scope in sorted(wanted - present):
            conn.execute(insert(scope_pins).values(staff_pin_id=pin_id, scope=scope))
            feed.append(Change(scope, "staff_pin", pin_id, None, False, 1, tag))
    return feed


def pin_scopes(conn: Connection, pin_id: str) -> list[str]:
    """Return the scopes a PIN is in, as last settled."""
    query = select(scope_pins.c.scope).where(scope_pins.c.staff_pin_id == pin_id).order_by(scope_pins.c.scope)
    return list(conn.scalars(query))


def forget_pin(conn: Connection, pin_id: str) -> list[Change]:
    """Take a PIN out of every scope; return what the feed must say."""
    feed = [Change(scope, "staff_pin", pin_id, None, deleted=True) for scope in pin_scopes(conn, pin_id)]
    conn.execute(delete(scope_pins).where(scope_pins.c.staff_pin_id == pin_id))
    return feed


def _workplaces(person: Staff, every: frozenset[str]) -> frozenset[str]:
    if person.role is Role.STYLIST:
        return every | {shop_scope(person.shop_id)}
    return frozenset(shop_scope(shop_id) for shop_id in (person.shop_id, *person.helps_shop_ids))


def pins_in(conn: Connection, scope: str) -> set[str]:
    """Return the PINs that are in a scope, as last settled."""
    return set(conn.scalars(select(scope_pins.c.staff_pin_id).where(scope_pins.c.scope == scope)))
