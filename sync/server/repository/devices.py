"""Devices, the one-time codes that enrol them, the proofs they have spent, and the keys of scopes."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from sync.model.base import Frozen, Id, Instant
from sync.model.fleet import DeviceReport
from sync.server.repository.rows import inserted
from sync.server.tables import devices, enrolment_codes, scope_keys, used_proofs


class Device(Frozen):
    """A tablet, or a shop host, that takes part."""

    id: Id
    shop_id: Id
    name: str
    key_thumbprint: str
    enrolled_at: Instant
    last_seen_at: Instant | None = None
    revoked_at: Instant | None = None
    serial: str = ""
    version: str = ""
    unsent: int | None = None
    oldest_unsent_at: Instant | None = None
    battery: int | None = None
    synced_at: Instant | None = None


class Spent(Frozen):
    """What became of a code: the shop it leads to, or why it leads to none."""

    shop_id: str = ""
    name: str = ""
    """What the device is to be called; empty leaves it to the device."""
    refused: str = ""
    """`unknown_code`, `used_code`, `expired_code`, `wrong_serial`."""


_COLUMNS = [devices.c[name] for name in Device.model_fields]
# run by every request of a device: making a statement takes as long as running it
_BY_TOKEN = select(*_COLUMNS).where(devices.c.token_hash == bindparam("token_hash"))
_SCOPE_KEY = (
    select(scope_keys.c.version, scope_keys.c.key_hex)
    .where(scope_keys.c.scope == bindparam("scope"))
    .order_by(scope_keys.c.version.desc())
    .limit(1)
)
_FORGET_PROOFS = delete(used_proofs).where(used_proofs.c.expires_at < bindparam("now"))


def add(conn: Connection, device: Device, public_key: dict[str, str], token_hash: str) -> None:
    """Write a new device."""
    conn.execute(insert(devices).values(**device.model_dump(), public_key=public_key, token_hash=token_hash))


def by_token(conn: Connection, token_hash: str) -> Device | None:
    """Return the device with this token, revoked or not."""
    row = conn.execute(_BY_TOKEN, {"token_hash": token_hash}).mappings().first()
    return Device.model_validate(dict(row)) if row else None


def by_id(conn: Connection, device_id: str) -> Device | None:
    """Return a device, revoked or not."""
    row = conn.execute(select(*_COLUMNS).where(devices.c.id == device_id)).mappings().first()
    return Device.model_validate(dict(row)) if row else None


def public_key(conn: Connection, device_id: str) -> dict[str, str]:
    """Return the public key of a device, a JWK."""
    found: dict[str, str] = conn.execute(select(devices.c.public_key).where(devices.c.id == device_id)).scalar_one()
    return found


def all_devices(conn: Connection) -> list[Device]:
    """Return every device, in order of enrolment."""
    rows = conn.execute(select(*_COLUMNS).order_by(devices.c.enrolled_at, devices.c.id)).mappings()
    return [Device.model_validate(dict(row)) for row in rows]


def revoke(conn: Connection, device_id: str, at: datetime) -> bool:
    """Mark a device revoked; return whether there was one that was not."""
    query = update(devices).where(devices.c.id == device_id, devices.c.revoked_at.is_(None)).values(revoked_at=at)
    return conn.execute(query).rowcount == 1


def revoked(conn: Connection) -> set[str]:
    """Return every device that is revoked."""
    return set(conn.scalars(select(devices.c.id).where(devices.c.revoked_at.is_not(None))))


def of_shop(conn: Connection, shop_id: str) -> list[Device]:
    """Return the devices of a shop, in order of enrolment."""
    query = select(*_COLUMNS).where(devices.c.shop_id == shop_id).order_by(devices.c.enrolled_at, devices.c.id)
    return [Device.model_validate(dict(row)) for row in conn.execute(query).mappings()]


def seen(conn: Connection, device_id: str, at: datetime, report: DeviceReport | None = None) -> None:
    """Note when a device last asked for something, and what it told of itself."""
    told = report.model_dump() if report is not None else {}
    conn.execute(update(devices).where(devices.c.id == device_id).values(last_seen_at=at, **told))


def feed_floor(conn: Connection, device_id: str) -> int:
    """Return the floor of the feed at which a device last began from the start."""
    return conn.scalar(select(devices.c.feed_floor).where(devices.c.id == device_id)) or 0


def begin(conn: Connection, device_id: str, floor: int) -> None:
    """Note that a device begins from the start of the feed, whose tombstones are gone up to `floor`."""
    conn.execute(update(devices).where(devices.c.id == device_id).values(feed_floor=floor))


def spend_proof(conn: Connection, proof_hash: str, now: datetime, expires_at: datetime) -> bool:
    """Note a proof as used; return False when it was before. Proofs that have run out are forgotten."""
    conn.execute(_FORGET_PROOFS, {"now": now})
    return inserted(conn, used_proofs, proof_hash=proof_hash, expires_at=expires_at)


def add_code(
    conn: Connection,
    code_hash: str,
    shop_id: str,
    now: datetime,
    expires_at: datetime,
    *,
    serial: str = "",
    name: str = "",
) -> None:
    """Write a new enrolment code."""
    conn.execute(
        insert(enrolment_codes).values(
            code_hash=code_hash, shop_id=shop_id, created_at=now, expires_at=expires_at, serial=serial, name=name
        )
    )


def spend_code(conn: Connection, code_hash: str, device_id: str, now: datetime, serial: str = "") -> Spent:
    """Use a code for a device, once. Why it does not work is told only to who has the code, and that cannot be guessed."""
    table = enrolment_codes.c
    unused = (table.code_hash == code_hash) & table.used_at.is_(None)
    row = conn.execute(select(enrolment_codes).where(table.code_hash == code_hash)).mappings().first()
    if row is None:
        return Spent(refused="unknown_code")
    if row["used_at"] is not None:
        return Spent(refused="used_code")
    if row["expires_at"] <= now:
        return Spent(refused="expired_code")
    if row["serial"] and row["serial"].casefold() != serial.strip().casefold():
        return Spent(refused="wrong_serial")
    if conn.execute(update(enrolment_codes).where(unused).values(used_at=now, device_id=device_id)).rowcount != 1:
        return Spent(refused="used_code")  # another device was first, at this very moment
    return Spent(shop_id=row["shop_id"], name=row["name"])


def scope_key(conn: Connection, scope: str) -> tuple[int, str] | None:
    """Return the newest key of a scope: its version, and 32 bytes in hex."""
    found = conn.execute(_SCOPE_KEY, {"scope": scope}).first()
    return (found.version, found.key_hex) if found is not None else None


def add_scope_key(conn: Connection, scope: str, key_hex: str, at: datetime, version: int = 1) -> bool:
    """Give a scope this version of its key; False where another transaction just did."""
    return inserted(conn, scope_keys, scope=scope, version=version, key_hex=key_hex, created_at=at)
