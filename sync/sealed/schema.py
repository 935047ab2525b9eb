"""The tables of `cache.db`. The server can send all of it again, so another version of it is simply built anew."""

from sync.model.kinds import RECORD_TYPES

SCHEMA_VERSION = 6
"""Raise it with every change below, or to what is sealed or to the record kinds' stored form."""

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One customer is one contiguous range. What is sealed but no customer's (staff PINs) has the customer_id ''.
CREATE TABLE customer_range (
    customer_id TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL, tag INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (customer_id, kind, at, id)
) WITHOUT ROWID;

-- What is no customer's: `ref` is what the record hangs on (a variant's product), `words` what it is found by.
CREATE TABLE clear_record (
    kind TEXT NOT NULL, id TEXT NOT NULL, ref TEXT NOT NULL, at INTEGER NOT NULL, words TEXT NOT NULL,
    tag INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;

-- Ids that customers had before their records were merged.
CREATE TABLE alias (id TEXT PRIMARY KEY, customer_id TEXT NOT NULL) WITHOUT ROWID;

-- Customers fetched because they came in, though the feed of this shop does not carry them.
CREATE TABLE visiting (customer_id TEXT PRIMARY KEY, fetched_at INTEGER NOT NULL) WITHOUT ROWID;

-- What the server was asked of products' stock in all shops, as it answered (JSON): the feed carries that of a few shops.
CREATE TABLE asked_stock (product_id TEXT PRIMARY KEY, fetched_at INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID;

-- The index of people as one sealed image (`sync.sealed.people`), and whoever changed since it was made.
CREATE TABLE people_image (id INTEGER PRIMARY KEY CHECK (id = 1), sealed BLOB NOT NULL);
CREATE TABLE people_changed (customer_id TEXT PRIMARY KEY) WITHOUT ROWID;
"""

INDEXES = """
CREATE INDEX range_by_kind ON customer_range (kind, at, tag);
CREATE UNIQUE INDEX range_by_id ON customer_range (kind, id);
CREATE INDEX clear_by_ref ON clear_record (kind, ref);
CREATE INDEX clear_by_at ON clear_record (kind, at, tag);
"""
"""Made after the rows where a whole file is written at once."""

SCHEMA = TABLES + INDEXES

CLEAR_KINDS = frozenset(kind for kind, cls in RECORD_TYPES.items() if not cls.personal)
"""Kinds kept in clear. Whatever is not known to be harmless is sealed."""

AT_FIELD = {"follow_up": "due_at", "shift": "starts_at"}
"""The wire field by which a kind is ordered, where it is not `at`; the same moment as the record's `sort_at`."""

REF_FIELD = {"variant": "product_id", "stock_level": "variant_id", "hold": "variant_id", "shift": "staff_id"}

WORD_FIELDS = {
    "product": ("name", "name_en", "code", "brand", "category"),
    "variant": ("sku", "jan", "colour", "colour_en", "size"),
}
