"""What a manager does about the devices of her shop."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from sync.errors import BadField, BadInput, DeviceRevoked, NotAllowed, NotFound, TooLarge
from sync.model.fleet import CodeRequest, Fleet, FleetDevice, NewCode, StaffRequest
from sync.server import fleet
from sync.server.core import core_of
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED, SIGNED_PROBLEMS, SignedBy

router = APIRouter(tags=["fleet"])
_BODY_PROBLEMS = problems(BadInput, BadField, TooLarge)


@router.post(
    "/v1/fleet/codes",
    responses=SIGNED_PROBLEMS | _BODY_PROBLEMS | problems(DeviceRevoked, NotAllowed),
    openapi_extra=SIGNED,
)
def code(request: Request, device: SignedBy, asked: CodeRequest) -> NewCode:
    """Make a one-time code with which a new device joins the shop of this one, within ten minutes."""
    core = core_of(request)
    return fleet.add_code(core.engine, core.clock, device, asked)


@router.get(
    "/v1/fleet", responses=SIGNED_PROBLEMS | problems(DeviceRevoked, NotAllowed, BadField), openapi_extra=SIGNED
)
def devices(
    request: Request,
    device: SignedBy,
    staff_id: Annotated[str, Query(min_length=1, max_length=64, description="The manager who looks.")],
) -> Fleet:
    """Return the devices of the shop in which this one stands."""
    core = core_of(request)
    return fleet.of_shop(core.engine, core.clock, device, staff_id)


@router.post(
    "/v1/fleet/{device_id}/revoke",
    responses=SIGNED_PROBLEMS | _BODY_PROBLEMS | problems(DeviceRevoked, NotAllowed, NotFound),
    openapi_extra=SIGNED,
)
def revoke(
    request: Request,
    device: SignedBy,
    asked: StaffRequest,
    device_id: Annotated[str, Path(min_length=1, max_length=64)],
) -> FleetDevice:
    """Take a device of this shop out: with its next request it may no longer read or write anything."""
    core = core_of(request)
    return fleet.revoke(core.engine, core.clock, device, asked.staff_id, device_id)
