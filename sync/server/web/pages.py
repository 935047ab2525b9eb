"""The routes of all pages that customers see."""

from fastapi import APIRouter
from sqlalchemy import Engine

from sync.clock import Clock
from sync.server.web import call, join, line_link, opt_out, products


def router(engine: Engine, clock: Clock, secret: str, line_dialog: str = "https://access.line.me") -> APIRouter:
    """Return the routes of the pages.

    `secret` is what tokens in links are made with; those of messages are looked up by their hash and need none
    (`sync.server.repository.customer_links`), those of a tablet's QR code are stored nowhere and do.
    """
    routes = APIRouter(tags=["customer pages"])
    routes.include_router(opt_out.router(engine, clock))
    routes.include_router(call.router(engine, clock))
    routes.include_router(products.router(engine, clock))
    routes.include_router(join.router(secret))
    routes.include_router(line_link.router(line_dialog))
    return routes
