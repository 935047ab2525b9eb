"""The one door for a device that was revoked: what it could not send any more may be left here."""

from fastapi import APIRouter, Request

from sync.errors import BadField, BadInput, NotAllowed, TooLarge
from sync.protocol import HandedOver, HandOver
from sync.server import quarantine
from sync.server.core import core_of
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED, SIGNED_PROBLEMS, SignedByAny

router = APIRouter(tags=["sync"])


@router.post(
    "/v1/quarantine",
    responses=SIGNED_PROBLEMS | problems(NotAllowed, BadInput, BadField, TooLarge),
    openapi_extra=SIGNED,
)
def hand_over(request: Request, device: SignedByAny, asked: HandOver) -> HandedOver:
    """Keep sealed commands of a revoked device until a manager has looked at them; nothing of it applies by itself."""
    core = core_of(request)
    return quarantine.take(core.engine, core.clock, device, asked)
