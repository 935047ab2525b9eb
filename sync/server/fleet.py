"""What a manager does about the devices of her shop, from one of them.

    add_code(engine, clock, device, staff_id, request) -> NewCode
    of_shop(engine, clock, device, staff_id) -> Fleet
    revoke(engine, clock, device, staff_id, device_id) -> FleetDevice

The device has checked her PIN; here it is checked that she is an active manager of the shop in which the device stands.
Every one of these is on record.
"""

from datetime import timedelta

from sqlalchemy import Engine

from sync.clock import Clock
from sync.errors import NotFound
from sync.model.fleet import CodeRequest, Fleet, FleetDevice, NewCode
from sync.server.asker import leader
from sync.server.database import transaction
from sync.server.enrolment import cut_off, new_code
from sync.server.repository import audit, devices, quarantine
from sync.server.repository.devices import Device

CODE_FOR = timedelta(minutes=10)


def add_code(engine: Engine, clock: Clock, device: Device, staff_id: str, request: CodeRequest) -> NewCode:
    """Make a one-time code for a new device of this shop, good for ten minutes."""
    now = clock()
    with transaction(engine) as conn:
        manager = leader(conn, clock, device, staff_id)
        code = new_code(conn, device.shop_id, now, now + CODE_FOR, name=request.name.strip())
        audit.note(
            conn, now, "enrolment_code", device_id=device.id, staff_id=manager.id, subject_id=device.shop_id
        )  # fmt: skip
    return NewCode(code=code, shop_id=device.shop_id, expires_at=now + CODE_FOR, server_time=now)


def of_shop(engine: Engine, clock: Clock, device: Device, staff_id: str) -> Fleet:
    """Return every device of the shop in which this one stands."""
    with transaction(engine) as conn:
        manager = leader(conn, clock, device, staff_id)
        now = clock()
        audit.note(conn, now, "fleet", device_id=device.id, staff_id=manager.id, subject_id=device.shop_id)
        found = [as_seen(each) for each in devices.of_shop(conn, device.shop_id)]
        kept = tuple(quarantine.waiting(conn, device.shop_id))
    found.sort(key=lambda one: one.revoked_at is not None)
    return Fleet(devices=tuple(found), quarantined=kept, server_time=now)


def revoke(engine: Engine, clock: Clock, device: Device, staff_id: str, device_id: str) -> FleetDevice:
    """Take a device of this shop out, with its next request; it may be the one that asks. Raises NotFound."""
    with transaction(engine) as conn:
        manager = leader(conn, clock, device, staff_id)
        now = clock()
        mine = {each.id: each for each in devices.of_shop(conn, device.shop_id)}
        if device_id not in mine or not cut_off(conn, clock, device_id):
            raise NotFound("No device of this shop takes part under this id.", what="device")
        audit.note(conn, now, "revoke", device_id=device.id, staff_id=manager.id, subject_id=device_id)
        return as_seen(mine[device_id]).model_copy(update={"revoked_at": now})


def as_seen(device: Device) -> FleetDevice:
    """Return what a manager sees of a device."""
    shared = FleetDevice.model_fields.keys() & Device.model_fields.keys()
    return FleetDevice(seen_at=device.last_seen_at, **{name: getattr(device, name) for name in shared})
