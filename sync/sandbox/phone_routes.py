"""The phones on the web: the list, one page a customer, and what the page and other programs fetch."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from pydantic import BaseModel

from sync.clock import Clock
from sync.errors import NotFound
from sync.sandbox.codes import qr_png
from sync.sandbox.config import DemoConfig
from sync.sandbox.pages import render
from sync.sandbox.people import People
from sync.sandbox.phone import MAX_REPLY, Phone
from sync.sandbox.shop_time import JAPAN

Text = Annotated[str, Query(max_length=MAX_REPLY, description="What stands in the field of the chat already.")]
_FRESH = {"Cache-Control": "no-store"}


class Reply(BaseModel):
    """What a customer answers: `channel` is line or email; `to` (mail only) the number of the mail, else the newest."""

    channel: str
    text: str
    to: int | None = None
    quote: bool = False
    """Mail only: repeat the answered mail below the answer, as many mail programs do."""


class Block(BaseModel):
    blocked: bool


def phone_routes(phone: Phone, people: People, clock: Clock, config: DemoConfig) -> APIRouter:
    """Return everything below `/phone`."""
    router = APIRouter(prefix="/phone")

    @router.get("")
    async def phones(request: Request, q: Annotated[str, Query(max_length=60)] = "", text: Text = "") -> HTMLResponse:
        found, special = people.search(q), people.worth_trying()
        if text:  # read from a tablet: it is for somebody who is not linked yet
            special = sorted(special, key=phone.has_line)
        count = people.count()
        return render(request, config, "phones", people=special, found=found, q=q, count=count, text=text)

    @router.get("/{customer}")
    async def page(request: Request, customer: str, text: Text = "") -> HTMLResponse:
        try:
            person = phone.owner(customer)
        except NotFound:
            return render(request, config, "missing", status=404, customer=customer[:40])
        now = clock().astimezone(JAPAN)
        brand, line = people.brand(), phone.has_line(person)
        return render(request, config, "phone", person=person, brand=brand, now=now, text=text, line=line)

    @router.get("/{customer}/code.png")
    async def code_png(customer: str, moment: int | None = None) -> Response:
        code = phone.code(phone.owner(customer), moment)
        return Response(qr_png(code.text), media_type="image/png", headers=_FRESH)

    @router.get("/{customer}/code.txt")
    async def code_txt(customer: str) -> PlainTextResponse:
        return PlainTextResponse(phone.code(phone.owner(customer)).text, headers=_FRESH)

    @router.get("/{customer}/inbox.json")
    async def inbox(customer: str) -> JSONResponse:
        return JSONResponse(phone.inbox(phone.owner(customer)), headers=_FRESH)

    @router.get("/{customer}/state.json")
    async def state(customer: str) -> JSONResponse:
        return JSONResponse(phone.state(phone.owner(customer)), headers=_FRESH)

    @router.get("/{customer}/mail/{n}.eml")
    async def raw_mail(customer: str, n: int) -> Response:
        return Response(phone.raw_mail(phone.owner(customer), n), media_type="message/rfc822", headers=_FRESH)

    @router.post("/{customer}/reply", status_code=202)
    async def reply(customer: str, body: Reply) -> dict[str, str]:
        channel = "email" if body.channel == "mail" else body.channel
        phone.reply(phone.owner(customer), channel, body.text, to=body.to, quote=body.quote)
        return {"status": "on its way"}

    @router.post("/{customer}/picture/{channel}", status_code=202)
    async def send_picture(request: Request, customer: str, channel: str) -> dict[str, str]:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip()
        phone.send_picture(phone.owner(customer), channel, await request.body(), media_type)
        return {"status": "on its way"}

    @router.get("/{customer}/sent/{n}")
    async def sent_picture(customer: str, n: int) -> Response:
        picture, media_type = phone.sent_picture(phone.owner(customer), n)
        return Response(picture, media_type=media_type, headers=_FRESH)

    @router.post("/{customer}/line", status_code=202)
    async def block(customer: str, body: Block) -> dict[str, bool]:
        phone.block(phone.owner(customer), body.blocked)
        return {"blocked": body.blocked}

    @router.post("/{customer}/friend", status_code=202)
    async def befriend(customer: str) -> dict[str, bool]:
        phone.befriend(phone.owner(customer))
        return {"friend": True}

    return router
