"""The stand-ins' HTTP side: thin routes that carry a request to LINE, Twilio or Google and its answer back, faults included."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from sync.sandbox.answers import Answer
from sync.sandbox.faults import Fault, Faults, Provider
from sync.sandbox.fcm import FcmStandIn
from sync.sandbox.line import LineStandIn
from sync.sandbox.twilio import TwilioStandIn

_THROTTLED: dict[str, Answer] = {
    "line": Answer(429, {"message": "The API rate limit has been exceeded. Try again later."}),
    "twilio": Answer(429, {"code": 20429, "message": "Too Many Requests", "more_info": "", "status": 429}),
    "fcm": Answer(429, {"error": {"code": 429, "message": "Quota exceeded.", "status": "RESOURCE_EXHAUSTED"}}),
}
_BROKEN: dict[str, Answer] = {
    "line": Answer(500, {"message": "Internal Server Error"}),
    "twilio": Answer(500, {"code": 20500, "message": "Internal Server Error", "more_info": "", "status": 500}),
    "fcm": Answer(500, {"error": {"code": 500, "message": "Internal error encountered.", "status": "INTERNAL"}}),
}


_NOT_LINKED = ("つながりませんでした。", "Could not be connected.")
_DIALOG = """<!doctype html><html lang="ja"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>LINE</title><link rel="stylesheet" href="/assets/style.css">
<main class="wide"><h1>{0}</h1><p lang="en">{1}</p></main></html>"""
"""What LINE shows at the end of an account link."""


async def _through_faults(request: Request, faults: Faults, provider: Provider, act: Callable[[], Answer]) -> Response:
    """Do what is asked, unless a fault was ordered for this request."""
    ordered = faults.take(provider)
    if ordered is None:
        return _respond(act())
    if ordered.fault is Fault.THROTTLED:
        throttled = _THROTTLED[provider]
        wait = {} if ordered.retry_after is None else {"retry-after": str(ordered.retry_after)}
        return _respond(replace(throttled, headers=wait))
    if ordered.fault is Fault.BROKEN:
        return _respond(_BROKEN[provider])
    if ordered.fault is Fault.TIMEOUT_AFTER:
        act()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_gone(request), ordered.seconds)
    return Response(status_code=504)


async def _gone(request: Request) -> None:
    """Return once the one who asked has given up waiting."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _respond(answer: Answer) -> Response:
    if answer.content is not None:
        return Response(answer.content, answer.status, answer.headers)
    content = json.dumps(answer.body, ensure_ascii=False).encode()
    return Response(content, answer.status, answer.headers, media_type="application/json")


def line_routes(line: LineStandIn, faults: Faults, basic_id: str) -> APIRouter:
    """Return LINE's paths as published, to be mounted below `/line`; `basic_id` is that of the one account there is."""
    router = APIRouter(prefix="/line")

    @router.post("/v2/bot/message/push")
    async def push(request: Request) -> Response:
        body = await request.body()
        kind = request.headers.get("content-type", "")
        if kind.split(";")[0].strip().lower() != "application/json":
            return _respond(Answer(415, {"message": f"The content type, {kind}, is not supported"}))
        return await _through_faults(request, faults, "line", lambda: line.push(request.headers, body))

    @router.post("/v2/bot/message/reply")
    async def reply(request: Request) -> Response:
        return _respond(line.reply(request.headers, await request.body()))

    @router.get("/v2/bot/message/{message_id}/content")
    async def content(request: Request, message_id: str) -> Response:
        return _respond(line.content(request.headers, message_id))

    @router.get("/v2/bot/message/quota")
    async def quota(request: Request) -> Response:
        return _respond(line.quota(request.headers))

    @router.get("/v2/bot/message/quota/consumption")
    async def consumption(request: Request) -> Response:
        return _respond(line.consumption(request.headers))

    @router.post("/v2/bot/user/{user_id}/linkToken")
    async def link_token(request: Request, user_id: str) -> Response:
        return _respond(line.link_token(request.headers, user_id))

    @router.get("/dialog/bot/accountLink")
    async def account_link(request: Request) -> Response:
        query = request.query_params
        came = line.follow_link(query.get("linkToken", ""), query.get("nonce", ""))
        said = ("LINEとつながりました。", "Connected with LINE.") if came == "ok" else _NOT_LINKED
        return HTMLResponse(_DIALOG.format(*said), 200 if came == "ok" else 400)

    @router.get("/R/oaMessage/{account}/")
    async def chat(request: Request, account: str) -> Response:
        """Open the chat with a text in its field, which is the whole query; a browser asks first on whose phone."""
        if account != basic_id:
            return Response("404 Not Found", 404, media_type="text/plain")
        return RedirectResponse(f"/phone?text={quote(unquote(request.url.query), safe='')}")

    @router.get("/v2/bot/profile/{user_id}")
    async def profile(request: Request, user_id: str) -> Response:
        return _respond(line.profile(request.headers, user_id))

    return router


def twilio_routes(twilio: TwilioStandIn, faults: Faults) -> APIRouter:
    """Return Twilio's paths as published, to be mounted below `/twilio`."""
    router = APIRouter(prefix="/twilio/2010-04-01/Accounts/{account_sid}")

    @router.post("/Messages.json")
    async def create(request: Request, account_sid: str) -> Response:
        body = await request.body()
        return await _through_faults(
            request, faults, "twilio", lambda: twilio.create(request.headers, account_sid, body)
        )

    @router.get("/Messages.json")
    async def listing(request: Request, account_sid: str) -> Response:
        query = request.query_params
        size = query.get("PageSize", "50")
        count = int(size) if size.isascii() and size.isdigit() and len(size) < 6 else 0
        return _respond(twilio.listing(request.headers, account_sid, query.get("To", ""), count))

    @router.get("/Messages/{sid}.json")
    async def fetch(request: Request, account_sid: str, sid: str) -> Response:
        return _respond(twilio.fetch(request.headers, account_sid, sid))

    return router


def fcm_routes(fcm: FcmStandIn, faults: Faults) -> APIRouter:
    """Return Google's paths as published, to be mounted below `/fcm`. Faults are those of sending."""
    router = APIRouter(prefix="/fcm")

    @router.post("/token")
    async def token(request: Request) -> Response:
        return _respond(fcm.token(request.headers, await request.body()))

    @router.post("/v1/projects/{project}/messages:send")
    async def send(request: Request, project: str) -> Response:
        body = await request.body()
        return await _through_faults(request, faults, "fcm", lambda: fcm.send(request.headers, project, body))

    return router
