"""Asks the table of roles at every endpoint: one that is not in it is shut, and those for staff ask who is there."""

from typing import Annotated, Any

from fastapi import Depends, Request

from sync.errors import NotAllowed
from sync.policy import roles
from sync.policy.roles import Right
from sync.protocol import PROTOCOL_HEADER, STAFF_HEADER
from sync.server.asker import Asker, asker
from sync.server.core import core_of
from sync.server.database import reading
from sync.server.routes.signed import SIGNED, SignedBy
from sync.server.service import Service


def listed(request: Request) -> None:
    """Refuse an endpoint that is not in the table: whoever adds one says there who may call it."""
    if endpoint_of(request) not in roles.ENDPOINTS:
        raise NotAllowed("Nobody may call this: it is not in the table of roles.", reason="not_listed")


def endpoint_of(request: Request) -> str:
    """Return the name of the endpoint that a request came to, as the table has it."""
    return f"{request.method} {getattr(request.scope.get('route'), 'path', '')}"


def asked_by(request: Request, device: SignedBy) -> Asker:
    """Return who asks, where the table lets the role; an endpoint's own function minds the scope (`Asker.has`)."""
    core = core_of(request)
    with reading(core.engine) as conn:
        found = asker(
            conn, core.clock, device, request.query_params.get("staff_id") or request.headers.get(STAFF_HEADER)
        )
    endpoint = roles.ENDPOINTS.get(endpoint_of(request))
    if endpoint is None or endpoint.rule is None or endpoint.rule.right(found.role) is Right.NO:
        raise NotAllowed("This role may not do this.", reason="role")
    return found


AskedBy = Annotated[Asker, Depends(asked_by)]
ASKED: dict[str, Any] = SIGNED | {
    "parameters": [
        *SIGNED["parameters"],
        {
            "in": "header",
            "name": STAFF_HEADER,
            "required": False,
            "description": "Who asks: the id of a member of staff. Without it the answer is as to the narrowest role.",
            "schema": {"type": "string"},
        },
    ]
}
"""What the documentation of a route that is `AskedBy` somebody has besides (`openapi_extra`)."""


def service_for(request: Request, asked: AskedBy) -> Service:
    """Return what answers this member of staff on this device."""
    found = core_of(request).service(asked.device, int(request.headers[PROTOCOL_HEADER]))
    found.staff_id = asked.staff_id
    return found


Asking = Annotated[Service, Depends(service_for)]
