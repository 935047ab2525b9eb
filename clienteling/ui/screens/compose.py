"""A message: words, what the brand guide says of them, whether and when it may go and why, and what she will see."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import flet as ft
from pydantic import TypeAdapter

from clienteling.actions.drafts import Form
from clienteling.actions.outreach import message_draft
from clienteling.context import Tablet, use_session, use_tablet, use_words
from clienteling.queries.compose import Offer, Writer, offers, sent_back, ways
from clienteling.queries.contact import Contact
from clienteling.queries.letter import load_letter
from clienteling.queries.sender import sender
from clienteling.routes import message_route
from clienteling.theme import C, S, T
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, use_once, use_query
from clienteling.ui.drafts import use_kept_draft
from clienteling.ui.parts import button, card, complaint_chip, empty_state, error_panel, soft, stack, tappable, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.product_picker import ProductPicker
from clienteling.ui.parts.skeletons import columns_skeleton
from clienteling.ui.screens.compose_editor import editor
from clienteling.ui.screens.compose_preview import preview_card
from clienteling.ui.screens.compose_state import Writing, begin, refill, renamed_words, resume
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.catalogue import Product
from sync.model.customer import Channel
from sync.model.outreach import Voice
from sync.policy.pause import paused_for
from sync.policy.slips import complaint_in_hand
from sync.policy.whose import in_charge
from sync.policy.words import templates

MOST_PRODUCTS = 4

FORM = Form(TypeAdapter(Writing), may=lambda one: one.edited)
"""What a template has filled in is nobody's work yet."""

LEFT, RIGHT = 290, 330
"""Widths of the outer columns, where there are three."""


