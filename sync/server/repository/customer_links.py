"""Tokens that customers carry: in the address a mail is answered to, in links to stop messages, to a call, to
the products of a message.

A token is 128 bits of HMAC over what it stands for, so the same link is given for the same thing and nobody without the
secret can guess one; the database keeps only its SHA-256, so a copy of it opens nothing.
The link to stop messages stops them for ever, since every mail we ever sent must; it shows what we hold of her only for
`SHOWS` after it was sent last, and not once it was revoked (her address became somebody else's, a mail was passed on). Letters and digits of base32
in lower case: mail systems may change the case of an address, and text messages pay by the character.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, func, select, update

from sync.model.customer import Channel
from sync.server.repository.rows import insert_missing, upsert
from sync.server.tables_edges import customer_links, link_revocations

LinkPurpose = Literal["reply", "opt_out", "products"]
TOKEN_LENGTH = 26
SHOWS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class CustomerLink:
    """What a token stands for."""

    customer_id: str
    channel: Channel | None
    message_id: str | None
    staff_id: str | None
    created_at: datetime
    sent_at: datetime


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
        "sent_at": at,
    }
    conn.execute(insert_missing(conn, customer_links), [row])


def stop_link(conn: Connection, secret: str, customer_id: str, channel: Channel, at: datetime) -> str:
    """Return the token with which she stops messages of a channel and sees her own page, and note that it is sent now."""
    number = conn.scalar(select(link_revocations.c.number).where(link_revocations.c.customer_id == customer_id))
    token = token_for(secret, "opt_out", customer_id, channel.value, *([str(number)] if number else []))
    keep(conn, token, "opt_out", customer_id=customer_id, channel=channel, at=at)
    conn.execute(update(customer_links).where(customer_links.c.token_hash == _digest(token)).values(sent_at=at))
    return token


def revoke(conn: Connection, customer_id: str, at: datetime) -> None:
    """Let none of the links that she was sent so far show anything of hers; the next message carries another one."""
    before = conn.scalar(select(link_revocations.c.number).where(link_revocations.c.customer_id == customer_id))
    row = {"customer_id": customer_id, "number": (before or 0) + 1, "at": at}
    conn.execute(upsert(conn, link_revocations), [row])


def shows(conn: Connection, link: CustomerLink, customer_id: str, now: datetime) -> bool:
    """Say whether a link still shows what is hers; `customer_id` is hers of today, which a merge may have changed."""
    hers = link_revocations.c.customer_id.in_({link.customer_id, customer_id})
    revoked = conn.scalar(select(func.max(link_revocations.c.at)).where(hers))
    return now < link.sent_at + SHOWS and (revoked is None or revoked < link.created_at)


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
    return CustomerLink(
        row.customer_id, channel, row.message_id, row.staff_id, row.created_at, row.sent_at or row.created_at
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
