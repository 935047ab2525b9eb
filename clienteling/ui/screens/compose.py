"""A message: words, what the brand guide says of them, whether and when it may go and why, and what she will see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from clienteling.actions.outreach import queue_message
from clienteling.context import Tablet, use_session, use_tablet, use_words
from clienteling.queries.compose import (
    Offer,
    Writer,
    fill,
    findings,
    follow_up_for,
    offers,
    ways,
)
from clienteling.queries.contact import Contact, load_contact
from clienteling.theme import C, S
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, use_box, use_query
from clienteling.ui.parts import button, card, empty_state, error_panel, field, skeleton, soft, tappable, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.product_picker import ProductPicker
from clienteling.ui.screens.compose_gate import blocked, gate_panel, guide_chips
from clienteling.ui.screens.compose_preview import preview_card
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.catalogue import Product
from sync.model.customer import Channel
from sync.model.outreach import Cause
from sync.policy.gate import ChannelChoice
from sync.policy.playbook import load_playbook

MOST_PRODUCTS = 2


@dataclass(frozen=True)
class Writing:
    """What the screen holds while somebody writes."""

    cause: Cause | None = None
    channel: Channel | None = None
    template: str = ""
    subject: str = ""
    body: str = ""
    products: tuple[Product, ...] = ()
    edited: bool = False
    """Typed by hand: another product or channel then leaves the words alone."""


@component
def Compose(customer_id: str, cause: str = "", follow_up: str = "", **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, again = use_query(
        lambda: load_contact(tablet.device.cache, customer_id, directory.shop, now, directory.zone), [customer_id]
    )
    writing, show = ft.use_state(Writing())
    held = use_box(writing)  # keys may come faster than renders, so handlers read this
    back = f"/customers/{customer_id}"
    use_view(query.value.facts.customer.id if query.value else None, "follow_up" if follow_up else "link")
    if query.error is not None and query.value is None:
        return frame(_("Message"), error_panel(_, again), back=back)
    if query.value is None or directory.shop is None:
        return frame(_("Message"), skeleton(120, 3), back=back)
    contact = query.value
    writer = Writer(
        tablet.staff, directory.shop, contact.retailer, contact.colleagues, now, directory.zone, load_playbook()
    )
    offered = offers(contact.facts, writer)
    if not offered:
        return frame(_("Message"), _no_template(_, tablet, contact), back=back)
    shown = writing if writing.cause else begin(contact, offered, writer, cause)
    offer = next((one for one in offered if one.cause is shown.cause), offered[0])
    choice = ways(contact.facts, offer.cause, writer)
    way = next((one for one in choice if one.channel is shown.channel), choice[0])

    def write(value: Writing) -> None:
        held.current = value
        show(value)

    def latest() -> Writing:
        return held.current if held.current.cause else shown

    def change(**parts: Any) -> None:
        write(replace(latest(), **parts))

    def choose(code: str) -> None:
        write(begin(contact, offered, writer, code))

    def through(code: str) -> None:
        write(refill(replace(latest(), channel=Channel(code)), offer, contact, writer))

    def attach(products: list[Product]) -> None:
        write(refill(replace(latest(), products=tuple(products)), offer, contact, writer))

    wide = session.width >= S.WIDE_FROM
    reasons: list[ft.Control] = (
        [_reason_row(_, one, one.cause is offer.cause, choose) for one in offered]
        if wide
        else [
            choices([(one.cause.value, _.code("cause", one.cause)) for one in offered], [offer.cause.value], choose),
            *([soft(_.reason(offer.proposal.evidence))] if offer.proposal else []),
        ]
    )
    left = card(
        *reasons,
        ft.Container(height=4),
        text(_("Products to speak of, at most {n}", n=MOST_PRODUCTS), bold=True),
        ProductPicker(list(shown.products), contact.products, MOST_PRODUCTS, attach),
        title=_("Why are you writing?"),
        scroll=wide,
    )
    middle = _editor(tablet, _, contact, writer, offer, shown, choice, way, change, through, latest, follow_up)
    right = preview_card(_, contact, writer, shown.channel or way.channel, shown.subject, shown.body, scroll=wide)
    if wide:
        left.width, middle.expand, right.width = 290, True, 330
        body = ft.Row(
            [left, middle, right], spacing=S.GAP, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH
        )
        return frame(_("Message"), body, back=back)
    stacked = ft.Column([left, middle, right], spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return frame(_("Message"), stacked, back=back, scroll=True)


def begin(contact: Contact, offered: Sequence[Offer], writer: Writer, cause: str) -> Writing:
    """Start with the asked-for cause, or the strongest one; the channel is the best the gate leaves open."""
    offer = next((one for one in offered if one.cause == cause), offered[0])
    choice = ways(contact.facts, offer.cause, writer)
    fitting = [one for one in choice if offer.template(one.channel)]
    way = (fitting or choice)[0]
    if offer.proposal and offer.proposal.channel and any(one.channel is offer.proposal.channel for one in fitting):
        way = next(one for one in fitting if one.channel is offer.proposal.channel)
    return refill(Writing(offer.cause, way.channel), offer, contact, writer)


def refill(writing: Writing, offer: Offer, contact: Contact, writer: Writer) -> Writing:
    """Fill the template of the channel, unless somebody has already typed."""
    assert writing.channel is not None
    template = offer.template(writing.channel)
    if writing.edited or template is None:
        return writing
    subject, body = fill(template, contact.facts, writing.products, writer)
    return replace(writing, template=template.name, subject=subject, body=body)


def _reason_row(_: Words, offer: Offer, lit: bool, choose: Callable[[str], None]) -> ft.Control:
    title = _.code("cause", offer.cause)
    why = _.reason(offer.proposal.evidence) if offer.proposal else ""
    return tappable(
        ft.Column([text(title, bold=True), *([soft(why, lines=2)] if why else [])], spacing=2),
        title,
        lambda: choose(offer.cause.value),
        selected=lit,
        bgcolor=C.PRIMARY_SOFT if lit else None,
        padding=12,
    )


def _no_template(_: Words, tablet: Tablet, contact: Contact) -> ft.Control:
    return empty_state(
        _("No template in her language"),
        _(
            "She reads {language}. Write only if you can, or ask a colleague.",
            language=_.code("language", contact.facts.customer.language),
        ),
        button(_("Back"), lambda: tablet.go(f"/customers/{contact.facts.customer.id}")),
        icon=ft.Icons.TRANSLATE,
    )


def _editor(
    tablet: Tablet,
    _: Words,
    contact: Contact,
    writer: Writer,
    offer: Offer,
    shown: Writing,
    choice: Sequence[ChannelChoice],
    way: ChannelChoice,
    change: Callable[..., None],
    through: Callable[[str], None],
    latest: Callable[[], Writing],
    follow_up: str,
) -> ft.Container:
    customer = contact.facts.customer
    said = findings(shown.body, way.channel, contact, writer)
    may_send = writer.staff is not None and writer.staff.may_send
    stop = blocked(said) or not way.decision.allowed
    answered = contact.last_reply if offer.cause is Cause.REPLY else None

    def send() -> None:
        words = latest()
        task = follow_up_for(contact.facts, offer.cause, follow_up or None)
        tablet.run(
            queue_message,
            tablet,
            customer.id,
            channel=way.channel,
            cause=offer.cause,
            subject=words.subject if way.channel is Channel.EMAIL else "",
            body=words.body,
            product_ids=[one.id for one in words.products],
            template=words.template,
            follow_up_id=task.id if task else None,
            in_reply_to=answered.id if answered else None,
        )

    later = way.decision.send_after
    label = _("Ask for approval") if not may_send else _("Send at {at:datetime}", at=later) if later else _("Send")
    name = tablet.pulse.directory.staff_name(writer.staff, _.language) if writer.staff else ""
    return card(
        *(
            [card(soft(answered.body, lines=4), title=_("Her last message"), tone="primary", padding=14)]
            if answered
            else []
        ),
        choices(
            [(one.channel.value, _.code("channel", one.channel)) for one in choice],
            [way.channel.value],
            through,
        ),
        *(
            [
                field(
                    _("Subject"),
                    value=shown.subject,
                    max_length=200,
                    key="subject",  # keys: else the words' field turns into this one when the channel changes
                    on_change=lambda event: change(subject=event.control.value or "", edited=True),
                )
            ]
            if way.channel is Channel.EMAIL
            else []
        ),
        field(
            _("Words of the message"),
            value=shown.body,
            key="body",
            multiline=True,
            min_lines=8,
            max_lines=8,
            on_change=lambda event: change(body=event.control.value or "", edited=True),
        ),
        guide_chips(_, said, shown.body, way.channel, contact, writer),
        gate_panel(_, way.decision, may_send=may_send),
        title=_("To {name}", name=_.honour(customer.name)),
        aside=_("In the name of {name}", name=name),
        scroll=tablet.session.width >= S.WIDE_FROM,
        spacing=12,
        foot=ft.Row(
            [button(label, send, kind="filled", icon=ft.Icons.SEND, disabled=stop)],
            alignment=ft.MainAxisAlignment.END,
        ),
    )
