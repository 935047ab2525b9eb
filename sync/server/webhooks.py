"""Where providers post what became of messages, and what customers wrote."""

from collections.abc import Callable, Iterable
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response

from sync.errors import TooLarge
from sync.ports import Acknowledging, DeliveryStore, MessageChannel

SIZE_LIMIT = 1024 * 1024
"""Bytes. LINE's and Twilio's callbacks are a few kilobytes."""

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Taken, or taken before."},
    400: {"description": "This cannot be understood."},
    401: {"description": "The signature does not hold."},
    413: {"description": "Larger than is taken."},
}
_BODY = {"requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}


def router(channels: Iterable[MessageChannel], store: DeliveryStore, public_url: str = "") -> APIRouter:
    """Return the routes of every channel's webhooks.

    `public_url` is how providers address this server: Twilio signs the address as it called it, and behind a proxy that
    is not what the request shows.
    """
    routes = APIRouter(tags=["webhooks"])
    for channel in channels:
        for path in channel.webhook_paths:
            routes.add_api_route(
                path,
                _handler(channel, store, public_url.rstrip("/")),
                methods=["POST"],
                name=f"webhook_{channel.channel.value}",
                response_class=Response,
                responses=_ANSWERS,
                openapi_extra=_BODY,
            )
    return routes


def _handler(channel: MessageChannel, store: DeliveryStore, public_url: str) -> Callable[..., Any]:
    async def take(request: Request) -> Response:
        """Verify, read and store a provider's callback."""
        request.state.challenge = None
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > SIZE_LIMIT:
                raise TooLarge(limit=SIZE_LIMIT)
        query = f"?{request.url.query}" if request.url.query else ""
        url = f"{public_url}{request.url.path}{query}" if public_url else str(request.url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        await run_sync(_apply, channel, store, url, headers, body)
        return Response(status_code=200)

    return take


def _apply(channel: MessageChannel, store: DeliveryStore, url: str, headers: dict[str, str], body: bytes) -> None:
    for event in channel.parse_webhook(url, headers, body):
        said = store.apply_event(event)
        if said is not None and isinstance(channel, Acknowledging):
            channel.acknowledge(said)
