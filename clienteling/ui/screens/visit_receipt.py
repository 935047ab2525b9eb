"""The receipt of a visit: its number typed, from a scanner, or read by the camera from its barcode."""

import flet as ft

from clienteling.actions.visit import attach_receipt
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.theme import C
from clienteling.ui.component import component, keyed, use_box
from clienteling.ui.parts import button, field, text
from clienteling.ui.screens.scan import Viewfinder
from sync.model.customer import Visit
from sync.policy.receipt import NoReceipt

GLASS_HEIGHT = 300


@component
def ReceiptOf(visit: Visit) -> ft.Control:
    """The field, the way with the camera, and what is wrong with what was read last."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    looking, look = ft.use_state(False)
    wrong, say_wrong = ft.use_state("")
    taken = use_box(False)

    async def take(read: str) -> None:
        if taken.current:
            return  # another still of what is being attached
        taken.current = True
        try:
            why: NoReceipt | None = await attach_receipt(tablet, visit, read)
        finally:
            taken.current = False
        say_wrong(why.value if why is not None else "")
        if why is None:
            look(False)

    def typed(event: ft.Event[ft.TextField]) -> None:
        tablet.run(take, event.control.value or "")

    def show(camera: bool) -> None:
        say_wrong("")
        look(camera)

    parts: list[ft.Control] = [
        field(
            _("Receipt number"),
            hint=_("Scan the receipt's barcode into this field"),
            value=visit.receipt or "",
            on_submit=typed,
            max_length=120,
        )
    ]
    if looking:
        hint, without = _("Hold the barcode in the frame"), _("Please type the number, or use a scanner.")
        parts.append(
            ft.Container(
                keyed(f"receipt:{visit.id}", Viewfinder, take, hint, without, True),
                height=round(GLASS_HEIGHT * (2 + session.letters) / 3),  # large words below the frame do not cover it
            )
        )
    if wrong:
        said = text(_.code("no_receipt", wrong), color=C.ERROR, height=1.5)
        parts.append(ft.Semantics(live_region=True, content=said))
    parts.append(
        ft.Row(
            [
                button(
                    _("Close the camera") if looking else _("Read the barcode with the camera"),
                    call(show, not looking),
                    icon=ft.Icons.NO_PHOTOGRAPHY_OUTLINED if looking else ft.Icons.PHOTO_CAMERA_OUTLINED,
                )
            ],
            wrap=True,
        )
    )
    return ft.Column(parts, spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
