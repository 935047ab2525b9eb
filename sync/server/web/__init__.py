"""Pages that customers see: stopping messages (`/c/{token}`) the room of a video appointment (`/call/{token}`),
the products of a message (`/p/{token}`)."""

from fastapi import APIRouter
from sqlalchemy import Engine

from sync.clock import Clock
from sync.server.setup import call_url
from sync.server.web import call, opt_out, products

__all__ = ["call_url", "router"]


def router(engine: Engine, clock: Clock, secret: str) -> APIRouter:  # noqa: ARG001
    """Return the routes of the pages.

    `secret` is what tokens in links are made with (`sync.server.repository.customer_links`); the pages themselves look
    tokens up by their hash and need none, and take it so that whoever composes the server passes one.
    """
    routes = APIRouter(tags=["customer pages"])
    routes.include_router(opt_out.router(engine, clock))
    routes.include_router(call.router(engine, clock))
    routes.include_router(products.router(engine, clock))
    return routes
