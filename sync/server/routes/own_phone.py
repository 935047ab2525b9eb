"""Addresses for a customer's own phone, for a tablet to show as a QR code."""

from fastapi import APIRouter, Request

from sync.errors import BadField, Conflict, NotAllowed, NotFound
from sync.model.own_phone import OwnPhoneLink
from sync.server import line_link, own_phone
from sync.server.core import core_of
from sync.server.doors import ASKED, AskedBy
from sync.server.routes.problems import problems
from sync.server.routes.signed import SIGNED_PROBLEMS


def router(
    secret: str, public_url: str, line_basic_id: str = "", line_chat: str = "https://line.me/R/oaMessage"
) -> APIRouter:
    """Return the routes; `public_url` is how customers reach this server, `line_basic_id` names the house's LINE account and
    `line_chat` is where LINE opens the chat with it."""
    routes = APIRouter(tags=["customers"])

    @routes.post("/v1/invitations", responses=SIGNED_PROBLEMS | problems(BadField, NotAllowed), openapi_extra=ASKED)
    def invitation(request: Request, asked: AskedBy) -> OwnPhoneLink:
        """Make an address where a new customer registers herself, once, within ten minutes."""
        core = core_of(request)
        if asked.staff_id is None:
            raise NotAllowed("A code is shown by somebody.", reason="unknown_staff")
        made = own_phone.invite(core, asked.device, asked.staff_id)
        return OwnPhoneLink(
            url=f"{public_url}/join/{own_phone.token_of(secret, made)}",
            customer_id=made.customer_id,
            expires_at=made.expires_at,
            server_time=made.expires_at - own_phone.GOOD_FOR,
        )

    @routes.post(
        "/v1/customers/{customer_id}/line",
        responses=SIGNED_PROBLEMS | problems(BadField, NotAllowed, NotFound, Conflict),
        openapi_extra=ASKED,
    )
    def line(request: Request, asked: AskedBy, customer_id: str) -> OwnPhoneLink:
        """Make an address with which a customer links her LINE account, within ten minutes."""
        return line_link.invite(core_of(request), secret, (line_chat, line_basic_id), asked, customer_id)

    return routes
