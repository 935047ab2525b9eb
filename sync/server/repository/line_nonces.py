"""Nonces of LINE's account link: 192 random bits, bound to a LINE user by HMAC, good once and for ten minutes.

The database keeps a nonce's digest with the customer, among the links that customers carry; it has run out from the moment LINE
answers, whatever the answer is, and a newer one takes its place.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select, update

from sync.model.customer import Channel, Customer
from sync.server.repository.records import Records
from sync.server.tables_edges import customer_links

GOOD_FOR = timedelta(minutes=10)
"""As long as LINE's link token."""
Standing = Literal["good", "forged", "expired", "used"]
_PURPOSE = "line"
_RANDOM, _MAC = 24, 16


def issue(conn: Connection, secret: str, user_id: str, customer_id: str, staff_id: str, now: datetime) -> str:
    """Return a new nonce for a LINE user and a customer, in base64 of 56 characters (LINE takes 10 to 255); earlier ones of
    that customer are gone."""
    hers = (customer_links.c.purpose == _PURPOSE) & (customer_links.c.customer_id == customer_id)
    conn.execute(delete(customer_links).where(hers))
    random = secrets.token_bytes(_RANDOM)
    nonce = base64.urlsafe_b64encode(random + _mac(secret, random, user_id)).decode().rstrip("=")
    kept = {
        "token_hash": _digest(nonce),
        "purpose": _PURPOSE,
        "customer_id": customer_id,
        "channel": Channel.LINE.value,
        "message_id": None,
        "staff_id": staff_id,
        "created_at": now,
        "expires_at": now + GOOD_FOR,
        "sent_at": now,
    }
    conn.execute(insert(customer_links), [kept])
    return nonce


def end(conn: Connection, nonce: str, now: datetime) -> None:
    """Let a nonce run out."""
    conn.execute(update(customer_links).where(customer_links.c.token_hash == _digest(nonce)).values(expires_at=now))


def standing_of(records: Records, nonce: str, now: datetime) -> Standing:
    """Return whether an address that we answered with can still be followed."""
    found = row(records.conn, nonce)
    if found is None:
        return "forged"
    if found.expires_at > now:
        return "good"
    customer = _customer(records, found.customer_id)
    return "used" if customer is not None and customer.line_user_id else "expired"


def _customer(records: Records, customer_id: str) -> Customer | None:
    hers = records.customer_id_of(customer_id)
    return records.get(Customer, hers) if hers is not None else None


def row(conn: Connection, nonce: str) -> Row[Any] | None:
    """Return what is kept of a nonce, also of one that has run out."""
    wanted = (customer_links.c.token_hash == _digest(nonce)) & (customer_links.c.purpose == _PURPOSE)
    return conn.execute(select(customer_links).where(wanted)).first()


def made_for(secret: str, nonce: str, user_id: str) -> bool:
    """Say whether a nonce of ours was made for this LINE user."""
    raw = base64.urlsafe_b64decode(nonce + "=" * (-len(nonce) % 4))  # its digest is known: it was made here
    return hmac.compare_digest(raw[_RANDOM:], _mac(secret, raw[:_RANDOM], user_id))


def _mac(secret: str, random: bytes, user_id: str) -> bytes:
    return hmac.new(secret.encode(), b"line_nonce\x1f" + random + user_id.encode(), hashlib.sha256).digest()[:_MAC]


def _digest(nonce: str) -> str:
    return hashlib.sha256(nonce.encode("utf-8", "replace")).hexdigest()
