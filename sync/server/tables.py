"""The tables of the server: one for each noun, then what sync, devices and commands need.

A noun's table holds the whole record as a JSON document in `data` (unknown fields included), its schema version in `v`,
its `tag` (40 bits that stand for that content, see `sync.server.digests`), and beside them only those columns that
queries need, filled from the record's attribute of the same name (`sync.server.repository.records`). Personal nouns carry `customer_id`. What ingest and delivery keep for themselves is
in `sync.server.tables_edges`, those of the audit in `sync.server.tables_audit`; all share one `metadata`, from which Alembic's migrations are checked.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. PostgreSQL keeps `timestamptz`; SQLite keeps UTC text, which sorts the same way."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Document = JSON().with_variant(JSONB(), "postgresql")
Word = String(120).with_variant(String(120, collation="C"), "postgresql")
"""Compared by its letters' numbers: in a language's own order a word's beginning would not be one stretch of the index."""
RowNumber = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only in a column that is spelled INTEGER."""


def _id(name: str, **options: Any) -> Column[str]:
    return Column(name, String(64), **options)


def _noun(name: str, *columns: Column[Any], owned: bool = False) -> Table:
    owner = [_id("customer_id", nullable=False, index=True)] if owned else []
    if owned:
        owner[0].append_foreign_key(ForeignKey("customers.id"))
    return Table(
        name,
        metadata,
        _id("id", primary_key=True),
        *owner,
        *columns,
        Column("v", Integer, nullable=False),
        Column("data", Document, nullable=False),
        Column("tag", BigInteger, nullable=False, server_default="0"),
    )


retailer = _noun("retailer")
shops = _noun("shops", Column("code", String(40), nullable=False, unique=True))
staff = _noun("staff", Column("code", String(40), nullable=False, unique=True), _id("shop_id", index=True))
staff_pins = _noun("staff_pins", _id("staff_id", nullable=False, index=True))
shifts = _noun("shifts", _id("staff_id", index=True), _id("shop_id", index=True), Column("starts_at", UtcDateTime))
pauses = _noun("pauses")
products = _noun("products", Column("code", String(60), nullable=False, unique=True))
variants = _noun(
    "variants",
    _id("product_id", index=True),
    Column("sku", String(60), nullable=False, unique=True),
    Column("jan", String(13), index=True),
)
stock_levels = _noun("stock_levels", _id("variant_id", index=True), _id("shop_id", index=True))
holds = _noun(
    "holds",
    _id("variant_id", index=True),
    _id("shop_id"),
    _id("for_shop_id"),
    _id("for_customer_id", index=True),
    Column("state", String(20)),
    Column("until", UtcDateTime),
    Column("state_at", UtcDateTime),
)
Index("ix_holds_time", holds.c.state, holds.c.until)
"""For whoever looks which are over. Those of a customer are hers by `for_customer_id` alone: they are no part of her range."""
customers = _noun(
    "customers",
    Column("member_number", String(64), index=True),
    _id("home_shop_id", index=True),
    _id("person_in_charge_id", index=True),
)
membership_keys = _noun("membership_keys", owned=True)
consents = _noun("consents", Column("at", UtcDateTime), owned=True)
orders = _noun(
    "orders", Column("number", String(120), index=True), _id("shop_id"), Column("at", UtcDateTime), owned=True
)
web_activities = _noun("web_activities", Column("at", UtcDateTime), owned=True)
visits = _noun(
    "visits",
    _id("shop_id"),
    Column("at", UtcDateTime, index=True),
    Column("ended_at", UtcDateTime),
    Column("receipt", String(120), index=True),
    owned=True,
)
appointments = _noun(
    "appointments",
    _id("shop_id"),
    _id("staff_id"),
    Column("state", String(20)),
    Column("at", UtcDateTime, index=True),
    Column("call_token", String(120), index=True),
    owned=True,
)
interactions = _noun("interactions", _id("shop_id"), _id("staff_id"), Column("at", UtcDateTime), owned=True)
messages = _noun(
    "messages",
    _id("shop_id"),
    _id("staff_id"),
    Column("direction", String(4)),
    Column("channel", String(10)),
    Column("state", String(20)),
    Column("at", UtcDateTime),
    Column("send_after", UtcDateTime),
    Column("provider_id", String(120), index=True),
    owned=True,
)
Index("ix_messages_state", messages.c.state)
_WAITS = "state = 'queued' AND direction = 'out' AND send_after IS"
Index(
    "ix_messages_at_once",
    messages.c.state,
    messages.c.shop_id,
    messages.c.channel,
    messages.c.at,
    messages.c.id,
    postgresql_where=text(f"{_WAITS} NULL"),
    sqlite_where=text(f"{_WAITS} NULL"),
)
Index(
    "ix_messages_at_its_time",
    messages.c.state,
    messages.c.shop_id,
    messages.c.channel,
    messages.c.send_after,
    messages.c.id,
    postgresql_where=text(f"{_WAITS} NOT NULL"),
    sqlite_where=text(f"{_WAITS} NOT NULL"),
)
"""The queue, as `sync.server.repository.due` walks it: what is to go at once, and what at a time of its own.
They begin with the state, which is the same in all of them, since SQLite would else prefer the index above."""
contacts = _noun("contacts", Column("at", UtcDateTime), owned=True)
"""Contacts of other tools."""
follow_ups = _noun(
    "follow_ups",
    _id("shop_id"),
    _id("assignee_id", index=True),
    Column("cause", String(30)),
    Column("state", String(20)),
    Column("due_at", UtcDateTime),
    owned=True,
)
Index("ix_follow_ups_queue", follow_ups.c.shop_id, follow_ups.c.state, follow_ups.c.due_at)
promises = _noun(
    "promises",
    _id("shop_id"),
    _id("owner_id", index=True),
    Column("state", String(20)),
    Column("at", UtcDateTime),
    owned=True,
)
Index("ix_promises_state", promises.c.state)

slips = _noun("slips", _id("shop_id"), Column("state", String(20)), Column("at", UtcDateTime), owned=True)
belongings = _noun("belongings", Column("at", UtcDateTime), owned=True)

RECORD_TABLES: dict[str, Table] = {
    "retailer": retailer,
    "shop": shops,
    "staff": staff,
    "staff_pin": staff_pins,
    "shift": shifts,
    "pause": pauses,
    "product": products,
    "variant": variants,
    "stock_level": stock_levels,
    "hold": holds,
    "customer": customers,
    "membership_key": membership_keys,
    "consent": consents,
    "order": orders,
    "web_activity": web_activities,
    "visit": visits,
    "appointment": appointments,
    "interaction": interactions,
    "message": messages,
    "contact": contacts,
    "follow_up": follow_ups,
    "slip": slips,
    "belonging": belongings,
    "promise": promises,
}
"""The table of each kind of record. Customers come before what refers to them."""

customer_words = Table(
    "customer_words",
    metadata,
    Column("word", Word, primary_key=True),
    _id("customer_id", primary_key=True, index=True),
)
"""Folded words of a customer's name, numbers and addresses, for search by prefix."""

