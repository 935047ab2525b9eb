"""Asks the table of roles at every endpoint: one that is not in it is shut, and those for staff ask who is there."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Connection

from sync.clock import Clock
from sync.errors import NotAllowed
from sync.model.shop import Role, Scope, Shop, Staff
from sync.policy import roles
from sync.policy.employment import employed
from sync.policy.roles import Right
from sync.protocol import PROTOCOL_HEADER, STAFF_HEADER
from sync.server.core import core_of
from sync.server.database import reading
from sync.server.feed import shop_scope
from sync.server.repository import scopes
from sync.server.repository.devices import Device
from sync.server.repository.reach import looked_up
from sync.server.repository.records import Records
from sync.server.routes.signed import SIGNED, SignedBy
from sync.server.service import Service


def listed(request: Request) -> None:
    """Refuse an endpoint that is not in the table: whoever adds one says there who may call it."""
    if endpoint_of(request) not in roles.ENDPOINTS:
        raise NotAllowed("Nobody may call this: it is not in the table of roles.", reason="not_listed")


def endpoint_of(request: Request) -> str:
    """Return the name of the endpoint that a request came to, as the table has it."""
    return f"{request.method} {getattr(request.scope.get('route'), 'path', '')}"


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


def asked_by(request: Request, device: SignedBy) -> Asker:
    """Return who asks, where the table lets the role; an endpoint's own function minds the scope (`Asker.has`)."""
    core = core_of(request)
    with reading(core.engine) as conn:
        found = asker(
            conn, core.clock, device, request.query_params.get("staff_id") or request.headers.get(STAFF_HEADER)
        )
    endpoint = roles.ENDPOINTS.get(endpoint_of(request))
    if endpoint is None or endpoint.rule is None or endpoint.rule.right(found.role) is Right.NO:
        raise NotAllowed("This role may not do this.", reason="role")
    return found


AskedBy = Annotated[Asker, Depends(asked_by)]
ASKED: dict[str, Any] = SIGNED | {
    "parameters": [
        *SIGNED["parameters"],
        {
            "in": "header",
            "name": STAFF_HEADER,
            "required": False,
            "description": "Who asks: the id of a member of staff. Without it the answer is as to the narrowest role.",
            "schema": {"type": "string"},
        },
    ]
}
"""What the documentation of a route that is `AskedBy` somebody has besides (`openapi_extra`)."""


def service_for(request: Request, asked: AskedBy) -> Service:
    """Return what answers this member of staff on this device."""
    found = core_of(request).service(asked.device, int(request.headers[PROTOCOL_HEADER]))
    found.staff_id = asked.staff_id
    return found


Asking = Annotated[Service, Depends(service_for)]


def _reaches(records: Records, staff: Staff, shop_id: str) -> bool:
    def region_of(one: str) -> str:
        shop = records.get(Shop, one)
        return shop.region if shop is not None else ""

    return roles.reaches(staff, shop_id, region_of)
