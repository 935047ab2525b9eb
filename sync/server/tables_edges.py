"""Tables of the server's edges: who is who and what was taken in (ingest), what went out and came back (delivery).

They share the metadata of `sync.server.tables`.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from sync.server.tables import Document, UtcDateTime, metadata

identities = Table(
    "identities",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("value", String(254), primary_key=True),
    Column("customer_id", String(64), nullable=False, index=True),
)
"""Names of other systems for a customer, normalised (kinds: member_number, user_id, anonymous_id, email, phone,
line_user_id; app_token, a digest, which only tells whose phone it is). An id that begins with `visitor:` is no customer's
yet (`sync.server.repository.identity`)."""

ingested = Table(
    "ingested",
    metadata,
    Column("source", String(60), primary_key=True),
    Column("source_id", String(200), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)
"""Facts that were taken, so that none is taken twice."""

unclaimed_facts = Table(
    "unclaimed_facts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("visitor_id", String(64), nullable=False, index=True),
    Column("fact", Document, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)
"""What somebody did who has not told us who she is: no record of a customer, but kept until she does."""

identity_conflicts = Table(
    "identity_conflicts",
    metadata,
    Column("customer_id", String(64), primary_key=True),
    Column("other_id", String(64), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)
"""Two customers that one statement named together, by the kind of name that belongs to the other: for a person to judge."""

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("message_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("channel", String(10), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("state", String(20)),
    Column("provider_id", String(120), index=True),
    Column("reason", Document),
    Column("retry_at", UtcDateTime),
)
"""Each attempt to send a message, committed before the call to the provider. After one that is to be made again,
`retry_at` says when; the message keeps the time it was planned for, by which it expires."""
Index("uq_attempts_message_id_number", attempts.c.message_id, attempts.c.number, unique=True)
Index(
    "ix_attempts_to_repeat",
    attempts.c.retry_at,
    attempts.c.started_at,
    attempts.c.message_id,
    postgresql_where=text("retry_at IS NOT NULL"),
    sqlite_where=text("retry_at IS NOT NULL"),
)

channel_events = Table(
    "channel_events",
    metadata,
    Column("channel", String(10), primary_key=True),
    Column("event_id", String(200), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)
"""Providers' events that were applied."""

attachments = Table(
    "attachments",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("message_id", String(64), ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", String(10), nullable=False),
    Column("remote_id", String(80), nullable=False),
    Column("content", LargeBinary),
    Column("media_type", String(40), nullable=False),
    Column("due_at", UtcDateTime, index=True),
    Column("tries", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)
"""What came with replies, sealed (`sync.server.repository.attachments`): as it came while `due_at` says when it is looked at
next, as it is kept once that is empty. `media_type` is empty for what nobody has looked at."""

staff_accounts = Table(
    "staff_accounts",
    metadata,
    Column("staff_id", String(64), primary_key=True),
    Column("user_name", String(254)),
    Column("user_key", String(254)),
    Column("external_id", String(254), nullable=False),
    Column("real_name", String(250), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
"""What is known of staff beside the record that travels. `user_key` is the user name of an identity provider, case folded."""
Index("uq_staff_accounts_user_key", staff_accounts.c.user_key, unique=True)

customer_links = Table(
    "customer_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("purpose", String(20), nullable=False),
    Column("customer_id", String(64), nullable=False, index=True),
    Column("channel", String(10)),
    Column("message_id", String(64)),
    Column("staff_id", String(64)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
)
"""Tokens in links and reply addresses that customers get, by their hash (purposes: reply, opt_out, products). `sent_at` is
when a link that goes into many messages went into the latest."""

link_revocations = Table(
    "link_revocations",
    metadata,
    Column("customer_id", String(64), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""How often, and when last, the links of a customer ceased to show anything of hers."""
