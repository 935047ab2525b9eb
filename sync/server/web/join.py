"""`/join/{token}`: a new customer registers on her own phone, with the code that the shop's tablet showed her.

Two fields and one box, without a script. GET changes nothing; the same form sent twice is one registration. Whether somebody
like her is known already is never told here: that is for staff.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from sync.model.customer import Channel
from sync.model.shop import RetailerSettings, Shop
from sync.policy.naming import shop_name
from sync.policy.wordings import current, sentence
from sync.server import own_phone
from sync.server.core import Core, core_of
from sync.server.database import reading
from sync.server.own_phone import BadLink, Invitation
from sync.server.repository.records import Records
from sync.server.web.corrections import cleaned
from sync.server.web.form import fields_of
from sync.server.web.page import page
from sync.server.web.words import LANGUAGES, language_of, words_for

LONGEST = {"name": 60, "phone": 20}
Token = Annotated[str, Path(min_length=1, max_length=400, description="From the QR code on the shop's tablet.")]
Chosen = Annotated[Literal["ja", "en", ""], Query(alias="lang", description="Her language; else the browser's.")]
_STATUS = {"forged": 404, "expired": 410, "used": 410, "shut": 410}
_PAGE: dict[str, Any] = {"content": {"text/html": {}}}
_PAGES: dict[int | str, dict[str, Any]] = {
    400: {"description": "No form: a page that says so."} | _PAGE,
    404: {"description": "No code of ours: a page that says so."} | _PAGE,
    410: {"description": "Run out, or used already: a page that says which."} | _PAGE,
}
_POST: dict[int | str, dict[str, Any]] = {**_PAGES, 422: {"description": "The form, with the fields marked."} | _PAGE}
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {each: {"type": "string"} for each in ("name", "phone", "sms")},
                }
            }
        },
    }
}


def router(secret: str) -> APIRouter:
    """Return the routes of `/join/{token}`."""
    routes = APIRouter()

    @routes.get("/join/{token}", response_class=HTMLResponse, responses=_PAGES)
    def show(request: Request, token: Token, lang: Chosen = "") -> Response:
        """Show the form."""
        core = core_of(request)
        language = lang or language_of(request.headers.get("accept-language", ""))
        made = _read(core, secret, token)
        return _plain(made, language) if isinstance(made, str) else _show(core, made, token, language)

    @routes.post("/join/{token}", responses=_POST, openapi_extra=_FORM, response_class=HTMLResponse)
    async def act(request: Request, token: Token, lang: Chosen = "") -> Response:
        """Register her."""
        form = await fields_of(request)
        language = lang or language_of(request.headers.get("accept-language", ""))
        return await run_sync(lambda: _act(core_of(request), secret, token, form, language))

    return routes


def _read(core: Core, secret: str, token: str) -> Invitation | str:
    try:
        return own_phone.read(secret, token, core.clock())
    except BadLink as bad:
        return bad.why


def _act(core: Core, secret: str, token: str, form: Mapping[str, str], language: str) -> Response:
    made = _read(core, secret, token)
    if isinstance(made, str):
        return _plain(made, language)
    if "name" not in form:
        return page("plain", words_for(language), status=400, name="wrong", hint=False, house="", retailer=None)
    said = {name: cleaned(form.get(name, "")) for name in LONGEST}
    phone = re.sub(r"[\s()\-‐-―−]", "", said["phone"])
    wrong = [name for name, most in LONGEST.items() if len(said[name]) > most or not said[name]]
    if "phone" not in wrong and not re.fullmatch(r"\+\d{8,15}|0\d{9,10}", phone, re.ASCII):
        wrong.append("phone")
    if wrong:
        return _show(core, made, token, language, typed={**said, "sms": form.get("sms", "")}, wrong=wrong)
    done = own_phone.register(
        core,
        made,
        name=said["name"],
        phone=phone,
        consents=(Channel.SMS,) if form.get("sms") == "yes" else (),
        wording_version=current("registration", language),
    )
    return _thanks(core, made, language) if done == "done" else _plain(done, language)


def _show(
    core: Core,
    made: Invitation,
    token: str,
    language: str,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: list[str] | None = None,
) -> Response:
    with reading(core.engine) as conn:
        records = Records(conn, core.clock)
        retailer = records.get(RetailerSettings, "retailer")
        shop = records.get(Shop, made.shop_id)
        if own_phone.spent(conn, core.clock, made):
            return _plain("used", language)
    brand = retailer.brand if retailer else ""
    words = words_for(language)
    return page(
        "join",
        words,
        status=422 if wrong else 200,
        house=brand,
        retailer=retailer,
        shop=shop_name(shop, language) if shop else brand,
        address=f"/join/{token}?lang={language}",
        others=[(each, words_for(each)("join.language")) for each in LANGUAGES if each != language],
        token=token,
        consent=sentence(current("registration", language), "sms", brand=brand),
        form={"name": "", "phone": "", "sms": "", **(typed or {})},
        longest=LONGEST,
        wrong=wrong or [],
    )


def _thanks(core: Core, made: Invitation, language: str) -> Response:
    with reading(core.engine) as conn:
        records = Records(conn, core.clock)
        retailer, shop = records.get(RetailerSettings, "retailer"), records.get(Shop, made.shop_id)
    brand = retailer.brand if retailer else ""
    name = shop_name(shop, language) if shop else brand
    return page("join_done", words_for(language), house=brand, retailer=retailer, shop=name)


def _plain(why: str, language: str) -> HTMLResponse:
    words = words_for(language)
    return page("plain", words, status=_STATUS[why], name=f"join_{why}", hint=False, house="", retailer=None)