@component
def Compose(customer_id: str, cause: str = "", follow_up: str = "", message: str = "", **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    kept = use_kept_draft(
        message_draft(customer_id),
        customer_id,
        Writing(),
        FORM,
        message_route(customer_id),
        fits=lambda one: (
            (not cause or one.cause == cause)
            and (not message or one.message_id == message)
            and (not follow_up or one.follow_up_id in ("", follow_up))
        ),
    )
    writing, held, write = kept.draft, kept.held, kept.write
    chosen = tuple(one.id for one in writing.products)
    query, again = use_query(
        lambda: load_letter(
            tablet.device.cache, customer_id, directory.shop, now, directory.zone, directory.playbook, chosen
        ),
        [customer_id, chosen],
    )
    shifts, _reread = use_query(lambda: tuple(tablet.device.cache.shifts()), [])
    start = use_once()
    back = f"/customers/{customer_id}"
    use_view(query.value.contact.facts.customer.id if query.value else None, "follow_up" if follow_up else "link")
    if query.error is not None and query.value is None:
        return frame(_("Message"), error_panel(_, again), back=back)
    if query.value is None or directory.shop is None:
        return frame(_("Message"), columns_skeleton(session.width, (LEFT, 0), (0, 1), (RIGHT, 0)), back=back)
    letter, contact = query.value, query.value.contact
    writer = Writer(
        tablet.staff,
        directory.shop,
        contact.retailer,
        contact.colleagues,
        now,
        directory.zone,
        directory.playbook,
        in_charge(contact.facts.customer, directory.staff.values(), directory.shop.id),
    )
    returned = sent_back(
        contact.facts, session.staff_id, message_id=message or writing.message_id, follow_up_id=follow_up
    )
    offered = offers(contact.facts, writer, returned)
    if not offered:
        return frame(_("Message"), _nothing_to_write(_, tablet, contact), back=back)
    asked = next((one.cause.value for one in contact.facts.follow_ups if one.id == follow_up), "")
    new = begin(contact, offered, writer, cause or asked, follow_up_id=follow_up)
    fresh = resume(returned, contact) if returned is not None else new
    causes = {one.cause for one in offered}
    shown = writing if writing.cause in causes else fresh
    offer = next((one for one in offered if one.cause is shown.cause), offered[0])
    choice = ways(
        contact.facts, offer.cause, writer, voice=shown.voice, follow_up_id=follow_up or None, body=shown.body
    )
    way = next((one for one in choice if one.channel is shown.channel), choice[0])

    def latest() -> Writing:
        return held.current if held.current.cause in causes else shown

    def change(**parts: Any) -> None:
        write(replace(latest(), **parts))

    def choose(code: str) -> None:
        write(begin(contact, offered, writer, code, latest().voice, follow_up))

    def current(words: Writing) -> Offer:
        return next((one for one in offered if one.cause is words.cause), offered[0])

    def through(code: str) -> None:
        words = replace(latest(), channel=Channel(code))
        write(refill(words, current(words), contact, writer))

    def name_it(code: str) -> None:
        words = replace(latest(), voice=Voice(code))
        write(refill(words, current(words), contact, writer))

    def rename() -> None:
        write(renamed_words(latest(), contact, writer))

    def attach(products: list[Product]) -> None:
        words = replace(latest(), products=tuple(products))
        write(refill(words, current(words), contact, writer))

    wide = session.width >= S.WIDE_FROM
    reasons = _reasons(_, offered, offer, choose) if wide else _reason_chips(_, offered, offer, choose)
    mention = _("Products to mention (up to {n})", n=MOST_PRODUCTS)
    picker = ProductPicker(list(shown.products), contact.products, MOST_PRODUCTS, attach)
    names = sender(
        contact.facts,
        writer,
        directory.staff.values(),
        shifts.value or (),
        offer.cause,
        way.channel,
        shown.voice,
        way.decision.send_after,
    )
    middle, foot = editor(
        tablet,
        _,
        letter,
        writer,
        offer,
        shown,
        choice,
        way,
        change,
        through,
        latest,
        start,
        follow_up,
        returned,
        names,
        name_it,
        rename,
        kept.let_go if shown.edited else None,
    )
    voice = writer.speaking(offer.cause, shown.voice)
    stop = paused_for(contact.pauses, shown.template, directory.shop, now)
    right = preview_card(_, contact, voice, shown.channel or way.channel, shown, scroll=wide, paused=stop)
    why = _("Why are you writing?")
    if wide:
        left = card(*reasons, ft.Container(height=4), text(mention, bold=True), picker, title=why, scroll=True)
        left.width, middle.expand, right.width = LEFT, True, RIGHT
        body = ft.Row(
            [left, middle, right], spacing=S.GAP, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH
        )
        return frame(_("Message"), body, back=back)
    # one below the other, the words come first: whether they may go is then seen without scrolling
    parts = [card(*reasons, title=why), middle, card(picker, title=mention), right]
    return frame(_("Message"), stack(parts), back=back, scroll=True, foot=foot)


def _reasons(_: Words, offered: Sequence[Offer], lit: Offer, choose: Callable[[str], None]) -> list[ft.Control]:
    """Every reason on a line of its own; those for which nothing can be sent stand below, and say why not."""
    open_, closed = [one for one in offered if one.refusal is None], [one for one in offered if one.refusal is not None]
    return [
        *(_reason_row(_, one, one is lit, choose) for one in open_),
        *([soft(_("Cannot be sent now"), size=T.SMALL)] if closed else []),
        *(_reason_row(_, one, one is lit, choose) for one in closed),
    ]


def _reason_row(_: Words, offer: Offer, lit: bool, choose: Callable[[str], None]) -> ft.Control:
    title, said = _.code("cause", offer.cause), offer.refusal or offer.evidence
    off = offer.refusal is not None
    why = _.reason(said) if said is not None else ""
    name = text(title, bold=not off or lit, color=C.INK_SOFT if off else C.INK, expand=True)
    icon = [ft.Icon(ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, size=16, color=C.INK_SOFT)] if off else []
    return tappable(
        ft.Column(
            [ft.Row([*icon, name], spacing=6), *([soft(why, lines=None if off else 2)] if why else [])], spacing=2
        ),
        title,
        lambda: choose(offer.cause.value),
        selected=lit,
        bgcolor=C.PRIMARY_SOFT if lit else None,
        padding=12,
    )


def _reason_chips(_: Words, offered: Sequence[Offer], lit: Offer, choose: Callable[[str], None]) -> list[ft.Control]:
    """The same in a row of chips, with the words of the chosen one below."""
    said = lit.refusal or lit.evidence
    row = choices(
        [(one.cause.value, _.code("cause", one.cause)) for one in offered],
        [lit.cause.value],
        choose,
        faded=[one.cause.value for one in offered if one.refusal is not None],
    )
    return [row, *([soft(_.reason(said))] if said is not None else [])]


def _nothing_to_write(_: Words, tablet: Tablet, contact: Contact) -> ft.Control:
    handled = complaint_chip(_, complaint_in_hand(contact.facts.slips))
    if templates(contact.facts.customer.language):
        return empty_state(
            _("No reason to write today"),
            _("A visit, a purchase, a booking or an answer gives one. It then stands here, and in the follow-ups."),
            *([handled] if handled is not None else []),
            button(_("Back"), lambda: tablet.go(f"/customers/{contact.facts.customer.id}")),
            icon=ft.Icons.MARK_CHAT_READ_OUTLINED,
        )
    return empty_state(
        _("No template in the customer's language"),
        _(
            "The customer reads {language}. Write only if you can, or ask a colleague.",
            language=_.code("language", contact.facts.customer.language),
        ),
        button(_("Back"), lambda: tablet.go(f"/customers/{contact.facts.customer.id}")),
        icon=ft.Icons.TRANSLATE,
    )
