"""What customers sent: handed out one by one to a device that has the customer, and each look is on record."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from sync.errors import BadField, NotAllowed, NotFound, Unavailable
from sync.sealed.vault import Unsealable, Vault
from sync.server import audit_chain
from sync.server.core import core_of
from sync.server.database import transaction
from sync.server.doors import AskedBy
from sync.server.repository import attachments, audit
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED, SIGNED_PROBLEMS

_ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}
_SAFE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


def router(vault: Vault) -> APIRouter:
    """Return the route; `vault` opens what was sealed at rest."""
    routes = APIRouter(tags=["customers"])

    @routes.get(
        "/v1/attachments/{attachment_id}",
        response_class=Response,
        responses=SIGNED_PROBLEMS
        | problems(NotFound, BadField, NotAllowed)
        | {200: {"description": "What she sent.", "content": {kind: {} for kind in sorted(_ENDINGS)}}},
        openapi_extra=SIGNED,
    )
    def attachment(
        request: Request,
        asked: AskedBy,
        attachment_id: Annotated[str, Path(min_length=1, max_length=64)],
        staff_id: Annotated[str, Query(min_length=1, max_length=64, description="Who looks at it.")],
    ) -> Response:
        """Return what a customer of the device's shop sent, or one whom it looked up within the last day."""
        core = core_of(request)
        now = core.clock()
        with transaction(core.engine) as conn:
            try:
                found = attachments.find(conn, vault, attachment_id, lambda hers: asked.has(conn, core.clock, hers))
            except Unsealable as error:
                raise Unavailable("This was sealed under another secret of this server.", reason="secret") from error
            if found is None:
                raise NotFound("Nothing is kept under this id.", what="attachment")
            audit.note(
                conn,
                now,
                "attachment",
                device_id=asked.device.id,
                staff_id=staff_id,
                customer_id=found.customer_id,
                subject_id=attachment_id,
            )
        audit_chain.link(core.engine)  # before it is handed out
        name = f"attachment.{_ENDINGS[found.media_type]}"
        headers = _SAFE | {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(found.content, media_type=found.media_type, headers=headers)

    return routes
