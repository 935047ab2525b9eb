"""What managers see of unusual access."""

from fastapi import APIRouter, Request

from sync.errors import NotAllowed
from sync.protocol import AccessReport
from sync.server.access import report
from sync.server.core import core_of
from sync.server.doors import ASKED, AskedBy
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED_PROBLEMS

router = APIRouter(tags=["customers"])


@router.get("/v1/access/unusual", responses=SIGNED_PROBLEMS | problems(NotAllowed), openapi_extra=ASKED)
def unusual(request: Request, asker: AskedBy) -> AccessReport:
    """Return the access of the last two weeks, on the devices of this device's shop, that a manager should ask about."""
    core = core_of(request)
    return report(core.engine, core.clock, asker.device, asker.staff_id or "")
