"""`/c/{token}`: who wrote, stop this channel, stop everything, take that back; and, as long as the link is fresh, the page of
the customer's own choices and data (`sync.server.web.preferences`). An old link only stops.

GET changes nothing, since mail programs and filters open links by themselves. POST acts at once: a button of the page
sends `action`, a mail program `List-Unsubscribe=One-Click` (RFC 8058), which stops the channel and wants no page.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from sqlalchemy import Engine

from sync.clock import Clock
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Customer
from sync.model.shop import RetailerSettings
from sync.policy.consent import deciding
from sync.server.database import reading, retrying, transaction
from sync.server.repository import audit, customer_links, scopes
from sync.server.repository.customer_links import CustomerLink
from sync.server.repository.opt_out import UNDOABLE, undo
from sync.server.repository.records import Records
from sync.server.web import corrections, preferences
from sync.server.web.choosing import Ledger, choose
from sync.server.web.corrections import Field
from sync.server.web.form import fields_of
from sync.server.web.page import page
from sync.server.web.words import language_of, words_for

Action = Literal["stop_channel", "stop_all", "undo_channel", "undo_all", "save", "correct"]
Token = Annotated[str, Path(min_length=1, max_length=200, description="From the link in a message.")]
_DONE = frozenset({"saved", "asked", "corrected", "same", "undone", "old"})
Languages = Annotated[str, Header(alias="Accept-Language", max_length=500)]

HTML: dict[int | str, dict[str, Any]] = {
    404: {"description": "No such link, or it has expired: a page that says so.", "content": {"text/html": {}}},
    410: {"description": "We hold nothing of hers any more: a page that says so.", "content": {"text/html": {}}},
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
    422: {
        "description": "A correction that cannot be right: the page, with the fields marked.",
        "content": {"text/html": {}},
    },
    400: {"description": "No such action: a page that says so.", "content": {"text/html": {}}},
}


def router(engine: Engine, clock: Clock) -> APIRouter:
    """Return the routes of `/c/{token}`."""
    routes = APIRouter()

    @routes.get("/c/{token}", response_class=HTMLResponse, responses=HTML)
    def show(token: Token, done: str = "", accept_language: Languages = "") -> Response:
        """Show whom the messages are from, how to stop them, and what is hers to choose."""
        return _show(engine, clock, token, done, language_of(accept_language))

    @routes.post("/c/{token}", responses=_POST, openapi_extra=_FORM, response_class=Response)
    async def act(token: Token, request: Request, accept_language: Languages = "") -> Response:
        """Stop this channel, stop everything, take that back, save choices, or ask for a correction."""
        fields = await fields_of(request)
        language = language_of(accept_language)
        one_click = fields.get("List-Unsubscribe", "").lower() == "one-click"
        action = "stop_channel" if one_click else fields.get("action", "")
        if action not in get_args(Action):
            return _plain("wrong", language, 400)
        answer = await run_sync(lambda: retrying(lambda: _act(engine, clock, token, action, fields)))
        if isinstance(answer, list):
            return await run_sync(lambda: _show(engine, clock, token, "", language, wrong=answer, typed=fields))
        if answer == "missing":
            return _plain("missing", language, 404)
        if one_click:
            return PlainTextResponse("OK", headers={"Cache-Control": "no-store"})
        if answer == "forgotten":
            return _plain("forgotten", language, 410)
        suffix = f"?done={answer}" if answer else ""
        return RedirectResponse(f"/c/{token}{suffix}", status_code=303)

    return routes


def _act(engine: Engine, clock: Clock, token: str, action: str, form: Mapping[str, str]) -> str | list[Field]:
    """Return what was done, as the page words it; or the fields of a correction that cannot be right."""
    now = clock()
    with transaction(engine) as conn:
        records = Records(conn, clock)
        found = _find(records, token, clock)
        if found is None:
            return "missing"
        link, customer_id = found
        customer = records.get(Customer, customer_id) if customer_id else None
        if customer is None:
            return "forgotten"
        scopes.lock_customers(conn, [customer.id])
        retailer = records.get(RetailerSettings, "retailer")
        brand = retailer.brand if retailer else ""
        channel = link.channel if action.endswith("channel") else None
        if action in ("save", "correct") and not customer_links.shows(conn, link, customer.id, now):
            return "old"
        audit.note(conn, now, f"own_{action}", customer_id=customer.id)
        if action == "save":
            choose(records, customer, form, brand, now)
            return "saved"
        if action == "correct":
            return _correct(records, customer, form, now)
        if action.startswith("stop"):
            Ledger(records, customer, brand, now).stop(channel, "opt_out_link")
            return ""
        undo(records, customer.id, channel, at=now)
        return "undone"


def _correct(records: Records, customer: Customer, form: Mapping[str, str], now: datetime) -> str | list[Field]:
    changed, wrong = corrections.read(form, customer)
    if wrong:
        return wrong
    if not changed:
        return "same"
    return "asked" if corrections.take(records, customer, changed, now) else "corrected"


def _find(records: Records, token: str, clock: Clock) -> tuple[CustomerLink, str | None] | None:
    """Return what a link stands for and whose it is today: nobody's where we have forgotten her."""
    link = customer_links.find(records.conn, "opt_out", token, clock())
    return (link, records.customer_id_of(link.customer_id)) if link is not None else None


def _show(
    engine: Engine,
    clock: Clock,
    token: str,
    done: str,
    language: str,
    *,
    wrong: Sequence[Field] = (),
    typed: Mapping[str, str] | None = None,
) -> Response:
    with reading(engine) as conn:
        records = Records(conn, clock)
        found = _find(records, token, clock)
        customer = records.get(Customer, found[1]) if found and found[1] else None
        retailer = records.get(RetailerSettings, "retailer")
        consents = records.find(Consent, customer_id=customer.id) if customer else []
        own = None
        if found and customer and retailer and customer_links.shows(conn, found[0], customer.id, clock()):
            own = preferences.view(records, customer, retailer, consents, wrong=wrong, typed=typed or {})
    if found is not None and customer is None:
        return _plain("forgotten", language, 410)
    if found is None or customer is None or retailer is None:
        return _plain("missing", language, 404)
    channel = found[0].channel or Channel.EMAIL
    words = words_for(customer.language)
    state, undoable = _state(consents, channel)
    notice = done if done in _DONE and (done != "undone" or state == "open") else ""
    return page(
        "preferences" if own else "opt_out",
        words,
        status=422 if wrong else 200,
        house=retailer.brand,
        retailer=retailer,
        channel=words(f"channel.{channel.value}"),
        state=state,
        undoable=undoable,
        notice=words(f"done.{notice}") if notice else "",
        address=f"/c/{token.lower()}",
        own=own,
    )


def _state(consents: list[Consent], channel: Channel) -> tuple[str, bool]:
    """Return what holds for her in this channel, and whether she may take it back here: only what she did by a link."""
    everything = deciding(consents, None, ConsentPurpose.ALL)
    here = deciding(consents, channel, ConsentPurpose.ALL)
    if here is None or here.state is not ConsentState.REFUSED:
        return "open", False
    by_link = here.source in UNDOABLE
    if everything is not None and everything.id == here.id:
        return "stopped_all", by_link
    return ("stopped_channel", True) if by_link else ("closed", False)


def _plain(name: str, language: str, status: int) -> HTMLResponse:
    return page("plain", words_for(language), status=status, name=name, hint=name == "missing", house="", retailer=None)
