"""Tables of what a customer may ask for: who was forgotten, by which names nobody comes back unasked, and the orders that
bookkeeping keeps without her.

They share the metadata of `sync.server.tables`.
"""

from sqlalchemy import BigInteger, Column, String, Table

from sync.server.tables import Document, UtcDateTime, metadata

forgotten = Table(
    "forgotten",
    metadata,
    Column("customer_id", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("receipt", Document, nullable=False),
)
"""Whom the retailer has forgotten: ids and counts, nothing of her."""

forgotten_names = Table(
    "forgotten_names",
    metadata,
    Column("mark", String(90), primary_key=True),
    Column("customer_id", String(64), nullable=False, index=True),
)
"""Marks of names by which a forgotten customer was known (`sync.server.repository.forgotten.mark_of`): an import that
names one of them is held."""

kept_orders = Table(
    "kept_orders",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("shop_id", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("keep_until", UtcDateTime, nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("data", Document, nullable=False),
)
"""Orders of the forgotten: number, shop, lines and total, for as long as the law wants books kept, and nobody's."""
