"""What the customer will see, in that channel's manner: on the lock screen first, then opened."""

import flet as ft

from clienteling.queries.compose import Writer, preview, seen_sender
from clienteling.queries.contact import Contact
from clienteling.theme import C, S, T
from clienteling.ui.parts import card, soft, text
from clienteling.ui.parts.pauses import pause_note
from clienteling.ui.parts.people import avatar
from clienteling.ui.screens.compose_state import Writing
from clienteling.ui.screens.contact_shown import contact_shown
from clienteling.words import Words
from sync.model.customer import Channel
from sync.model.shop import Pause
from sync.policy.guide import opening

LINE_GROUND = "#8FAEC9"
"""The blue behind LINE's bubbles: the customer's screen, so no role of our own palette. Where what is shown follows the
device's brightness (lock screen, mail, notification), the roles are ours."""
PHONE_INK = "#1E2430"
SMS_BUBBLE = "#E9E9EB"
SHOWN_LOCKED = 40
"""Characters of a message on a lock screen, where no brand guide says otherwise."""


def preview_card(
    _: Words,
    contact: Contact,
    writer: Writer,
    channel: Channel,
    shown: Writing,
    *,
    scroll: bool,
    paused: Pause | None = None,
) -> ft.Container:
    """The message as it will arrive, made from the very text that is sent. `scroll` where its height is bounded; `paused`
    is what holds it up."""
    language, subject, body = contact.facts.customer.language, shown.subject, shown.body
    whole = preview(body, channel, language, writer, products=bool(shown.products)) if body.strip() else ""
    sender = seen_sender(channel, language, writer)
    guide = writer.playbook.words_of(language).guide
    locked = opening(body, guide.opening if guide else SHOWN_LOCKED)
    push = channel is Channel.APP
    app = writer.retailer.app_name if push else ""
    screen = _lock_screen(_, sender, subject if channel is Channel.EMAIL else "", locked, app=app)
    if channel is Channel.LINE:
        opened = _line(writer.retailer.line_account or writer.retailer.brand, sender, whole)
    elif channel is Channel.SMS:
        opened = _sms(sender, whole)
    elif push:
        opened = _push(_, app, sender, whole, opens=bool(shown.products))
    else:
        opened = _mail(_, contact, sender, subject, body, whole)
    return card(
        *([pause_note(_, paused)] if paused is not None else []),
        screen,
        opened,
        title=_("As the customer will see it"),
        aside=_.code("channel", channel),
        scroll=scroll,
        spacing=12,
    )


def _lock_screen(_: Words, sender: str, subject: str, opening: str, *, app: str = "") -> ft.Control:
    """What whoever holds the telephone sees, the customer or not."""
    lines: list[ft.Control] = [soft(app, size=T.SMALL)] if app else []
    lines.append(text(sender, size=T.SMALL, bold=True, height=1.4))
    if subject:
        lines.append(text(subject, size=T.LABEL, lines=1, height=1.4))
    lines.append(text(opening or "—", size=T.LABEL, height=1.4))
    return ft.Column(
        [
            soft(_("On the lock screen"), size=T.SMALL),
            ft.Container(
                ft.Column(lines, spacing=0),
                bgcolor=C.SUNKEN,
                border_radius=S.RADIUS,
                padding=ft.Padding.symmetric(horizontal=12, vertical=10),
            ),
        ],
        spacing=4,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _line(account: str, sender: str, whole: str) -> ft.Control:
    bubble = ft.Column(
        [text(sender, size=T.SMALL, color=PHONE_INK, height=1.4), _bubble(whole, "#FFFFFF")], spacing=4, expand=True
    )
    return ft.Container(
        ft.Row([avatar(account, size=36), bubble], spacing=8, vertical_alignment=ft.CrossAxisAlignment.START),
        bgcolor=LINE_GROUND,
        border_radius=S.RADIUS,
        padding=12,
    )


def _sms(sender: str, whole: str) -> ft.Control:
    return ft.Container(
        ft.Column(
            [
                ft.Row([text(sender, size=T.LABEL, bold=True, color=PHONE_INK)], alignment=ft.MainAxisAlignment.CENTER),
                _bubble(whole, SMS_BUBBLE),
            ],
            spacing=8,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor="#FFFFFF",
        border=ft.Border.all(1, C.LINE),
        border_radius=S.RADIUS,
        padding=12,
    )


def _push(_: Words, app: str, title: str, whole: str, *, opens: bool) -> ft.Control:
    """A notification pulled open: under the app's name and icon. It has no footer, and nothing in it is a link."""
    said = ft.Column(
        [
            soft(app, size=T.SMALL),
            text(title, size=T.LABEL, bold=True, height=1.4),
            text(whole or "…", size=14),
        ],
        spacing=2,
        expand=True,
    )
    shown: list[ft.Control] = [
        ft.Container(
            ft.Row([avatar(app, size=36), said], spacing=8, vertical_alignment=ft.CrossAxisAlignment.START),
            bgcolor=C.SURFACE,
            border=ft.Border.all(1, C.LINE),
            border_radius=S.RADIUS,
            padding=12,
        )
    ]
    if opens:
        shown.append(soft(_("A tap opens the page with the products"), size=T.SMALL))
    return ft.Column(shown, spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _mail(_: Words, contact: Contact, sender: str, subject: str, body: str, whole: str) -> ft.Control:
    """Header and text of a mail. The footer begins at its `-- ` and is set apart, as mail programs do."""
    said, mark, rest = whole.partition("\n\n-- \n") if "\n-- \n" not in body else (whole, "", "")
    footer = f"-- \n{rest}".strip() if mark else ""
    customer = contact.facts.customer
    to = contact_shown(customer, "email", writing=True) if customer.email else None
    rows = [(_("From"), sender), (_("To"), to), (_("Subject"), subject or "—")]
    head = [
        ft.Row(
            [
                soft(label, size=T.SMALL, width=56),
                text(value, size=T.LABEL, bold=label == _("Subject"), height=1.4, expand=True)
                if isinstance(value, str)
                else ft.Container(value, expand=True),
            ],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.START if isinstance(value, str) else ft.CrossAxisAlignment.CENTER,
        )
        for label, value in rows
        if value
    ]
    return ft.Container(
        ft.Column(
            [
                *head,
                soft(_("An answer comes back to whoever wrote"), size=T.SMALL),
                ft.Divider(height=1, color=C.LINE),
                text(said if footer else whole, selectable=True),
                *([ft.Divider(height=1, color=C.LINE), soft(footer, size=T.SMALL, selectable=True)] if footer else []),
            ],
            spacing=8,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=C.SURFACE,
        border=ft.Border.all(1, C.LINE),
        border_radius=S.RADIUS,
        padding=14,
    )


def _bubble(whole: str, ground: str) -> ft.Control:
    return ft.Container(
        text(whole or "…", color=PHONE_INK, size=14), bgcolor=ground, border_radius=S.RADIUS, padding=12
    )
