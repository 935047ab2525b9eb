"""Tokens that customers carry: in the address a mail is answered to, in links to stop messages, to a call, to
the products of a message.

A token is 128 bits of HMAC over what it stands for, so the same link is given for the same thing and nobody without the
secret can guess one; the database keeps only its SHA-256, so a copy of it opens nothing. Letters and digits of base32
in lower case: mail systems may change the case of an address, and text messages pay by the character.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select

from sync.model.customer import Channel
from sync.server.repository.rows import insert_missing
from sync.server.tables_edges import customer_links

LinkPurpose = Literal["reply", "opt_out", "products"]
TOKEN_LENGTH = 26


@dataclass(frozen=True, slots=True)
class CustomerLink:
    """What a token stands for."""

    customer_id: str
    channel: Channel | None
    message_id: str | None
    staff_id: str | None


def token_for(secret: str, purpose: LinkPurpose, *parts: str) -> str:
    """Return the token of a thing, 26 characters. `secret` must not be empty."""
    if not secret:
        raise ValueError("links to customers need a secret")
    mac = hmac.new(secret.encode(), "\x1f".join((purpose, *parts)).encode(), hashlib.sha256).digest()[:16]
    return base64.b32encode(mac).decode().rstrip("=").lower()


def keep(
    conn: Connection,
    token: str,
    purpose: LinkPurpose,
    *,
    customer_id: str,
    channel: Channel,
    at: datetime,
    message_id: str | None = None,
    staff_id: str | None = None,
) -> None:
    """Remember what a token stands for, if that is not known yet."""
    row = {
        "token_hash": _digest(token),
        "purpose": purpose,
        "customer_id": customer_id,
        "channel": channel.value,
        "message_id": message_id,
        "staff_id": staff_id,
        "created_at": at,
        "expires_at": None,
    }
    conn.execute(insert_missing(conn, customer_links), [row])


def find(conn: Connection, purpose: LinkPurpose, token: str, now: datetime) -> CustomerLink | None:
    """Return what a token stands for, or None for one that is unknown, of another purpose or expired."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    row = conn.execute(
        select(customer_links).where(
            customer_links.c.token_hash == _digest(token.lower()), customer_links.c.purpose == purpose
        )
    ).first()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    channel = Channel(row.channel) if row.channel else None
    return CustomerLink(row.customer_id, channel, row.message_id, row.staff_id)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
