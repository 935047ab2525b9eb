"""What managers see of unusual access."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from sync.errors import BadField, NotAllowed
from sync.protocol import AccessReport
from sync.server.access import report
from sync.server.core import core_of
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED, SIGNED_PROBLEMS, SignedBy

router = APIRouter(tags=["customers"])


@router.get("/v1/access/unusual", responses=SIGNED_PROBLEMS | problems(NotAllowed, BadField), openapi_extra=SIGNED)
def unusual(
    request: Request,
    device: SignedBy,
    staff_id: Annotated[str, Query(min_length=1, max_length=64, description="The manager who asks.")],
) -> AccessReport:
    """Return the access of the last two weeks, on the devices of this device's shop, that a manager should ask about."""
    core = core_of(request)
    return report(core.engine, core.clock, device, staff_id)
