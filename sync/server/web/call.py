"""`/call/{token}`: the customer's side of a video appointment's room: when, with whom, join and leave.

The page runs no script; while she waits it loads itself anew, and so shows when somebody has joined her.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Engine

from sync.clock import Clock
from sync.model.customer import Appointment, AppointmentKind, AppointmentState, Call, Customer
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.naming import colleagues_in, house_name, shop_name, work_name
from sync.server.database import reading, retrying, transaction
from sync.server.repository import scopes
from sync.server.repository.records import Records
from sync.server.repository.zones import zone_of
from sync.server.web.page import page
from sync.server.web.words import Words, language_of, words_for

EARLY = timedelta(minutes=15)
"""How long before it begins she may come in."""
VALID_AFTER = timedelta(days=1)
"""How long after it should have ended the link still shows something."""

Token = Annotated[str, Path(min_length=1, max_length=200, description="From the link in a message.")]
Languages = Annotated[str, Header(alias="Accept-Language", max_length=500)]
_HTML: dict[int | str, dict[str, Any]] = {
    404: {"description": "No such link, or it has expired: a page that says so.", "content": {"text/html": {}}},
}
_POST: dict[int | str, dict[str, Any]] = {**_HTML, 303: {"description": "Done; the page shows it."}}


def router(engine: Engine, clock: Clock) -> APIRouter:
    """Return the routes of `/call/{token}`."""
    routes = APIRouter()

    @routes.get("/call/{token}", response_class=HTMLResponse, responses=_HTML)
    def show(token: Token, accept_language: Languages = "") -> Response:
        """Show when and with whom the appointment is, and a button to join it."""
        return _show(engine, clock, token, language_of(accept_language))

    @routes.post("/call/{token}/join", responses=_POST, response_class=Response, status_code=303)
    def join(token: Token, request: Request, accept_language: Languages = "") -> Response:
        """Note that the customer is in the room."""
        return _turn(engine, clock, token, request, language_of(accept_language), joins=True)

    @routes.post("/call/{token}/leave", responses=_POST, response_class=Response, status_code=303)
    def leave(token: Token, request: Request, accept_language: Languages = "") -> Response:
        """Note that the customer left the room."""
        return _turn(engine, clock, token, request, language_of(accept_language), joins=False)

    return routes


def state_of(appointment: Appointment, call: Call, now: datetime) -> str:
    """Return which of the page's states holds: cancelled, ended, together, waiting, early or ready."""
    if appointment.state is AppointmentState.CANCELLED:
        return "cancelled"
    if call.ended_at is not None:
        return "ended"
    if call.customer_joined_at is not None:
        return "together" if call.staff_joined_at is not None else "waiting"
    return "early" if now < appointment.at - EARLY else "ready"


def _find(records: Records, token: str, now: datetime) -> tuple[Appointment, Call] | None:
    """Return the appointment of a token, unless it is over for more than a day."""
    found = records.find(Appointment, call_token=token, limit=1) if len(token) >= 16 and token.isascii() else []
    if not found or found[0].call is None or found[0].appointment_kind is not AppointmentKind.VIDEO:
        return None
    over = found[0].at + timedelta(minutes=found[0].minutes) + VALID_AFTER
    return (found[0], found[0].call) if now <= over else None


def _turn(engine: Engine, clock: Clock, token: str, request: Request, language: str, *, joins: bool) -> Response:
    def work() -> bool:
        now = clock()
        with transaction(engine) as conn:
            records = Records(conn, clock)
            found = _find(records, token, now)
            if found is None:
                return False
            scopes.lock_customers(conn, [found[0].customer_id])
            found = _find(records, token, now)  # as it is now that nobody else can change it
            if found is None:
                return False
            appointment, call = found
            may = state_of(appointment, call, now) in (("ready",) if joins else ("waiting", "together"))
            if may:
                joined = call.model_copy(update={"customer_joined_at": now if joins else None})
                records.put(appointment.model_copy(update={"call": joined}))
            return True

    if not retrying(work):
        return _missing(language)
    return RedirectResponse(request.url.path.rpartition("/")[0], status_code=303)


def _show(engine: Engine, clock: Clock, token: str, language: str) -> Response:
    now = clock()
    with reading(engine) as conn:
        records = Records(conn, clock)
        found = _find(records, token, now)
        if found is None:
            return _missing(language)
        appointment, call = found
        customer = records.get(Customer, appointment.customer_id)
        shop = records.get(Shop, appointment.shop_id)
        retailer = records.get(RetailerSettings, "retailer")
        staff = records.get(Staff, appointment.staff_id) if appointment.staff_id else None
        colleagues = colleagues_in(appointment.shop_id, records.of_kind(Staff))
        if customer is None or shop is None or retailer is None:
            return _missing(language)
        zone = zone_of(records, customer, shop)
    words = words_for(customer.language)
    lang = words("page.lang")
    place = shop_name(shop, lang)
    who = (
        words("call.with_person", person=work_name(staff, lang, colleagues), shop=place)
        if staff
        else words("call.with_shop", shop=place)
    )
    return page(
        "call",
        words,
        house=house_name(shop, retailer, lang),
        retailer=retailer,
        state=state_of(appointment, call, now),
        staff_here=call.staff_joined_at is not None,
        when=_when(words, appointment, zone),
        who=who,
        zone=get_timezone_name(zone, width="short", locale=lang)
        if lang == "en"
        else get_timezone_name(zone, locale=lang),
        early_minutes=int(EARLY.total_seconds() // 60),
        address=f"/call/{token}",
    )


def _when(words: Words, appointment: Appointment, zone: ZoneInfo) -> str:
    at, lang = appointment.at.astimezone(zone), words("page.lang")
    date = format_date(at, "full", locale=lang)
    return words("call.when", date=date, time=format_time(at, "short", locale=lang), minutes=appointment.minutes)


def _missing(language: str) -> HTMLResponse:
    return page("plain", words_for(language), status=404, name="missing", hint=True, house="", retailer=None)
