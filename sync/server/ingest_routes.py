"""The addresses where other systems post what happened: one for each path of each connector."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPBasic
from pydantic import BaseModel, Field

from sync.errors import TooLarge
from sync.ports import Ingest, RowError, WebhookConnector

LARGEST_BODY = 1024 * 1024
"""Bytes read of any request; connectors set narrower limits for what is inside."""
_FACTS_AT_ONCE = 1_000


class Taken(BaseModel):
    """What became of a post. `success` is true whenever it could be read: single bad events are no reason to send again."""

    success: bool = True
    taken: int = Field(ge=0, description="Facts that were stored.")
    repeated: int = Field(ge=0, description="Facts that had been taken before.")
    errors: list[RowError] = Field(description="Events that were not taken: place in the batch from 1, field, why.")
    warnings: list[RowError] = Field(description="Events that were taken, but that a person should look at.")


class Refusal(BaseModel):
    """Why a request was refused: a code, words for a developer, and what the code needs."""

    code: str
    message: str
    params: dict[str, Any]


class _WriteKey(HTTPBasic):
    """Documents how a source says who it is; the connector itself looks."""

    async def __call__(self, request: Request) -> None:  # type: ignore[override]  # the credentials are the connector's
        request.state.challenge = 'Basic realm="events"'


_BASIC = _WriteKey(scheme_name="WriteKey", description="The write key as user name, the password empty.")
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "Nothing of the body can be understood."},
    401: {"model": Refusal, "description": "The write key is missing or wrong."},
    413: {"model": Refusal, "description": "The body is too large."},
}


def router(connectors: Sequence[WebhookConnector], ingest: Ingest) -> APIRouter:
    """Return the routes of these connectors. They raise `sync.errors`, which the app answers with their status."""
    routes = APIRouter(tags=["ingest"])
    for connector in connectors:
        for path in connector.paths:
            name = f"{connector.name}_{path.rpartition('/')[2]}"
            routes.add_api_route(
                path,
                _endpoint(connector, path, ingest),
                methods=["POST"],
                response_model=Taken,
                operation_id=name,
                summary=f"Take {path.rpartition('/')[2]} of {connector.name}",
                description="Good events are taken and bad ones reported; what was taken before is not taken again. "
                "The body may be gzip, whatever its content type says.",
                responses=_REFUSALS,
                openapi_extra={"requestBody": _body(path)},
            )
    return routes


def _endpoint(connector: WebhookConnector, path: str, ingest: Ingest) -> Callable[..., Any]:
    async def take(request: Request, _key: Annotated[object, Security(_BASIC)]) -> Taken:
        body = await _read(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        return await run_in_threadpool(_take, connector, path, headers, body, ingest)

    return take


def _take(connector: WebhookConnector, path: str, headers: dict[str, str], body: bytes, ingest: Ingest) -> Taken:
    connector.authenticate(headers, body)
    parsed = connector.parse(path, headers, body)
    taken = repeated = 0
    errors = list(parsed.errors)
    warnings: list[RowError] = []
    for start in range(0, len(parsed.facts), _FACTS_AT_ONCE):
        report = ingest.apply(parsed.facts[start : start + _FACTS_AT_ONCE])
        taken, repeated = taken + report.taken, repeated + report.repeated
        errors += report.errors
        warnings += report.warnings
    return Taken(taken=taken, repeated=repeated, errors=sorted(errors, key=lambda error: error.row), warnings=warnings)


async def _read(request: Request) -> bytes:
    """Return the body; raise TooLarge as soon as it is, without reading the rest."""
    read = bytearray()
    async for piece in request.stream():
        read += piece
        if len(read) > LARGEST_BODY:
            raise TooLarge(f"The body is larger than {LARGEST_BODY} bytes.", limit=LARGEST_BODY)
    return bytes(read)


def _body(path: str) -> dict[str, Any]:
    event = {
        "type": "object",
        "description": "An event of the Segment spec: userId or anonymousId, messageId, timestamp, and what its type needs.",
    }
    batch = {
        "type": "object",
        "required": ["batch"],
        "properties": {"batch": {"type": "array", "items": event}, "sentAt": {"type": "string", "format": "date-time"}},
    }
    schema = batch if path.endswith(("/batch", "/import")) else event
    return {"required": True, "content": {"application/json": {"schema": schema}}}
