"""Registering on her own phone: what a tablet's QR code says, and what becomes of the form behind it.

    invite(core, secret, device, staff_id) -> Invitation          for the tablet to show
    read(secret, token, now) -> Invitation                        raises BadLink("forged" | "expired")
    spent(conn, clock, invitation) -> bool                        whether somebody registered with it
    register(core, invitation, ...) -> "done" | "used" | "shut"

The token carries what it is bound to (the id that she will have, shop, member of staff, tablet, the moment it runs out) and
128 bits of HMAC, so nothing is stored before she registers, and a page can say whether a code is wrong, old or used. It is
good once because the id of the command follows from it: the same form sent again gets the same answer, another is refused.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection

from sync.clock import Clock
from sync.ids import derived_id
from sync.model.commands import Envelope, RegisterCustomer
from sync.model.customer import Channel
from sync.server.commands.run import run
from sync.server.core import Core
from sync.server.database import reading, transaction
from sync.server.repository import audit, devices, forgotten
from sync.server.repository.devices import Device
from sync.server.repository.records import Records

GOOD_FOR = timedelta(minutes=10)
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


def invite(core: Core, device: Device, staff_id: str) -> Invitation:
    """Bind a new invitation to the shop in which the device stands and to who shows it; it is on record."""
    now = core.clock()
    made = Invitation(core.tools.new_id(), device.shop_id, staff_id, device.id, now + GOOD_FOR)
    with transaction(core.engine) as conn:
        audit.note(conn, now, "invite", device_id=device.id, staff_id=staff_id, subject_id=made.customer_id)
    return made


def token_of(secret: str, made: Invitation) -> str:
    """Return what stands in the address, of letters, digits, `-` and `_`. `secret` must not be empty."""
    ids = made.customer_id, made.shop_id, made.staff_id, made.device_id
    body = int(made.expires_at.timestamp()).to_bytes(5) + b"".join(map(_packed, ids))
    return base64.urlsafe_b64encode(_mac(secret, body) + body).decode().rstrip("=")


def read(secret: str, token: str, now: datetime) -> Invitation:
    """Return what a token is bound to. Raises BadLink."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadLink("forged") from error
    mac, body = raw[:_MAC], raw[_MAC:]
    if not hmac.compare_digest(mac, _mac(secret, body)):
        raise BadLink("forged")
    customer_id, shop_id, staff_id, device_id = _unpacked(body[5:])
    until = datetime.fromtimestamp(int.from_bytes(body[:5]), UTC)
    made = Invitation(customer_id, shop_id, staff_id, device_id, until)
    if now >= made.expires_at:
        raise BadLink("expired")
    return made


def spent(conn: Connection, clock: Clock, made: Invitation) -> bool:
    """Return whether somebody registered with it, also one whom we have merged or forgotten since."""
    known = Records(conn, clock).customer_id_of(made.customer_id) is not None
    return known or forgotten.is_forgotten(conn, made.customer_id)


def register(
    core: Core, made: Invitation, *, name: str, phone: str, consents: tuple[Channel, ...], wording_version: str
) -> Literal["done", "used", "shut"]:
    """Register her as her own statement. `used`: somebody did with this code; `shut`: whoever showed it may not any more.

    A name in two words is family and given name; in one it is the family name, which staff can set right.
    """
    family, _, given = name.partition(" ")
    with reading(core.engine) as conn:
        device = devices.by_id(conn, made.device_id)
    if device is None or device.revoked_at is not None:
        return "shut"
    command = RegisterCustomer(
        customer_id=made.customer_id,
        shop_id=made.shop_id,
        family_name=family,
        given_name=given,
        phone=phone,
        consents=consents,
        wording_version=wording_version,
    )
    envelope = Envelope(
        id=derived_id("own_phone", made.customer_id),
        seq=1,
        staff_id=made.staff_id,
        device_time=core.clock(),
        command=command,
    )
    outcome = run(core.engine, core.clock, device, replace(core.tools, by_herself=True), [envelope])[0]
    if outcome.accepted:
        return "done"
    code = outcome.reason.code if outcome.reason is not None else ""
    return "used" if code in ("conflict", "exists") else "shut"


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


def _mac(secret: str, body: bytes) -> bytes:
    if not secret:
        raise ValueError("links to customers need a secret")
    return hmac.new(secret.encode(), b"own_phone\x1f" + body, hashlib.sha256).digest()[:_MAC]
