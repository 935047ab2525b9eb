"""How a device comes to take part, and how it stops: one-time codes, tokens, keys of scopes.

    create_enrolment_code(engine, shop_code, clock, minutes=10) -> str      # show it as text or QR code, once
    enrol(engine, clock, EnrolRequest) -> Enrolment                          # what POST /v1/enrol does
    new_code(conn, shop_id, now, expires_at, serial="") -> str               # as part of a transaction
    revoke_device(engine, device_id, clock) -> None                          # takes effect with its next request
    list_devices(engine) -> list[Device]

Codes and tokens are 160 and 256 random bits and are kept as SHA-256 only. The keys of scopes lie in the database beside
what they protect elsewhere: they guard a stolen tablet, not a stolen database. A device gets its scope's wrapped for its
own key (`sync.server.leases`).
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from sync.clock import Clock
from sync.errors import Conflict, NotAllowed, NotFound
from sync.ids import NewId, new_id
from sync.model.shop import Shop
from sync.protocol import Enrolment, EnrolRequest
from sync.sealed.lease import LEASE
from sync.server import leases
from sync.server.database import reading, transaction
from sync.server.feed import shop_scope
from sync.server.proof import thumbprint
from sync.server.repository import audit, devices, stock_scopes
from sync.server.repository.devices import Device
from sync.server.repository.records import Records

__all__ = [
    "Device",
    "create_enrolment_code",
    "cut_off",
    "enrol",
    "list_devices",
    "new_code",
    "revoke_device",
    "secret_hash",
]

RandomBytes = Callable[[int], bytes]
REFUSED = {
    "unknown_code": "Nobody made this code.",
    "used_code": "A device has joined with this code already.",
    "expired_code": "This code has run out.",
    "wrong_serial": "This code is for a device with another serial number.",
}


def secret_hash(secret: str) -> str:
    """Return how a code or token is kept: SHA-256 in hex, enough for what cannot be guessed anyway."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_enrolment_code(
    engine: Engine, shop_code: str, clock: Clock, minutes: int = 10, *, random_bytes: RandomBytes = secrets.token_bytes
) -> str:
    """Return a code that enrols one device in a shop; raise NotFound where there is no such shop.

    32 letters and digits in upper case (base32 of 160 bits), in groups of four so that a person can type it.
    """
    now = clock()
    with transaction(engine) as conn:
        found = Records(conn, clock).find(Shop, code=shop_code)
        if not found:
            raise NotFound("There is no shop with this code.", shop_code=shop_code)
        return new_code(conn, found[0].id, now, now + timedelta(minutes=minutes), random_bytes=random_bytes)


def new_code(
    conn: Connection,
    shop_id: str,
    now: datetime,
    expires_at: datetime,
    *,
    serial: str = "",
    name: str = "",
    random_bytes: RandomBytes = secrets.token_bytes,
) -> str:
    """Make a code as part of the transaction; with `serial` only the device of this serial number may use it."""
    plain = base64.b32encode(random_bytes(20)).decode()
    devices.add_code(conn, secret_hash(plain), shop_id, now, expires_at, serial=serial, name=name)
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def enrol(
    engine: Engine,
    clock: Clock,
    request: EnrolRequest,
    *,
    fresh_id: NewId = new_id,
    random_bytes: RandomBytes = secrets.token_bytes,
    lease: timedelta = LEASE,
) -> Enrolment:
    """Take a device in; raise NotAllowed whose `reason` is `unknown_code`, `used_code`, `expired_code` or `wrong_serial`, and
    Conflict for a code of another shop than that of which the device still has unsent work: it is not spent then."""
    key = thumbprint(request.public_key)
    now, token = clock(), base64.urlsafe_b64encode(random_bytes(32)).rstrip(b"=").decode()
    device_id = fresh_id()
    plain = request.code.replace("-", "").replace(" ", "").upper()
    with transaction(engine) as conn:
        stock_scopes.hold(conn)
        spent = devices.spend_code(conn, secret_hash(plain), device_id, now, request.serial)
        if spent.refused:
            raise NotAllowed(REFUSED[spent.refused], reason=spent.refused)
        shop_id = spent.shop_id
        if _carries_work_elsewhere(request, shop_id):
            raise Conflict("This device has unsent work of another shop.", reason="unsent_of_another_shop")
        device = Device(
            id=device_id,
            shop_id=shop_id,
            name=spent.name or request.name,
            key_thumbprint=key,
            enrolled_at=now,
            serial=request.serial.strip(),
        )
        devices.add(conn, device, request.public_key, secret_hash(token))
        audit.note(conn, now, "enrol", device_id=device_id, subject_id=shop_id)
        scope = shop_scope(shop_id)
        lent = leases.lend(conn, clock, device_id, request.public_key, scope, lease, random_bytes)
        return Enrolment(
            device_id=device_id,
            shop_id=shop_id,
            token=token,
            scope=scope,
            scope_key="" if request.wrapped else leases.scope_key(conn, clock, scope)[1].hex(),
            scope_key_version=lent.key_version,
            lease=lent if request.wrapped else None,
            server_time=now,
        )


def revoke_device(engine: Engine, device_id: str, clock: Clock) -> None:
    """Take a device out; raise NotFound where there is none that takes part under this id."""
    with transaction(engine) as conn:
        if not cut_off(conn, clock, device_id):
            raise NotFound("No device takes part under this id.", device_id=device_id)
        audit.note(conn, clock(), "revoke", subject_id=device_id)


def cut_off(conn: Connection, clock: Clock, device_id: str) -> bool:
    """Take a device out as part of the transaction, and replace the key it had; return whether it took part."""
    if not devices.revoke(conn, device_id, clock()):
        return False
    device = devices.by_id(conn, device_id)
    assert device is not None
    leases.replace_key(conn, clock, shop_scope(device.shop_id))
    return True


def list_devices(engine: Engine) -> list[Device]:
    """Return every device, those revoked included, in order of enrolment."""
    with reading(engine) as conn:
        return devices.all_devices(conn)


def _carries_work_elsewhere(request: EnrolRequest, shop_id: str) -> bool:
    """Say whether a device would take unsent work of one shop into another."""
    return request.unsent_of is not None and request.unsent_of != shop_id