customer_aliases = Table(
    "customer_aliases", metadata, _id("alias", primary_key=True), _id("customer_id", nullable=False, index=True)
)
"""Ids that customers had before a merge."""

changes = Table(
    "changes",
    metadata,
    Column("row_id", RowNumber, primary_key=True, autoincrement=True),
    Column("seq", BigInteger),
    Column("scope", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    _id("record_id", nullable=False),
    _id("customer_id"),
    Column("deleted", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("n_delta", Integer, nullable=False, server_default="0"),
    Column("tag_delta", BigInteger, nullable=False, server_default="0"),
)
"""The change feed: ids only. The deltas are what a change adds to the digest of its scope and kind. `seq` is the cursor; see `sync.server.feed` for how it is given without gaps."""
Index("ix_changes_scope_seq", changes.c.scope, changes.c.seq)
Index(
    "ix_changes_unstamped",
    changes.c.row_id,
    postgresql_where=text("seq IS NULL"),
    sqlite_where=text("seq IS NULL"),
)

feed_state = Table(
    "feed_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _id("epoch", nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("database_mark", String(80), nullable=False),
)
"""One row (id 1): the history's epoch, the last cursor given, and which database it was given in."""

scope_digests = Table(
    "scope_digests",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("records", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
)
"""How many records of a kind a scope holds and the sum of their tags, up to `feed_state.head`."""
scope_logs = Table(
    "scope_logs",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("compacted", BigInteger, nullable=False),
    Column("floor", BigInteger, nullable=False),
)
"""Up to which cursor a scope's changes were compacted, and the last one of a tombstone that is gone from them."""

scope_members = Table(
    "scope_members",
    metadata,
    _id("customer_id", primary_key=True),
    Column("scope", String(80), primary_key=True, index=True),
)
scope_pins = Table(
    "scope_pins", metadata, _id("staff_pin_id", primary_key=True), Column("scope", String(80), primary_key=True)
)
scope_stock = Table(
    "scope_stock", metadata, Column("scope", String(80), primary_key=True), _id("shop_id", primary_key=True)
)
"""The shops whose stock the devices of a shop's scope follow, see `sync.server.repository.stock_scopes`."""

scope_keys = Table(
    "scope_keys",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("key_hex", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
devices = Table(
    "devices",
    metadata,
    _id("id", primary_key=True),
    _id("shop_id", nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("key_thumbprint", String(64), nullable=False),
    Column("public_key", Document, nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("enrolled_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("feed_floor", BigInteger, nullable=False, server_default="0"),
    Column("serial", String(80), nullable=False, server_default=""),
    Column("version", String(40), nullable=False, server_default=""),
    Column("unsent", Integer),
    Column("oldest_unsent_at", UtcDateTime),
    Column("battery", Integer),
    Column("synced_at", UtcDateTime),
)
enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    _id("shop_id", nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("used_at", UtcDateTime),
    _id("device_id"),
    Column("serial", String(80), nullable=False, server_default=""),
    Column("name", String(80), nullable=False, server_default=""),
)
"""`serial`: the one device that may use the code, empty for any. `name`: what it will be called, empty as it likes."""
used_proofs = Table(
    "used_proofs",
    metadata,
    Column("proof_hash", String(64), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
"""Proofs of requests that were seen, for as long as one could be sent again."""

command_log = Table(
    "command_log",
    metadata,
    _id("id", primary_key=True),
    _id("device_id", nullable=False, index=True),
    Column("seq", BigInteger, nullable=False),
    Column("type", String(40), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("outcome", Document, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    _id("customer_id", index=True),
)
quarantine = Table(
    "quarantine",
    metadata,
    _id("device_id", primary_key=True),
    _id("command_id", primary_key=True),
    Column("sealed", LargeBinary),
    Column("size", Integer, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime),
    _id("decided_by"),
    Column("outcome", Document),
)
"""What revoked devices could not send any more, see `sync.server.quarantine`."""
used_codes = Table(
    "used_codes",
    metadata,
    Column("digest", String(64), primary_key=True),
    _id("device_id", nullable=False),
    _id("customer_id", nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""Membership codes that were scanned, for finding replays across devices."""
