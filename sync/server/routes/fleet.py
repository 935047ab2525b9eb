"""What a manager does about the devices of her shop."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from sync.errors import BadField, BadInput, DeviceRevoked, NotAllowed, NotFound, TooLarge
from sync.model.fleet import CodeRequest, Fleet, FleetDevice, NewCode
from sync.server import fleet
from sync.server.core import core_of
from sync.server.doors import ASKED, AskedBy
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED_PROBLEMS

router = APIRouter(tags=["fleet"])
_PROBLEMS = SIGNED_PROBLEMS | problems(DeviceRevoked, NotAllowed, BadField)


@router.post("/v1/fleet/codes", responses=_PROBLEMS | problems(BadInput, TooLarge), openapi_extra=ASKED)
def code(request: Request, asker: AskedBy, asked: CodeRequest) -> NewCode:
    """Make a one-time code with which a new device joins the shop of this one, within ten minutes."""
    core = core_of(request)
    return fleet.add_code(core.engine, core.clock, asker.device, asker.staff_id or "", asked)


@router.get("/v1/fleet", responses=_PROBLEMS, openapi_extra=ASKED)
def devices(request: Request, asker: AskedBy) -> Fleet:
    """Return the devices of the shop in which this one stands, and what those of it that were revoked left."""
    core = core_of(request)
    return fleet.of_shop(core.engine, core.clock, asker.device, asker.staff_id or "")


@router.post("/v1/fleet/{device_id}/revoke", responses=_PROBLEMS | problems(NotFound), openapi_extra=ASKED)
def revoke(
    request: Request, asker: AskedBy, device_id: Annotated[str, Path(min_length=1, max_length=64)]
) -> FleetDevice:
    """Take a device of this shop out: with its next request it may no longer read or write anything."""
    core = core_of(request)
    return fleet.revoke(core.engine, core.clock, asker.device, asker.staff_id or "", device_id)
