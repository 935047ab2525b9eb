"""`/c/{token}`: who wrote, stop this channel, stop everything, take that back.

GET changes nothing, since mail programs and filters open links by themselves. POST acts at once: a button of the page
sends `action`, a mail program `List-Unsubscribe=One-Click` (RFC 8058), which stops the channel and wants no page.
"""

from typing import Annotated, Any, Literal, get_args

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from sqlalchemy import Engine
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from sync.clock import Clock
from sync.ids import new_id
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Customer
from sync.model.shop import RetailerSettings
from sync.policy.consent import deciding
from sync.server.database import reading, retrying, transaction
from sync.server.repository import customer_links, scopes
from sync.server.repository.customer_links import CustomerLink
from sync.server.repository.opt_out import refuse, undo
from sync.server.repository.records import Records
from sync.server.web.page import page
from sync.server.web.words import language_of, words_for

Action = Literal["stop_channel", "stop_all", "undo_channel", "undo_all"]
Token = Annotated[str, Path(min_length=1, max_length=200, description="From the link in a message.")]
Languages = Annotated[str, Header(alias="Accept-Language", max_length=500)]

HTML: dict[int | str, dict[str, Any]] = {
    404: {"description": "No such link, or it has expired: a page that says so.", "content": {"text/html": {}}},
}
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "action": {"type": "string", "enum": list(get_args(Action))},
                        "List-Unsubscribe": {"type": "string", "enum": ["One-Click"]},
                    },
                }
            }
            for kind in ("application/x-www-form-urlencoded", "multipart/form-data")
        },
    }
}
_POST: dict[int | str, dict[str, Any]] = {
    **HTML,
    200: {"description": "One click of a mail program: stopped.", "content": {"text/plain": {}}},
    303: {"description": "Done; the page shows it."},
    400: {"description": "No such action: a page that says so.", "content": {"text/html": {}}},
}


def router(engine: Engine, clock: Clock) -> APIRouter:
    """Return the routes of `/c/{token}`."""
    routes = APIRouter()

    @routes.get("/c/{token}", response_class=HTMLResponse, responses=HTML)
    def show(token: Token, undone: bool = False, accept_language: Languages = "") -> Response:
        """Show whom the messages are from and how to stop them."""
        return _show(engine, clock, token, undone, language_of(accept_language))

    @routes.post("/c/{token}", responses=_POST, openapi_extra=_FORM, response_class=Response)
    async def act(token: Token, request: Request, accept_language: Languages = "") -> Response:
        """Stop this channel, stop everything, or take that back."""
        fields = await _fields(request)
        language = language_of(accept_language)
        one_click = fields.get("List-Unsubscribe", "").lower() == "one-click"
        action = "stop_channel" if one_click else fields.get("action", "")
        if action not in get_args(Action):
            return _plain("wrong", language, 400)
        known = await run_sync(lambda: retrying(lambda: _act(engine, clock, token, action)))
        if not known:
            return _plain("missing", language, 404)
        if one_click:
            return PlainTextResponse("OK", headers={"Cache-Control": "no-store"})
        suffix = "?undone=true" if action.startswith("undo") else ""
        return RedirectResponse(f"{request.url.path}{suffix}", status_code=303)

    return routes


def _act(engine: Engine, clock: Clock, token: str, action: str) -> bool:
    now = clock()
    with transaction(engine) as conn:
        records = Records(conn, clock)
        found = _find(records, token, clock)
        if found is None:
            return False
        link, customer_id = found
        scopes.lock_customers(conn, [customer_id])
        channel = link.channel if action.endswith("channel") else None
        if action.startswith("stop"):
            refuse(records, customer_id, channel, at=now, source="opt_out_link", entry_id=new_id())
        else:
            undo(records, customer_id, channel, at=now)
        return True


def _find(records: Records, token: str, clock: Clock) -> tuple[CustomerLink, str] | None:
    link = customer_links.find(records.conn, "opt_out", token, clock())
    customer_id = records.customer_id_of(link.customer_id) if link is not None else None
    return (link, customer_id) if link is not None and customer_id is not None else None


def _show(engine: Engine, clock: Clock, token: str, undone: bool, language: str) -> Response:
    with reading(engine) as conn:
        records = Records(conn, clock)
        found = _find(records, token, clock)
        customer = records.get(Customer, found[1]) if found else None
        retailer = records.get(RetailerSettings, "retailer")
        consents = records.find(Consent, customer_id=found[1]) if found else []
    if found is None or customer is None or retailer is None:
        return _plain("missing", language, 404)
    channel = found[0].channel or Channel.EMAIL
    words = words_for(customer.language)
    state, undoable = _state(consents, channel)
    return page(
        "opt_out",
        words,
        house=retailer.brand,
        retailer=retailer,
        channel=words(f"channel.{channel.value}"),
        state=state,
        undoable=undoable,
        undone=undone and state == "open",
        address=f"/c/{token}",
    )


def _state(consents: list[Consent], channel: Channel) -> tuple[str, bool]:
    """Return what holds for her in this channel, and whether she may take it back here: only what she did by a link."""
    everything = deciding(consents, None, ConsentPurpose.ALL)
    here = deciding(consents, channel, ConsentPurpose.ALL)
    if here is None or here.state is not ConsentState.REFUSED:
        return "open", False
    by_link = here.source == "opt_out_link"
    if everything is not None and everything.id == here.id:
        return "stopped_all", by_link
    return ("stopped_channel", True) if by_link else ("closed", False)


async def _fields(request: Request) -> dict[str, str]:
    """Return the form's text fields; nothing for what is no form."""
    try:
        form = await request.form(max_files=0, max_fields=20)
    except HTTPException:  # a malformed multipart body
        return {}
    return {name: value for name, value in form.items() if not isinstance(value, UploadFile)}


def _plain(name: str, language: str, status: int) -> HTMLResponse:
    return page("plain", words_for(language), status=status, name=name, hint=name == "missing", house="", retailer=None)
