"""Takes one customer out of every table, inside one transaction, and says what went and what stays."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, String, and_, cast, delete, func, inspect, or_, select, table
from sqlalchemy import column as named

from sync.model.base import CustomerRecord
from sync.model.customer import Customer, Order
from sync.model.holds import Hold
from sync.model.kinds import CUSTOMER_KINDS
from sync.model.outreach import Message
from sync.server.repository import command_log
from sync.server.repository.customers import words_of
from sync.server.repository.forgotten import HELD_KINDS, Name
from sync.server.repository.records import Records
from sync.server.repository.rows import batches, insert_missing
from sync.server.tables import customer_words, used_codes
from sync.server.tables_audit import audit
from sync.server.tables_edges import (
    attachments,
    attempts,
    customer_links,
    identities,
    identity_conflicts,
    unclaimed_facts,
)
from sync.server.tables_rights import kept_orders

_WORKFLOWS = ("operation_outputs", "workflow_input", "workflow_output", "workflow_status")
"""DBOS's tables, in an order in which they can be emptied."""
_ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_TELLING = 6
"""A shorter name would be found in the facts of others by chance."""


def names_of(conn: Connection, customer: Customer) -> list[Name]:
    """Return the names that mean her and nobody else, from her own record and from other systems."""
    own = {(kind, value) for kind in HELD_KINDS if (value := getattr(customer, kind, ""))}
    query = select(identities.c.kind, identities.c.value).where(identities.c.customer_id == customer.id)
    own |= {(kind, value) for kind, value in conn.execute(query) if kind in HELD_KINDS}
    return sorted(own)


def others_of(conn: Connection, customer: Customer) -> list[str]:
    """Return other customers who are found by the same number or address: perhaps she was registered twice."""
    bare = customer.model_copy(update=dict.fromkeys(("family_name", "given_name", "family_kana", "given_kana"), ""))
    same = customer_words.c.word.in_(sorted(words_of(bare)))
    query = select(customer_words.c.customer_id).where(same, customer_words.c.customer_id != customer.id)
    return sorted(conn.scalars(query.distinct()))


def erase(records: Records, customer: Customer, names: Sequence[Name], now: datetime, order_days: int) -> Counter[str]:
    """Erase everything of a customer; return how much of each sort. Orders younger than `order_days` are kept without
    her (`kept_orders`); whatever a name of hers is found in of people not yet known goes as well."""
    conn, gone = records.conn, Counter[str]()
    belongings = [each for each in records.range_of(customer.id) if isinstance(each, CustomerRecord)]
    gone["kept_order"] = _keep_orders(conn, [each for each in belongings if isinstance(each, Order)], now, order_days)
    message_ids = [each.id for each in belongings if isinstance(each, Message)]
    for batch in batches(message_ids):
        gone["attachment"] += _count(conn, attachments.c.message_id.in_(batch), attachments.c.id)
        gone["attempt"] += conn.execute(delete(attempts).where(attempts.c.message_id.in_(batch))).rowcount
    gone["workflow"] = _erase_workflows(conn, message_ids)
    for kind in CUSTOMER_KINDS:
        if kind != "customer":
            gone[kind] = records.delete_many(kind, [each.id for each in belongings if each.kind == kind])
    hers = customer.id
    gone["order"] -= gone["kept_order"]
    gone["identity"] = conn.execute(delete(identities).where(identities.c.customer_id == hers)).rowcount
    told = or_(identity_conflicts.c.customer_id == hers, identity_conflicts.c.other_id == hers)
    gone["identity_conflict"] = conn.execute(delete(identity_conflicts).where(told)).rowcount
    gone["raw_event"] = _erase_facts(conn, [value for _, value in names if len(value) >= _TELLING])
    # the link to stop messages stays: whoever opens it in an old mail is told that nothing is held
    other_links = and_(customer_links.c.customer_id == hers, customer_links.c.purpose != "opt_out")
    gone["link"] = conn.execute(delete(customer_links).where(other_links)).rowcount
    spoken_for = records.find(Hold, for_customer_id=[hers, *customer.aliases])
    gone["hold"] = records.put_many(one.model_copy(update={"for_customer_id": None}) for one in spoken_for)
    gone["code"] = conn.execute(delete(used_codes).where(used_codes.c.customer_id == hers)).rowcount
    gone["command"] = sum(command_log.erase(conn, each) for each in (hers, *customer.aliases))
    gone["customer"] = int(records.delete(Customer, hers))
    return +gone


def audited(conn: Connection, customer_id: str) -> int:
    """Return how many entries of the audit name her id. They stay."""
    return _count(conn, audit.c.customer_id == customer_id, audit.c.row_id)


def _keep_orders(conn: Connection, orders: Sequence[Order], now: datetime, days: int) -> int:
    rows = []
    for order in orders:
        until = order.at + timedelta(days=days)
        if until > now:
            known = order.model_dump(mode="json", exclude_none=True, include=set(Order.model_fields) - {"customer_id"})
            rows.append(
                {
                    "id": order.id,
                    "shop_id": order.shop_id,
                    "at": order.at,
                    "keep_until": until,
                    "amount": order.total.amount,
                    "currency": order.total.currency,
                    "data": known,  # what another system put beside the fields that we know might name her
                }
            )
    if rows:
        conn.execute(insert_missing(conn, kept_orders), rows)
    return len(rows)


def _erase_facts(conn: Connection, values: Sequence[str]) -> int:
    """Remove what was held of visitors in which a name of hers stands, and the names of those visitors."""
    gone = 0
    for value in values:
        fact = cast(unclaimed_facts.c.fact, String)
        query = select(unclaimed_facts.c.id, unclaimed_facts.c.visitor_id).where(
            fact.contains(f'"{value}"', autoescape=True)
        )
        found = conn.execute(query).all()
        for batch in batches(row.id for row in found):
            gone += conn.execute(delete(unclaimed_facts).where(unclaimed_facts.c.id.in_(batch))).rowcount
        for batch in batches(row.visitor_id for row in found):
            named_so = and_(identities.c.customer_id.in_(batch), identities.c.value == value)
            conn.execute(delete(identities).where(named_so))
    return gone


def _erase_workflows(conn: Connection, message_ids: Sequence[str]) -> int:
    """Remove what durable sending keeps of ended attempts: ids and numbers. One under way finds its message gone, and
    ends by itself."""
    schema = "dbos" if conn.dialect.name == "postgresql" else None
    there = set(inspect(conn).get_table_names(schema=schema)) if message_ids else set()
    if "workflow_status" not in there:
        return 0
    status = table("workflow_status", named("workflow_uuid"), named("status"), schema=schema)
    gone = 0
    for message_id in message_ids:
        mine = status.c.workflow_uuid.startswith(f"{message_id}.", autoescape=True)
        ended = list(conn.scalars(select(status.c.workflow_uuid).where(mine, status.c.status.in_(_ENDED))))
        for name in _WORKFLOWS:
            if name in there and ended:
                part = table(name, named("workflow_uuid"), schema=schema)
                conn.execute(delete(part).where(part.c.workflow_uuid.in_(ended)))
        gone += len(ended)
    return gone


def _count(conn: Connection, which: ColumnElement[bool], what: ColumnElement[object]) -> int:
    return conn.scalar(select(func.count(what)).where(which)) or 0
