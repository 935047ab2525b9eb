"""The one place where settings become a device, sessions and a served app."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import flet as ft
import structlog

from clienteling.actions.company import welcome
from clienteling.device import Device
from clienteling.session import open_session
from clienteling.settle import settle
from sync import logs
from sync.clock import Clock, OffsetFileClock, system_clock
from sync.errors import BadField, ClientelingError, Unavailable
from sync.model.shop import Shop, Staff
from sync.policy.assets import assets_folder
from sync.policy.employment import employed
from sync.policy.invitation import read
from sync.settings import TabletSettings, load

log = structlog.get_logger("clienteling")


def _clock(settings: TabletSettings) -> Clock:
    return OffsetFileClock(settings.clock_file) if settings.clock_file else system_clock


def create_asgi(settings: TabletSettings, device: Device, clock: Clock) -> Any:
    """Return the ASGI app: the tablet's screens, its static files compressed, `/healthz` and `/media`."""
    import flet_web.fastapi

    from clienteling.company_web import binding
    from clienteling.web import TabletWeb

    def staff() -> Sequence[Staff]:
        return device.cache.staff()  # asked each time: a cache may be replaced

    def works_here(person: Staff) -> bool:
        shop = device.cache.record("shop", person.shop_id)
        return employed(person, clock(), shop if isinstance(shop, Shop) else None)

    company = None
    if settings.oidc_issuer:
        from clienteling.company import Company  # with all of authlib, which only a house with a provider needs

        company = Company.of(settings, staff, works_here, clock)

    async def main(page: ft.Page) -> None:
        tablet = await open_session(page, device, settings, clock)
        if company is None:
            return
        welcome(tablet, company.take(binding()))
        back: Any = page.on_connect

        def connected(event: Any) -> None:
            # a browser that comes back in the same tab has its session still
            back(event)
            if (came := company.take(binding())) is not None:
                welcome(tablet, came)

        page.on_connect = connected

    screens = flet_web.fastapi.app(
        main,
        assets_dir=str(assets_folder()),
        app_name="Clienteling",
        app_short_name="Clienteling",
        app_description="Clienteling for shop staff",
        web_renderer=ft.WebRenderer.SKWASM,
        no_cdn=True,
    )
    return TabletWeb(screens, device, company)


def _enrol_when_possible(device: Device, code: str, stop: threading.Event) -> None:
    """Use the one-time code as soon as the server answers; a refused code is said once and not tried again."""
    try:
        invitation = read(code)
    except BadField as error:
        log.error("enrolment_refused", code=error.code, reason=error.params.get("reason"))
        return
    while not stop.is_set():
        try:
            device.enrol(invitation.code, server=invitation.server)
        except Unavailable:
            stop.wait(1.0)
        except ClientelingError as error:
            log.error("enrolment_refused", code=error.code, reason=error.params.get("reason"))
            return
        else:
            return


def run_tablet(settings: TabletSettings) -> None:
    """Serve the tablet until interrupted."""
    import uvicorn

    from sync.client import Client

    logs.configure(settings.log_level)
    clock = _clock(settings)
    client = Client(settings, clock)
    client.open()
    stop = threading.Event()
    code = settings.enrol_code.get_secret_value()
    if code and not client.enrolled:
        threading.Thread(target=_enrol_when_possible, args=(client, code, stop), daemon=True).start()
    client.start()
    settle()
    started = time.monotonic()
    try:
        uvicorn.run(
            create_asgi(settings, client, client.now),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            ws="websockets-sansio",
            timeout_graceful_shutdown=3,
        )
    finally:
        stop.set()
        client.stop()
        client.close()
        log.info("tablet_stopped", seconds=round(time.monotonic() - started))


def run_native() -> None:
    """Run on a device of its own (`flet build`): the same screens, without a web server."""
    from sync.client import Client

    settings = load(TabletSettings)
    logs.configure(settings.log_level)
    clock = _clock(settings)
    client = Client(settings, clock)
    client.open()
    client.start()

    async def main(page: ft.Page) -> None:
        await open_session(page, client, settings, client.now)

    ft.run(main, assets_dir=str(assets_folder()))


__all__ = ["create_asgi", "run_native", "run_tablet"]
