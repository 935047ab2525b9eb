"""Enrolment, pull, push and the live channel."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

import anyio
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse
from sse_starlette import EventSourceResponse

from sync.errors import (
    BadField,
    BadInput,
    Conflict,
    FellBehind,
    NotAllowed,
    NotFound,
    TooLarge,
    Unavailable,
    WrongProtocol,
)
from sync.protocol import (
    PROTOCOL_HEADER,
    Enrolment,
    EnrolRequest,
    Ground,
    Lease,
    Page,
    PullRequest,
    PushAnswer,
    PushRequest,
    Snapshot,
)
from sync.server.auth import SPOKEN
from sync.server.core import core_of
from sync.server.enrolment import enrol
from sync.server.live import News
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED, SIGNED_PROBLEMS, Answering, SignedBy
from sync.server.routes.squeezed import json_answer
from sync.server.spoken import as_spoken

router = APIRouter(tags=["sync"])
GOODBYE_SECONDS = 1.0
"""How long an event stream may take to end when the server stops."""
PATIENCE_SECONDS = 3.0
"""How long a device waits for a snapshot that is being built before it is told how far it is."""
_WITHOUT_ROWS = {"1"}
"""Versions of the protocol in which the live channel carries no rows."""
_FILE_BLOCK = 1 << 20
"""Bytes of a file that are read, and wait for a slow line, at a time. Each reading is a hop to a thread and back: by 64 kB, as
starlette reads, they are most of what handing out a snapshot costs."""
_BODY_PROBLEMS = problems(BadInput, BadField, TooLarge)


@router.post(
    "/v1/enrol", responses=problems(BadInput, NotAllowed, BadField, Conflict, TooLarge, WrongProtocol, Unavailable)
)
def enrol_device(request: Request, asked: EnrolRequest) -> Enrolment:
    """Take in a device that has a one-time code, and give it its token and the key of its shop's scope."""
    if request.headers.get(PROTOCOL_HEADER, str(SPOKEN[-1])) not in {str(version) for version in SPOKEN}:
        raise WrongProtocol(spoken=list(SPOKEN))
    core = core_of(request)
    return enrol(core.engine, core.clock, asked, fresh_id=core.tools.new_id, lease=core.lease)


@router.post(
    "/v1/sync/pull",
    response_model=Page,
    responses=SIGNED_PROBLEMS | _BODY_PROBLEMS | problems(FellBehind),
    openapi_extra=SIGNED,
)
def pull(request: Request, service: Answering, asked: PullRequest) -> Response:
    """Return what changed in the device's scopes after its cursor."""
    # Written straight to bytes: a page has thousands of rows, and FastAPI would walk through them twice more.
    return json_answer(request, as_spoken(service.pull(asked), service.protocol))


@router.post(
    "/v1/sync/push", response_model=PushAnswer, responses=SIGNED_PROBLEMS | _BODY_PROBLEMS, openapi_extra=SIGNED
)
def push(service: Answering, asked: PushRequest) -> Response:
    """Carry out commands in their order. Each is answered; a repeated one gets the answer of its first time."""
    return Response(service.push(asked).model_dump_json(), media_type="application/json")


@router.get("/v1/sync/lease", responses=SIGNED_PROBLEMS, openapi_extra=SIGNED)
def lease(service: Answering) -> Lease:
    """Return the newest key of the device's scope, wrapped for it: a device whose lease was over opens its cache with it."""
    return service.lease()


@router.get("/v1/sync/ground", response_model=Ground, responses=SIGNED_PROBLEMS, openapi_extra=SIGNED)
def ground(service: Answering) -> Response:
    """Return shops, staff and the PINs of this shop's staff: with them somebody can sign in while the rest comes."""
    return Response(service.ground().model_dump_json(), media_type="application/json")


@router.get(
    "/v1/sync/snapshot",
    response_model=Snapshot,
    responses=SIGNED_PROBLEMS | problems(NotFound) | _BODY_PROBLEMS,
    openapi_extra=SIGNED,
)
async def snapshot(service: Answering, ground: bool = False) -> Response:
    """Return the snapshot of the device's shop, waiting a little for one that is being built.

    With `ground` shops, staff and PINs come with it, and nothing is waited for: somebody wants to sign in.
    """
    found = await anyio.to_thread.run_sync(partial(service.snapshot, ground=ground))
    if not found.ready and not ground:
        building = service.snapshot_building()
        if building is not None:
            await asyncio.wait([asyncio.wrap_future(building)], timeout=PATIENCE_SECONDS)
        found = await anyio.to_thread.run_sync(service.snapshot)
    return Response(found.model_dump_json(), media_type="application/json")


@router.get(
    "/v1/sync/snapshots/{name}",
    response_class=FileResponse,
    responses=SIGNED_PROBLEMS | problems(NotFound) | {206: {"description": "The part that was asked for."}},
    openapi_extra=SIGNED,
)
def snapshot_file(name: Annotated[str, Path(max_length=64)], service: Answering) -> FileResponse:
    """Return a snapshot's bytes, or those that a Range asks for."""
    answer = FileResponse(service.snapshot_file(name), media_type="application/zstd")
    answer.chunk_size = _FILE_BLOCK
    return answer


@router.get(
    "/v1/sync/events",
    response_class=EventSourceResponse,
    responses=SIGNED_PROBLEMS
    | {
        200: {
            "description": "Events `changed`: up to which cursor there is something, where it is little itself, and the time."
        }
    },
    openapi_extra=SIGNED,
)
async def events(request: Request, device: SignedBy) -> EventSourceResponse:
    """Tell the device, for as long as it listens, what is new for it, or that there is something to pull."""
    live = core_of(request).live
    takes_rows = request.headers.get(PROTOCOL_HEADER) not in _WITHOUT_ROWS
    return EventSourceResponse(
        _stream(live.events(device, rows=takes_rows)),
        headers={"Cache-Control": "no-store"},
        ping=0,  # the channel has a heartbeat of its own
        shutdown_event=live.ending,
        shutdown_grace_period=GOODBYE_SECONDS,
    )


async def _stream(events: AsyncIterator[News]) -> AsyncIterator[bytes]:
    async for news in events:
        yield news.event
