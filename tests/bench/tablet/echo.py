"""The least that an app of this kind can do with a key: a field, and its text once more beside it. `python -m ... PORT`"""

import sys

import flet as ft
import flet_web.fastapi
import uvicorn


def main(page: ft.Page) -> None:
    """Show what is typed."""
    said = ft.Text("")

    def changed(event: ft.Event[ft.TextField]) -> None:
        said.value = f"echo {event.data}"
        page.update()

    page.add(ft.TextField(label="echo", on_change=changed, autofocus=True), said)


if __name__ == "__main__":
    uvicorn.run(
        flet_web.fastapi.app(main, web_renderer=ft.WebRenderer.SKWASM, no_cdn=True),
        port=int(sys.argv[1]),
        log_level="error",
    )
