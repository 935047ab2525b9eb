"""Who asks, and what she has to say where her device stands; knows no web, so that the command line may ask it too."""

from dataclasses import dataclass

from sqlalchemy import Connection

from sync.clock import Clock
from sync.errors import NotAllowed
from sync.model.shop import Role, Scope, Shop, Staff
from sync.policy import roles
from sync.policy.employment import employed
from sync.server.feed import shop_scope
from sync.server.repository import scopes
from sync.server.repository.devices import Device
from sync.server.repository.reach import looked_up
from sync.server.repository.records import Records


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, from which device. Nobody named: the narrowest role, at the device's shop."""

    device: Device
    staff: Staff | None

    @property
    def role(self) -> Role:
        return self.staff.role if self.staff is not None else Role.ASSOCIATE

    @property
    def staff_id(self) -> str | None:
        return self.staff.id if self.staff is not None else None

    def reaches(self, records: Records, shop_id: str) -> bool:
        """Return whether a shop is the device's or within the person's scope."""
        if shop_id == self.device.shop_id:
            return True
        return self.staff is not None and _reaches(records, self.staff, shop_id)

    def answers_for(self, conn: Connection, clock: Clock, customer_id: str) -> bool:
        """Return whether a customer belongs to a shop within the person's own scope, wherever the device stands."""
        if self.staff is None:
            return False
        if roles.scope_of(self.staff) is Scope.COMPANY:
            return True
        records = Records(conn, clock)
        held = scopes.memberships(conn, [customer_id]).get(customer_id, frozenset())
        return any(_reaches(records, self.staff, scope.removeprefix(shop_scope(""))) for scope in held)

    def has(self, conn: Connection, clock: Clock, customer_id: str) -> bool:
        """Return whether a customer is in scope: belongs to a shop there, or was looked up by the device in the last day."""
        if self.staff is not None and roles.scope_of(self.staff) is Scope.COMPANY:
            return True
        records = Records(conn, clock)
        held = scopes.memberships(conn, [customer_id]).get(customer_id, frozenset())
        within = (self.reaches(records, scope.removeprefix(shop_scope(""))) for scope in held)
        return any(within) or looked_up(conn, self.device.id, customer_id, clock())


def asker(conn: Connection, clock: Clock, device: Device, staff_id: str | None) -> Asker:
    """Return who asks. Raises NotAllowed for whoever is not known or not active, or has no business where the device stands."""
    if not staff_id:
        return Asker(device, None)
    records = Records(conn, clock)
    staff = records.get(Staff, staff_id)
    if staff is None:
        raise NotAllowed("This member of staff is not known.", reason="unknown_staff")
    if not employed(staff, clock(), records.get(Shop, staff.shop_id)):
        raise NotAllowed("This member of staff is no longer with us.", reason="inactive_staff")
    if not roles.leads(staff) and not _reaches(records, staff, device.shop_id):
        raise NotAllowed("This member of staff does not work where the device stands.", reason="not_here")
    return Asker(device, staff)


def leader(conn: Connection, clock: Clock, device: Device, staff_id: str) -> Staff:
    """Return who has a manager's say where a device stands; raise NotAllowed for anybody else."""
    staff = asker(conn, clock, device, staff_id).staff
    if staff is None or not roles.leads(staff) or not _reaches(Records(conn, clock), staff, device.shop_id):
        raise NotAllowed("Only a manager of this shop may do this.", reason="not_a_manager_here")
    return staff


def _reaches(records: Records, staff: Staff, shop_id: str) -> bool:
    def region_of(one: str) -> str:
        shop = records.get(Shop, one)
        return shop.region if shop is not None else ""

    return roles.reaches(staff, shop_id, region_of)
