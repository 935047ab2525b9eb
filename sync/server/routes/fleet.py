"""What a manager does about the devices of her shop."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from sync.errors import BadField, BadInput, Conflict, DeviceRevoked, NotAllowed, NotFound, TooLarge
from sync.model.fleet import CodeRequest, Decided, Decision, Fleet, FleetDevice, NewCode, UnsentWork
from sync.server import fleet, quarantine_review
from sync.server.core import core_of
from sync.server.doors import ASKED, AskedBy
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED_PROBLEMS

router = APIRouter(tags=["fleet"])
Named = Annotated[str, Path(min_length=1, max_length=64)]
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


@router.get("/v1/fleet/quarantine/{device_id}", responses=_PROBLEMS | problems(NotFound), openapi_extra=ASKED)
def quarantined(request: Request, asker: AskedBy, device_id: Named) -> UnsentWork:
    """Return what a revoked device of this shop handed in and nobody has decided on; each look is on record."""
    core = core_of(request)
    return quarantine_review.look(core.engine, core.clock, asker.device, asker.staff_id or "", device_id)


@router.post(
    "/v1/fleet/quarantine/{device_id}/{command_id}",
    responses=_PROBLEMS | problems(BadInput, NotFound, Conflict, TooLarge),
    openapi_extra=ASKED,
)
def decide(request: Request, asker: AskedBy, device_id: Named, command_id: Named, decision: Decision) -> Decided:
    """Carry out one of these commands, or turn it down for good; the answer says what became of it."""
    core, by = core_of(request), asker.staff_id or ""
    return quarantine_review.decide(
        core.engine, core.clock, core.tools, asker.device, by, device_id, command_id, accept=decision.accept
    )
