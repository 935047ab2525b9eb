"""What a QR code of a tablet says to a customer's own phone: what it is bound to, and 128 bits of HMAC.

    token_of(secret, made, use) -> text of letters, digits, `-` and `_`
    read(secret, token, now, use) -> Invitation        raises BadLink("forged" | "expired")

Nothing is stored, and whoever reads it can still say whether it is not ours or has run out. A token of one use is none of another.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

GOOD_FOR = timedelta(minutes=10)
Use = Literal["own_phone", "line_link"]
_MAC = 16


class BadLink(Exception):  # noqa: N818 - not a fault: it says which page she sees
    """The token was not made here (`forged`), or has run out (`expired`)."""

    def __init__(self, why: Literal["forged", "expired"]) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a token is bound to."""

    customer_id: str
    shop_id: str
    staff_id: str
    device_id: str
    expires_at: datetime


def token_of(secret: str, made: Invitation, use: Use = "own_phone") -> str:
    """Return what stands in the address, of letters, digits, `-` and `_`. `secret` must not be empty."""
    ids = made.customer_id, made.shop_id, made.staff_id, made.device_id
    body = int(made.expires_at.timestamp()).to_bytes(5) + b"".join(map(_packed, ids))
    return base64.urlsafe_b64encode(_mac(secret, body, use) + body).decode().rstrip("=")


def read(secret: str, token: str, now: datetime, use: Use = "own_phone") -> Invitation:
    """Return what a token is bound to. Raises BadLink."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadLink("forged") from error
    mac, body = raw[:_MAC], raw[_MAC:]
    if not hmac.compare_digest(mac, _mac(secret, body, use)):
        raise BadLink("forged")
    customer_id, shop_id, staff_id, device_id = _unpacked(body[5:])
    until = datetime.fromtimestamp(int.from_bytes(body[:5]), UTC)
    made = Invitation(customer_id, shop_id, staff_id, device_id, until)
    if now >= made.expires_at:
        raise BadLink("expired")
    return made


def _packed(id_: str) -> bytes:
    """Return an id with its length before it: a UUID as its 16 bytes under 0, since a short code is read from further away."""
    try:
        number = UUID(id_)
    except ValueError:
        number = None
    if number is not None and str(number) == id_:
        return b"\0" + number.bytes
    return bytes([len(id_.encode())]) + id_.encode()


def _unpacked(body: bytes) -> list[str]:
    ids: list[str] = []
    while body:
        end = (body[0] or 16) + 1
        ids.append(body[1:end].decode() if body[0] else str(UUID(bytes=body[1:end])))
        body = body[end:]
    return ids


def _mac(secret: str, body: bytes, use: Use) -> bytes:
    if not secret:
        raise ValueError("links to customers need a secret")
    return hmac.new(secret.encode(), use.encode() + b"\x1f" + body, hashlib.sha256).digest()[:_MAC]
