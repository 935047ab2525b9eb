"""How errors leave the server: always `{"code", "message", "params"}`, with the status of `sync.errors`."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from sync.errors import BadField, BadInput, ClientelingError, NotFound, Unavailable

log = structlog.get_logger(__name__)
Responses = dict[int | str, dict[str, Any]]


class Problem(BaseModel):
    """What went wrong."""

    code: str = Field(description="Stable name of the error; what a program decides by.")
    message: str = Field(description="The error in English, for whoever reads a log.")
    params: dict[str, Any] = Field(description="What belongs to the code.")


def problems(*errors: type[ClientelingError]) -> Responses:
    """Return the documentation of these errors as responses of a route."""
    found: Responses = {}
    for error in errors:
        said = f"`{error.code}`: {error.__doc__}"
        known = found.get(error.status)
        found[error.status] = {
            "model": Problem,
            "description": f"{known['description']} {said}" if known else said,
        }
    return found


DEVICES = 'DPoP algs="EdDSA"'
"""How a device says who it is; other routes say in `request.state.challenge` how that is done there (None: by a signature
that HTTP has no name for)."""


def answer_to(error: ClientelingError, challenge: str | None = DEVICES) -> JSONResponse:
    """Return the response to an error of ours."""
    headers = {"WWW-Authenticate": challenge} if error.status == 401 and challenge else None
    return JSONResponse(error.as_dict(), status_code=error.status, headers=headers)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ClientelingError)
    request.state.problem = error  # for whoever counts them
    return answer_to(error, getattr(request.state, "challenge", DEVICES))


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    """Name what is wrong with a request, without repeating its values: they may be personal."""
    assert isinstance(error, RequestValidationError)
    found = [
        {"field": ".".join(str(part) for part in each["loc"]), "message": each["msg"]} for each in error.errors()[:20]
    ]
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return answer_to(BadInput("The body is not valid JSON.", fields=found))
    return answer_to(BadField("Some fields have values that are not allowed.", fields=found))


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return answer_to(NotFound())
    if error.status_code == 400:  # e.g. JSON nested without end
        return answer_to(BadInput("The body cannot be read."))
    body = {"code": "http", "message": str(error.detail), "params": {}}
    return JSONResponse(body, status_code=error.status_code, headers=error.headers)


async def _database_away(_request: Request, error: Exception) -> JSONResponse:
    log.error("database.away", error=type(error).__name__)
    return answer_to(Unavailable())


async def _unforeseen(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse(ClientelingError().as_dict(), status_code=500)


def install(app: FastAPI) -> None:
    """Make the app answer every error in this form."""
    app.add_exception_handler(ClientelingError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for gone in (OperationalError, InterfaceError, InternalError, PoolTimeout):
        app.add_exception_handler(gone, _database_away)
    app.add_exception_handler(Exception, _unforeseen)
