"""The outside world of the demo, a process of its own: customers' phones, providers, the network, the clock.

    python -m sync.sandbox.world --data DIR

It reads DATA/demo.json for its ports and secrets and DATA/retailer for the customers; what arrives on phones is kept in
DATA/world. The rest of the product meets it only over the wire: LINE's, Twilio's and Google's published requests, SMTP, TCP.
"""

import argparse
import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from sync.clock import Clock, OffsetFileClock
from sync.errors import BadField, ClientelingError
from sync.ids import NewId, new_id
from sync.sandbox.config import DemoConfig, Folders
from sync.sandbox.control import ServerSwitch
from sync.sandbox.demo_routes import demo_routes
from sync.sandbox.faults import Faults
from sync.sandbox.fcm import FcmStandIn
from sync.sandbox.fcm_account import CLIENT_EMAIL, PROJECT, public_half, token_uri
from sync.sandbox.line import LineStandIn
from sync.sandbox.network import Relay
from sync.sandbox.people import People
from sync.sandbox.phone import Phone
from sync.sandbox.phone_routes import phone_routes
from sync.sandbox.post import Post, Ticks
from sync.sandbox.provider_routes import fcm_routes, line_routes, twilio_routes
from sync.sandbox.smtp import MailSink
from sync.sandbox.store import Store
from sync.sandbox.twilio import TwilioStandIn

BEAT_SECONDS = 0.1

log = logging.getLogger(__name__)


@dataclass
class World:
    """Everything the outside world consists of, put together but not yet running."""

    config: DemoConfig
    folders: Folders
    clock: Clock
    store: Store
    people: People
    post: Post
    faults: Faults
    line: LineStandIn
    twilio: TwilioStandIn
    fcm: FcmStandIn
    mail: MailSink
    relay: Relay
    http: httpx.AsyncClient

    async def beat(self) -> None:
        """Do what time brings: texts move on, and what is due goes out to the server."""
        self.twilio.advance()
        await self.post.deliver_due()


def build_world(
    config: DemoConfig,
    data: Path,
    *,
    clock: Clock | None = None,
    ticks: Ticks = time.time,
    fresh_id: NewId = new_id,
    transport: httpx.AsyncBaseTransport | None = None,
    faults: Faults | None = None,
    make_post: Callable[[Store, Ticks], Post] = Post,
) -> World:
    """Put a world together. `transport` stands for the way to the server's webhooks; None is the real network.

    `faults` and `make_post` let a test choose what goes wrong at the providers and how their callbacks travel.
    """
    folders = Folders(data)
    now = clock or OffsetFileClock(folders.clock)
    store, people = Store(folders.world / "world.db"), People(folders.retailer)
    faults = faults or Faults()
    post = make_post(store, ticks)
    # No limit on connections: one hanging webhook must not hold up the others. Proxies of the environment are not ours.
    http = httpx.AsyncClient(transport=transport, timeout=10.0, trust_env=False)
    line = LineStandIn(
        store,
        people,
        post,
        clock=now,
        ticks=ticks,
        new_id=fresh_id,
        token=config.line_channel_token,
        secret=config.line_channel_secret,
        webhook_url=f"{config.server_url}/webhooks/line",
        http=http,
    )
    twilio = TwilioStandIn(
        store,
        people,
        post,
        clock=now,
        ticks=ticks,
        new_id=fresh_id,
        account_sid=config.twilio_account_sid,
        auth_token=config.twilio_auth_token,
        http=http,
        undeliverable_suffix=config.undeliverable_suffix,
    )
    fcm = FcmStandIn(
        store,
        people,
        clock=now,
        new_id=fresh_id,
        project=PROJECT,
        client_email=CLIENT_EMAIL,
        public_key=public_half(config.fcm_key),
        token_uri=token_uri(config.world_url),
    )
    inbound = (config.host, config.inbound_mail_port)
    mail = MailSink(store, people, post, faults, clock=now, new_id=fresh_id, inbound=inbound)
    relay = Relay(config.host, config.relay_port, config.host, config.server_port)
    return World(config, folders, now, store, people, post, faults, line, twilio, fcm, mail, relay, http)


def world_app(world: World) -> FastAPI:
    """Return the web application; while it lives, mail is taken in, the relay runs and the post goes out."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        world.config.smtp_port = await world.mail.open(world.config.host, world.config.smtp_port)
        await world.relay.join()
        world.config.relay_port = world.relay.port
        heart = asyncio.create_task(_beat_on(world))
        try:
            yield
        finally:
            heart.cancel()
            await asyncio.gather(heart, return_exceptions=True)
            await world.relay.cut()
            await world.mail.close()
            await world.http.aclose()
            world.store.close()

    app = FastAPI(title="Clienteling demo: the outside world", docs_url=None, redoc_url=None, lifespan=lifespan)
    phone = Phone(world.config.seed, world.people, world.store, world.line, world.mail, world.clock)
    app.include_router(phone_routes(phone, world.people, world.clock, world.config))
    switch = ServerSwitch(world.folders.control)
    app.include_router(demo_routes(world.config, world.folders.clock, world.relay, world.faults, switch, world.post))
    app.include_router(line_routes(world.line, world.faults, world.config.line_basic_id))
    app.include_router(twilio_routes(world.twilio, world.faults))
    app.include_router(fcm_routes(world.fcm, world.faults))

    @app.exception_handler(ClientelingError)
    async def refuse(_request: Request, error: ClientelingError) -> JSONResponse:
        return JSONResponse(error.as_dict(), error.status)

    @app.exception_handler(RequestValidationError)
    async def refuse_form(request: Request, error: RequestValidationError) -> JSONResponse:
        where = ", ".join(".".join(map(str, one["loc"])) + ": " + one["msg"] for one in error.errors())
        return await refuse(request, BadField(where))

    return app


async def _beat_on(world: World) -> None:
    while True:
        try:
            await world.beat()
        except Exception:  # the phones must not fall silent for good over one letter
            log.exception("The outside world missed a beat")
        await asyncio.sleep(BEAT_SECONDS)


def run_world(data: Path) -> None:
    """Serve the outside world of one data folder until told to stop (SIGINT, SIGTERM)."""
    config = DemoConfig.read(Folders(data).config)
    app = world_app(build_world(config, data))
    uvicorn.run(app, host=config.host, port=config.world_port, log_level="warning", timeout_graceful_shutdown=2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The outside world of the demo: phones, providers, network, clock.")
    parser.add_argument("--data", type=Path, required=True, help="The demo's data folder; demo.json lies in it.")
    run_world(parser.parse_args().data)
