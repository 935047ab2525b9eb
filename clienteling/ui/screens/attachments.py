"""What came with a customer's reply: named in her history, and shown in a panel when it is tapped."""

import flet as ft

from clienteling.actions.attachments import Look, Looked, look_at
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.theme import C, S
from clienteling.ui.component import component
from clienteling.ui.parts import button, soft, text
from clienteling.ui.parts.transfer import progress_bar
from clienteling.words import Words
from sync.model.outreach import Attachment, AttachmentState

_MEGABYTE = 1_000_000
_AROUND = 220
"""Logical pixels of height that a panel needs beside its picture: the screen's edge, the title, the button."""
_INSIDE = 48
"""Logical pixels of width between a panel and its picture."""
_ICONS = {
    "image": ft.Icons.IMAGE_OUTLINED,
    "video": ft.Icons.VIDEOCAM_OUTLINED,
    "audio": ft.Icons.MIC_NONE,
    "file": ft.Icons.ATTACH_FILE,
    "pdf": ft.Icons.PICTURE_AS_PDF_OUTLINED,
}


@component
def Attachments(came: tuple[Attachment, ...]) -> ft.Control:
    """A line for each, and the panel of the one that is looked at."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    open_, set_open = ft.use_state("")
    looked, set_looked = ft.use_state(Looked(Look.ASKING))

    edge = S.EDGE_NARROW if session.width < S.NARROW_BELOW else 40

    async def look(attachment_id: str) -> None:
        set_looked(Looked(Look.ASKING))
        set_open(attachment_id)
        set_looked(await look_at(tablet, attachment_id))

    def close() -> None:
        set_open("")
        set_looked(Looked(Look.ASKING))  # nothing of it stays

    ft.use_dialog(
        ft.AlertDialog(
            title=text(_("What the customer sent"), bold=True),
            content=_inside(_, looked, open_, session.pixels - 2 * edge - _INSIDE, session.height - _AROUND),
            actions=[
                *(
                    [button(_("Try again"), call(tablet.run, look, open_), kind="outline", icon=ft.Icons.REFRESH)]
                    if looked.how in {Look.OFFLINE, Look.FAILED}
                    else []
                ),
                button(_("Close"), close, kind="filled"),
            ],
            bgcolor=C.SURFACE,
            inset_padding=ft.Padding.symmetric(horizontal=edge, vertical=S.EDGE),
            shape=ft.RoundedRectangleBorder(radius=S.RADIUS),
            on_dismiss=close,
        )
        if open_
        else None
    )
    return ft.Column(
        [
            button(
                _named(_, one),
                call(tablet.run, look, one.id),
                kind="soft",
                icon=_ICONS[_kind(one)],
            )
            if one.state is AttachmentState.KEPT
            else soft(_("{what}: {why}", what=_.code("attachment", one.what), why=_why(_, one)), color=C.INK)
            for one in came
        ],
        spacing=6,
    )


def _kind(one: Attachment) -> str:
    """What it is: by its bytes where they were looked at, else what it came as."""
    if one.state is not AttachmentState.KEPT:
        return one.what
    return "pdf" if one.media_type == "application/pdf" else "image"


def _named(_: Words, one: Attachment) -> str:
    return _("{kind}, {mb} MB", kind=_.code("attachment", _kind(one)), mb=f"{max(one.size / _MEGABYTE, 0.1):.1f}")


def _why(_: Words, one: Attachment) -> str:
    return _.reason(one.reason) if one.reason is not None else _("on its way to us")


def _inside(_: Words, looked: Looked, attachment_id: str, width: float, height: float) -> ft.Control:
    if looked.how is Look.SHOWN:
        wide, high = looked.within(max(240.0, width), max(160.0, height))
        return ft.Container(
            ft.Image(
                src=looked.content,
                fit=ft.BoxFit.CONTAIN,
                semantics_label=_("The picture that the customer sent"),
                error_content=text(_("This picture cannot be shown.")),
            ),
            width=wide,
            height=high,
            alignment=ft.Alignment.CENTER,
        )
    if looked.how is Look.ASKING:
        return ft.Column([progress_bar(_, None), soft(_("Asking the server for it…"))], tight=True, spacing=8)
    said = {
        Look.OFFLINE: _("No connection: what the customer sent lies on the server. Look again when connected."),
        Look.GONE: _("The server does not keep this any more, or this tablet does not have the customer."),
        Look.NO_PICTURE: _(
            "A document is kept by the server. It is not opened on a tablet; ask head office for it, by this number: {id}",
            id=attachment_id,
        ),
        Look.FAILED: _("It could not be shown. Please try again."),
    }
    return ft.Semantics(live_region=True, content=text(said[looked.how]))
