"""The control page and its switches: network, server, clock, faults."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from sync.clock import OffsetFileClock, system_clock
from sync.errors import BadField
from sync.sandbox.config import DemoConfig
from sync.sandbox.control import ServerSwitch
from sync.sandbox.faults import Faults, order_from
from sync.sandbox.network import Relay
from sync.sandbox.pages import asset, render
from sync.sandbox.post import Post
from sync.sandbox.shop_time import JAPAN, in_shop_hours, next_time, read_offset, read_time

MAX_OFFSET_SECONDS = 400 * 86400


class Network(BaseModel):
    up: bool


class Server(BaseModel):
    run: bool
    kill: bool = False
    """End it without a chance to tidy up, as a power cut does."""


class Time(BaseModel):
    """One of: the shift against real time, a time of day (its next occurrence), or hours to add."""

    offset_seconds: float | None = Field(default=None, ge=-MAX_OFFSET_SECONDS, le=MAX_OFFSET_SECONDS)
    at: str | None = None
    add_hours: float | None = Field(default=None, gt=0, le=24 * 366)


def demo_routes(
    config: DemoConfig, clock_file: Path, relay: Relay, faults: Faults, switch: ServerSwitch, post: Post
) -> APIRouter:
    """Return the control page at `/` and everything below `/demo`."""
    router = APIRouter()

    def time_now() -> dict[str, Any]:
        shift = read_offset(clock_file)
        now = system_clock() + shift
        return {
            "now": now.isoformat(),
            "local": now.astimezone(JAPAN).isoformat(timespec="seconds"),
            "time_zone": JAPAN.key,
            "offset_seconds": shift.total_seconds(),
            "shop_hours": in_shop_hours(now),
        }

    @router.get("/")
    async def page(request: Request) -> HTMLResponse:
        return render(request, config, "control", smtp_port=config.smtp_port)

    @router.get("/assets/{name}")
    async def file(name: str) -> Response:
        return asset(name)

    @router.get("/demo/state")
    async def state() -> dict[str, Any]:
        run, _ = switch.wanted()
        server = {"wanted": run, **switch.state()}
        return {"network": {"up": relay.up}, "clock": time_now(), "server": server, "waiting": post.waiting()}

    @router.get("/demo/network")
    async def network() -> dict[str, Any]:
        return {"up": relay.up, "connections": relay.connections}

    @router.post("/demo/network")
    async def switch_network(body: Network) -> dict[str, Any]:
        await (relay.join() if body.up else relay.cut())
        return {"up": relay.up, "connections": relay.connections}

    @router.get("/demo/clock")
    async def clock() -> dict[str, Any]:
        return time_now()

    @router.post("/demo/clock")
    async def set_clock(body: Time) -> dict[str, Any]:
        OffsetFileClock.write(clock_file, _offset(body, system_clock(), read_offset(clock_file)))
        return time_now()

    @router.get("/demo/server")
    async def server() -> dict[str, Any]:
        run, _ = switch.wanted()
        return {"run": run, **switch.state()}

    @router.post("/demo/server", status_code=202)
    async def switch_server(body: Server) -> dict[str, Any]:
        switch.want(body.run, kill=body.kill)
        return {"run": body.run, **switch.state()}

    @router.get("/demo/faults")
    async def ordered() -> dict[str, list[str]]:
        return faults.waiting()

    @router.post("/demo/faults")
    async def order(body: dict[str, Any]) -> dict[str, list[str]]:
        order_from(faults, body)
        return faults.waiting()

    @router.delete("/demo/faults")
    async def clear() -> dict[str, list[str]]:
        faults.clear()
        return faults.waiting()

    return router


def _offset(body: Time, real: datetime, before: timedelta) -> timedelta:
    if [body.offset_seconds, body.at, body.add_hours].count(None) != 2:
        raise BadField("Exactly one of offset_seconds, at and add_hours is wanted.", field="offset_seconds")
    if body.offset_seconds is not None:
        return timedelta(seconds=body.offset_seconds)
    if body.add_hours is not None:
        return before + timedelta(hours=body.add_hours)
    return next_time(real + before, read_time(body.at or "")) - real.astimezone(UTC)
