"""ご連絡を控える: what follows from it before it is done, and how it is ended."""

from collections.abc import Callable
from functools import partial

import flet as ft

from clienteling.actions.contact import resume_contact, stop_contact
from clienteling.context import Tablet, use_session, use_tablet, use_words
from clienteling.queries.contact import Contact, load_contact
from clienteling.state import is_manager
from clienteling.theme import C, S
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, keyed, use_box, use_once, use_query
from clienteling.ui.parts import button, card, columns, error_panel, field, heading, point, soft, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.skeletons import form_skeleton
from clienteling.ui.parts.stops import BY_STAFF, stop_lines
from clienteling.ui.reach import Acts
from clienteling.ui.screens.withheld import Withheld
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.customer import Consent
from sync.model.outreach import Direction, Message, MessageState
from sync.policy.consent import stopped

LONGEST = 500
_WAITS = (MessageState.QUEUED, MessageState.SENDING)
Act = Callable[..., None]


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
        return frame(title, form_skeleton(1, choices=2), back=back, scroll=True)

    def write(words: str) -> None:
        held.current = words
        show(words)

    contact = query.value
    stop = stopped(contact.facts.consents)
    act: Act = partial(start, stop_contact if stop is None else resume_contact, tablet, contact.facts.customer.id)
    parts = [
        _form(tablet, _, contact, stop, said, lambda: held.current, write, act),
        card(*_follows(_, contact, stop), title=_("What follows from it")),
    ]
    if session.width >= S.WIDE_FROM:
        body: ft.Control = columns(*parts, shares=(3, 2))
    else:
        body = ft.Column(parts, spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return frame(title, body, back=back, scroll=True)


def _form(
    tablet: Tablet,
    _: Words,
    contact: Contact,
    stop: Consent | None,
    said: str,
    latest: Callable[[], str],
    write: Callable[[str], None],
    act: Act,
) -> ft.Control:
    """One field for one sentence: why it begins where nothing stands, by what word it ends where `stop` does."""
    customer, roomy = contact.facts.customer, tablet.session.width >= S.SLIM_BELOW
    alone = stop is not None and stop.source == BY_STAFF and is_manager(tablet.staff)

    def go() -> None:
        if alone or latest().strip():
            act(latest()) if stop is None else act(stop.id, latest())

    if stop is None:
        reasons = [_("At the customer's own wish"), _("Out of consideration for circumstances"), _("After a complaint")]
        above = [text(_("Why?"), bold=True), choices([(one, one) for one in reasons], [said], write)]
        label, below = _("Reason, for whoever reads this later") if roomy else _("Reason"), []
        done, icon = _("Leave in peace"), ft.Icons.NOTIFICATIONS_OFF_OUTLINED
    else:
        lines = [*stop_lines(_, stop), keyed(stop.id, Withheld, stop)]
        above = [card(*lines, title=_("Left in peace"), tone="caution", padding=14, spacing=4)]
        label, below = _("What the customer said") if roomy else _("What was said"), [soft(_rule(_, stop, alone=alone))]
        done, icon = _("Write again"), ft.Icons.NOTIFICATIONS_NONE
    said_there = field(
        label,
        value=said,
        multiline=True,
        min_lines=2,
        max_lines=5,
        max_length=LONGEST,
        on_change=lambda event: write(event.control.value or ""),
    )
    buttons = _go(_, tablet, customer.id, done, go, ready=alone or bool(said.strip()), icon=icon)
    return card(heading(_.honour(customer.name)), *above, said_there, *below, buttons, spacing=S.GAP)


def _rule(_: Words, stop: Consent, *, alone: bool) -> str:
    if alone:
        return _("As a manager you can end it without the customer's word too.")
    if stop.source == BY_STAFF:
        return _("The customer's own word is needed here; a manager can end it without.")
    return _("The customer has stopped it: only the customer's own word opens it again.")


def _follows(_: Words, contact: Contact, stop: Consent | None) -> list[ft.Control]:
    if stop is not None:
        return [
            point(
                _(
                    "Only what the customer had agreed to before is open again; channels that were closed one by one stay closed."
                )
            ),
            point(_("Messages that were cancelled do not go after all.")),
            point(_("Who ended it, when, and by what word is kept.")),
        ]
    waiting = [one for one in contact.facts.messages if one.direction is Direction.OUT and one.state in _WAITS]
    return [
        point(
            _("Nothing is sent any more: no message by LINE, mail, SMS or the app, not even an answer, from no shop.")
        ),
        point(_("Speaking in the shop, appointments and purchases go on as before.")),
        point(
            _(
                "It can be taken back for 3 seconds. After that a manager ends it, or the customer's own word, written down."
            )
        ),
        *_cancelled(_, waiting),
    ]


def _cancelled(_: Words, waiting: list[Message]) -> list[ft.Control]:
    if not waiting:
        return [point(_("No message is waiting to be sent."))]
    rows: list[ft.Control] = [
        soft(
            _("{channel:channel}: {what}, {at:datetime}", channel=one.channel, what=_.code("cause", one.cause), at=one.send_after or one.at)
        )
        for one in waiting
    ]  # fmt: skip
    said = _("{n} messages that wait are cancelled, and say why:", n=len(waiting))
    return [point(said, tone=C.ACCENT), ft.Container(ft.Column(rows, spacing=2), padding=ft.Padding.only(left=20))]


def _go(
    _: Words, tablet: Tablet, customer_id: str, label: str, act: Callable[[], None], *, ready: bool, icon: ft.IconData
) -> ft.Control:
    return Acts(
        button(label, act, kind="filled", icon=icon, disabled=not ready),
        button(_("Cancel"), lambda: tablet.go(f"/customers/{customer_id}"), kind="plain"),
    )
