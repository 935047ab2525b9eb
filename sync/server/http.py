"""The web app over a core: its routes, its errors, its documentation, its limits and its log."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.gzip import GZipMiddleware

from sync.protocol import PROTOCOL_VERSION
from sync.server.busy import Busy
from sync.server.core import Core
from sync.server.doors import listed
from sync.server.headers import SecurityHeaders
from sync.server.limits import Limits
from sync.server.request_log import RequestLog
from sync.server.routes import access, customers, fleet, house, problems, products, quarantine, sync
from sync.server.routes.signed import SECURITY_SCHEMES

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def web_app(
    core: Core, more: Iterable[APIRouter] = (), lifespan: Lifespan | None = None, *, tls: bool = False
) -> FastAPI:
    """Return the app with the routes of the core and `more` (ingest, webhooks, pages of customers). `tls`: it is reached by
    https, and browsers are told to come by nothing else."""
    app = FastAPI(
        title="Clienteling",
        version=str(PROTOCOL_VERSION),
        description="Sync for tablets, doors for the retailer's systems and providers, pages for customers.",
        lifespan=lifespan,
        docs_url=None,  # its page loads scripts from elsewhere; /openapi.json has everything
        redoc_url=None,
        redirect_slashes=False,  # it would send a browser to whatever host the request named
        dependencies=[Depends(listed)],
    )
    app.state.core = core
    routers = (sync, quarantine, customers, access, products, fleet, house)
    for router in (*(each.router for each in routers), *more):
        app.include_router(router)
    problems.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=1)
    app.add_middleware(Limits)
    app.add_middleware(Busy)
    app.add_middleware(SecurityHeaders, tls=tls)
    app.add_middleware(RequestLog)
    app.openapi = lambda: _documentation(app)  # type: ignore[method-assign]
    return app


def _documentation(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = schema.setdefault("components", {})
        components.setdefault("securitySchemes", {}).update(SECURITY_SCHEMES)
        for operations in schema["paths"].values():
            for operation in operations.values():
                answers = operation.get("responses", {})
                # FastAPI describes its own form of a 422; ours is the same as of every other error.
                if "HTTPValidationError" in str(answers.get("422", "")):
                    answers["422"] = {
                        "description": "`bad_field`: A field has a value that is not allowed.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                    }
        for described in components.get("schemas", {}).values():
            # A literal `type` tells the commands of a union apart: on the wire it must be there, default or not.
            if "const" in described.get("properties", {}).get("type", {}):
                described["required"] = sorted({*described.get("required", []), "type"})
        for unused in ("HTTPValidationError", "ValidationError"):
            components.get("schemas", {}).pop(unused, None)
        app.openapi_schema = schema
    return app.openapi_schema
