"""Registering on her own phone: what a tablet's QR code says, and what becomes of the form behind it.

    invite(core, secret, device, staff_id) -> Invitation          for the tablet to show
    read(secret, token, now) -> Invitation                        raises BadLink("forged" | "expired")
    spent(conn, clock, invitation) -> bool                        whether somebody registered with it
    register(core, invitation, ...) -> "done" | "used" | "shut"

The code (`sync.server.phone_code`) carries what it is bound to, so nothing is stored before she registers. It is
good once because the id of the command follows from it: the same form sent again gets the same answer, another is refused.
"""

from dataclasses import replace
from typing import Literal

from sqlalchemy import Connection

from sync.clock import Clock
from sync.ids import derived_id
from sync.model.commands import Envelope, RegisterCustomer
from sync.model.customer import Channel
from sync.server.commands.run import run
from sync.server.core import Core
from sync.server.database import reading, transaction
from sync.server.phone_code import GOOD_FOR, BadLink, Invitation, read, token_of
from sync.server.repository import audit, devices, forgotten
from sync.server.repository.devices import Device
from sync.server.repository.records import Records

__all__ = ["GOOD_FOR", "BadLink", "Invitation", "invite", "read", "register", "spent", "token_of"]


def invite(core: Core, device: Device, staff_id: str) -> Invitation:
    """Bind a new invitation to the shop in which the device stands and to who shows it; it is on record."""
    now = core.clock()
    made = Invitation(core.tools.new_id(), device.shop_id, staff_id, device.id, now + GOOD_FOR)
    with transaction(core.engine) as conn:
        audit.note(conn, now, "invite", device_id=device.id, staff_id=staff_id, subject_id=made.customer_id)
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
