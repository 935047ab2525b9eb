"""`clienteling gallery`: serves the page of all parts, as the tablet's screens are served: same files, fonts and policy."""

from typing import Any, cast

import flet as ft

from clienteling.device import Device
from clienteling.ui.gallery.page import hang
from clienteling.ui.gallery.sample import Stand
from clienteling.web import TabletWeb
from sync.policy.assets import assets_folder
from sync.settings import TabletSettings


def create_gallery(settings: TabletSettings) -> Any:
    """Return the ASGI app of the gallery, in the brand's colour that the settings name."""
    import flet_web.fastapi

    async def main(page: ft.Page) -> None:
        await hang(page, settings)

    screens = flet_web.fastapi.app(
        main, assets_dir=str(assets_folder()), app_name="Clienteling", web_renderer=ft.WebRenderer.SKWASM, no_cdn=True
    )
    return TabletWeb(screens, cast("Device", Stand()))


def run_gallery(settings: TabletSettings) -> None:
    """Serve the gallery until interrupted."""
    import uvicorn

    print(f"http://{settings.host}:{settings.port}", flush=True)
    uvicorn.run(
        create_gallery(settings), host=settings.host, port=settings.port, log_level="warning", ws="websockets-sansio"
    )


__all__ = ["create_gallery", "run_gallery"]
