"""ご連絡を控える: what follows from it before it is done, and how it is ended."""

from collections.abc import Callable

import flet as ft

from clienteling.actions.contact import resume_contact, stop_contact
from clienteling.context import Tablet, use_session, use_tablet, use_words
from clienteling.queries.contact import Contact, load_contact
from clienteling.state import is_manager
from clienteling.theme import C, S
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, keyed, use_box, use_once, use_query
from clienteling.ui.parts import button, card, error_panel, field, heading, skeleton, soft, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.stops import BY_STAFF, stop_lines
from clienteling.ui.screens.withheld import Withheld
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.customer import Consent
from sync.model.outreach import Direction, Message, MessageState
from sync.policy.consent import stopped

LONGEST = 500
_WAITS = (MessageState.QUEUED, MessageState.SENDING)


@component
def ContactStop(customer_id: str, **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, again = use_query(
        lambda: load_contact(tablet.device.cache, customer_id, directory.shop, now, directory.zone, directory.playbook),
        [customer_id],
    )
    said, show = ft.use_state("")
    held = use_box(said)  # keys may come faster than renders, so handlers read this
    start = use_once()
    title, back = _("Leave in peace"), f"/customers/{customer_id}"
    use_view(query.value.facts.customer.id if query.value else None)
    if query.error is not None and query.value is None:
        return frame(title, error_panel(_, again), back=back)
    if query.value is None:
        return frame(title, skeleton(), back=back)

    def write(words: str) -> None:
        held.current = words
        show(words)

    contact = query.value
    stop = stopped(contact.facts.consents)
    if stop is None:
        parts = _begin(tablet, _, contact, said, lambda: held.current, write, start)
    else:
        parts = _end(tablet, _, contact, stop, said, lambda: held.current, write, start)
    if session.width >= S.WIDE_FROM:
        parts[0].expand, parts[1].expand = 3, 2
        body: ft.Control = ft.Row(parts, spacing=S.GAP, vertical_alignment=ft.CrossAxisAlignment.START)
    else:
        body = ft.Column(parts, spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return frame(title, body, back=back, scroll=True)


def _begin(
    tablet: Tablet,
    _: Words,
    contact: Contact,
    said: str,
    latest: Callable[[], str],
    write: Callable[[str], None],
    start: Callable[..., None],
) -> list[ft.Control]:
    customer = contact.facts.customer
    reasons = [_("At the customer’s own wish"), _("Out of consideration for circumstances"), _("After a complaint")]

    def stop() -> None:
        if latest().strip():
            start(stop_contact, tablet, customer.id, latest())

    form = card(
        heading(_.honour(customer.name)),
        text(_("Why?"), bold=True),
        choices([(one, one) for one in reasons], [said], write),
        field(
            _("Reason, for whoever reads this later"),
            value=said,
            multiline=True,
            min_lines=2,
            max_lines=5,
            max_length=LONGEST,
            on_change=lambda event: write(event.control.value or ""),
        ),
        _go(_, tablet, customer.id, _("Leave in peace"), stop, ready=bool(said.strip()), icon=ft.Icons.NOTIFICATIONS_OFF_OUTLINED),
        spacing=S.GAP,
    )  # fmt: skip
    waiting = [one for one in contact.facts.messages if one.direction is Direction.OUT and one.state in _WAITS]
    follows = [
        _("Nothing is sent any more: no message by LINE, mail or SMS, not even an answer, from no shop."),
        _("Speaking in the shop, appointments and purchases go on as before."),
        _(
            "It can be taken back for 10 seconds. After that a manager ends it, or the customer’s own word, written down."
        ),
    ]
    return [form, card(*(_point(one) for one in follows), *_cancelled(_, waiting), title=_("What follows from it"))]


def _cancelled(_: Words, waiting: list[Message]) -> list[ft.Control]:
    if not waiting:
        return [_point(_("No message is waiting to be sent."))]
    rows: list[ft.Control] = [
        soft(
            _("{channel:channel}: {what}, {at:datetime}", channel=one.channel, what=_.code("cause", one.cause), at=one.send_after or one.at)
        )
        for one in waiting
    ]  # fmt: skip
    said = _("{n} messages that wait are cancelled, and say why:", n=len(waiting))
    return [_point(said, tone=C.ACCENT), ft.Container(ft.Column(rows, spacing=2), padding=ft.Padding.only(left=20))]


def _end(
    tablet: Tablet,
    _: Words,
    contact: Contact,
    stop: Consent,
    said: str,
    latest: Callable[[], str],
    write: Callable[[str], None],
    start: Callable[..., None],
) -> list[ft.Control]:
    customer = contact.facts.customer
    alone = is_manager(tablet.staff) and stop.source == BY_STAFF

    def resume() -> None:
        if alone or latest().strip():
            start(resume_contact, tablet, customer.id, stop.id, latest())

    if alone:
        rule = _("As a manager you can end it without the customer’s word too.")
    elif stop.source == BY_STAFF:
        rule = _("The customer’s own word is needed here; a manager can end it without.")
    else:
        rule = _("The customer has stopped it: only the customer’s own word opens it again.")
    form = card(
        heading(_.honour(customer.name)),
        card(*stop_lines(_, stop), keyed(stop.id, Withheld, stop), title=_("Left in peace"), tone="caution", padding=14, spacing=4),
        field(
            _("What the customer said"),
            value=said,
            multiline=True,
            min_lines=2,
            max_lines=5,
            max_length=LONGEST,
            on_change=lambda event: write(event.control.value or ""),
        ),
        soft(rule),
        _go(_, tablet, customer.id, _("Write again"), resume, ready=alone or bool(said.strip()), icon=ft.Icons.NOTIFICATIONS_NONE),
        spacing=S.GAP,
    )  # fmt: skip
    follows = [
        _(
            "Only what the customer had agreed to before is open again; channels that were closed one by one stay closed."
        ),
        _("Messages that were cancelled do not go after all."),
        _("Who ended it, when, and by what word is kept."),
    ]
    return [form, card(*(_point(one) for one in follows), title=_("What follows from it"))]


def _go(
    _: Words, tablet: Tablet, customer_id: str, label: str, act: Callable[[], None], *, ready: bool, icon: ft.IconData
) -> ft.Control:
    return ft.Row(
        [
            button(_("Cancel"), lambda: tablet.go(f"/customers/{customer_id}"), kind="plain"),
            button(label, act, kind="filled", icon=icon, disabled=not ready),
        ],
        alignment=ft.MainAxisAlignment.END,
        wrap=True,
    )


def _point(words: str, *, tone: str = C.INK_SOFT) -> ft.Control:
    return ft.Row(
        [text("•", bold=True, color=tone), text(words, expand=True)],
        spacing=10,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
