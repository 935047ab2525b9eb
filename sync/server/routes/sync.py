"""Enrolment, pull, push and the live channel."""

from collections.abc import AsyncIterator

import anyio
from fastapi import APIRouter, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from sync.errors import BadField, BadInput, FellBehind, NotAllowed, TooLarge, Unavailable, WrongProtocol
from sync.protocol import (
    PROTOCOL_HEADER,
    Enrolment,
    EnrolRequest,
    Page,
    PullRequest,
    PushAnswer,
    PushRequest,
)
from sync.server.auth import SPOKEN
from sync.server.core import core_of
from sync.server.enrolment import enrol
from sync.server.repository.devices import Device
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED, SIGNED_PROBLEMS, Answering, SignedBy
from sync.server.spoken import as_spoken

router = APIRouter(tags=["sync"])
GOODBYE_SECONDS = 1.0
"""How long an event stream may take to end when the server stops."""
_BODY_PROBLEMS = problems(BadInput, BadField, TooLarge)


@router.post("/v1/enrol", responses=problems(BadInput, NotAllowed, BadField, TooLarge, WrongProtocol, Unavailable))
def enrol_device(request: Request, asked: EnrolRequest) -> Enrolment:
    """Take in a device that has a one-time code, and give it its token and the key of its shop's scope."""
    if request.headers.get(PROTOCOL_HEADER, str(SPOKEN[-1])) not in {str(version) for version in SPOKEN}:
        raise WrongProtocol(spoken=list(SPOKEN))
    core = core_of(request)
    return enrol(core.engine, core.clock, asked, fresh_id=core.tools.new_id)


@router.post(
    "/v1/sync/pull",
    response_model=Page,
    responses=SIGNED_PROBLEMS | _BODY_PROBLEMS | problems(FellBehind),
    openapi_extra=SIGNED,
)
def pull(service: Answering, asked: PullRequest) -> Response:
    """Return what changed in the device's scopes after its cursor."""
    # Written straight to bytes: a page has thousands of rows, and FastAPI would walk through them twice more.
    return Response(as_spoken(service.pull(asked), service.protocol), media_type="application/json")


@router.post(
    "/v1/sync/push", response_model=PushAnswer, responses=SIGNED_PROBLEMS | _BODY_PROBLEMS, openapi_extra=SIGNED
)
def push(service: Answering, asked: PushRequest) -> Response:
    """Carry out commands in their order. Each is answered; a repeated one gets the answer of its first time."""
    return Response(service.push(asked).model_dump_json(), media_type="application/json")


@router.get(
    "/v1/sync/events",
    response_class=EventSourceResponse,
    responses=SIGNED_PROBLEMS
    | {200: {"description": "Events `changed`: the cursor up to which there is something, and the server's time."}},
    openapi_extra=SIGNED,
)
async def events(request: Request, device: SignedBy) -> EventSourceResponse:
    """Tell the device, for as long as it listens, when there is something to pull."""
    ending = anyio.Event()
    return EventSourceResponse(
        _stream(request, device, ending),
        headers={"Cache-Control": "no-store"},
        shutdown_event=ending,
        shutdown_grace_period=GOODBYE_SECONDS,
    )


async def _stream(request: Request, device: Device, ending: anyio.Event) -> AsyncIterator[ServerSentEvent]:
    async for changed in core_of(request).live.events(device, ending):
        yield ServerSentEvent(changed.model_dump_json(), event="changed")
