"""What customers sent: handed out one by one to a device that has the customer, and each look is on record."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection, select

from sync.clock import Clock
from sync.errors import BadField, NotFound, Unavailable
from sync.model.shop import Staff
from sync.sealed.vault import Unsealable, Vault
from sync.server import audit_chain, feed
from sync.server.core import core_of
from sync.server.database import transaction
from sync.server.repository import attachments, audit
from sync.server.repository.devices import Device
from sync.server.repository.records import Records
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED, SIGNED_PROBLEMS, SignedBy
from sync.server.tables import audit as audit_table
from sync.server.tables import scope_members

LOOKED_UP_FOR = timedelta(days=1)
"""As long as a tablet keeps a customer of another shop after it looked her up."""
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
        | problems(NotFound, BadField)
        | {200: {"description": "What she sent.", "content": {kind: {} for kind in sorted(_ENDINGS)}}},
        openapi_extra=SIGNED,
    )
    def attachment(
        request: Request,
        device: SignedBy,
        attachment_id: Annotated[str, Path(min_length=1, max_length=64)],
        staff_id: Annotated[str, Query(min_length=1, max_length=64, description="Who looks at it.")],
    ) -> Response:
        """Return what a customer of the device's shop sent, or one whom it looked up within the last day."""
        core = core_of(request)
        now = core.clock()
        with transaction(core.engine) as conn:
            known = Records(conn, core.clock).get(Staff, staff_id) is not None
            try:
                found = attachments.find(
                    conn, vault, attachment_id, lambda hers: known and _has(conn, device, hers, core.clock)
                )
            except Unsealable as error:
                raise Unavailable("This was sealed under another secret of this server.", reason="secret") from error
            if found is None:
                raise NotFound("Nothing is kept under this id.", what="attachment")
            audit.note(
                conn,
                now,
                "attachment",
                device_id=device.id,
                staff_id=staff_id,
                customer_id=found.customer_id,
                subject_id=attachment_id,
            )
        audit_chain.link(core.engine)  # before it is handed out
        name = f"attachment.{_ENDINGS[found.media_type]}"
        headers = _SAFE | {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(found.content, media_type=found.media_type, headers=headers)

    return routes


def _has(conn: Connection, device: Device, customer_id: str, clock: Clock) -> bool:
    """Say whether a device has a customer: she belongs to its shop, or it asked for all that is hers a short time ago."""
    belongs = select(scope_members.c.customer_id).where(
        scope_members.c.customer_id == customer_id, scope_members.c.scope == feed.shop_scope(device.shop_id)
    )
    looked_up = select(audit_table.c.row_id).where(
        audit_table.c.customer_id == customer_id,
        audit_table.c.device_id == device.id,
        audit_table.c.what == "lookup",
        audit_table.c.at > clock() - LOOKED_UP_FOR,
    )
    return any(conn.execute(query.limit(1)).first() is not None for query in (belongs, looked_up))
