"""What she bought, and what staff and she said: the two histories of the profile."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flet as ft

from clienteling.actions.visit import flag_gift
from clienteling.context import Tablet, call, use_pulse, use_tablet, use_words
from clienteling.queries.profile import Profile as View
from clienteling.queries.timeline import FILTERS, Entry
from clienteling.theme import C, S, T
from clienteling.ui.component import component, keyed, use_box
from clienteling.ui.parts import button, chip, divided, empty_state, freshness, soft, tappable, text, timeline_row
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.figures import money
from clienteling.ui.parts.messages import local_chip, message_state_chip, message_way
from clienteling.ui.screens.attachments import Attachments
from clienteling.ui.screens.profile_conversation import ConversationOf
from clienteling.ui.screens.withheld import Withheld
from clienteling.words import Words
from sync.model.customer import Order
from sync.model.outreach import Message, MessageState

PAGE = 60
"""Entries that are made at first: some screens' worth."""
STEP = 20
"""Entries that are made more at a time: few enough not to be felt as a stumble while the list moves."""
LARGE = 1.25
"""Letters from which the filters wrap: a line of them that moves sideways would show two."""
AHEAD = 3000
"""Pixels before the end at which more are made."""
BEGINNING = 12
"""Entries on a handheld, where the whole screen scrolls; the rest has a screen of its own."""
_EXPLAINED = {MessageState.FAILED, MessageState.BLOCKED, MessageState.UNKNOWN, MessageState.CANCELLED}
QUOTED = 40
"""Characters of what of hers was answered."""
PLANNED = timedelta(minutes=1)
"""Later than this after it was written, a message waits for a time of its own."""


@component
def History(view: View, fill: bool) -> ft.Control:
    """Everything that happened, newest first, one kind or all. With `fill` the list has a height of its own and draws only
    what is in sight, with more rows made as its end comes near; else it is the beginning, and the way to the whole."""
    tablet, pulse, _ = use_tablet(), use_pulse(), use_words()
    wanted, set_wanted = ft.use_state("")
    made, set_made = ft.use_state(PAGE)
    asked = use_box(PAGE)
    if not view.timeline:
        return empty_state(_("Nothing yet"), _("Your first note begins the story."), icon=ft.Icons.HISTORY)
    there = {entry.what for entry in view.timeline}
    kinds = [(name, _.code("timeline_filter", name)) for name, whats in FILTERS.items() if whats & there]
    entries = [one for one in view.timeline if not wanted or one.what in FILTERS[wanted]]
    shown = entries[: made if fill else BEGINNING]

    def choose(name: str) -> None:
        asked.current = PAGE
        set_made(PAGE)
        set_wanted(name if name != wanted else "")

    def scrolled(event: ft.OnScrollEvent) -> None:
        near = event.max_scroll_extent - event.pixels < AHEAD
        if near and asked.current < len(entries) and asked.current <= made:
            asked.current = made + STEP
            set_made(made + STEP)

    rows: list[ft.Control] = []
    if view.facts.messages or view.facts.customer.conversation is not None:
        rows.append(keyed(f"conversation:{view.facts.customer.id}", ConversationOf, view))
    for entry in shown:
        inside = _row(_, entry, local=entry.id in view.unanswered, online=pulse.online)
        line = ft.Border(bottom=ft.BorderSide(1, C.LINE))
        rows.append(ft.Container(inside, key=entry.id, padding=ft.Padding.only(bottom=10), border=line))
    if not fill and len(entries) > len(shown):
        every = call(tablet.go, f"/customers/{view.facts.customer.id}/timeline")
        rows.append(ft.Row([button(_("The whole history: {n} entries", n=len(entries)), every, icon=ft.Icons.HISTORY)]))
    filters = choices([("", _("All")), *kinds], [wanted], choose, one_line=tablet.session.letters < LARGE)
    as_of = freshness(_, view.as_of, _("History"))
    if not fill:
        return ft.Column([filters, as_of, *rows], spacing=10)
    inner = ft.ListView(rows, spacing=10, expand=True, on_scroll=scrolled, scroll_interval=100, key=f"history:{wanted}")
    return ft.Column([filters, as_of, inner], spacing=10, expand=True)


def _row(_: Words, entry: Entry, *, local: bool, online: bool) -> ft.Control:
    title = _.code("timeline", entry.what)
    detail = entry.text
    why = ""
    way: list[str] = []
    badges: list[ft.Control] = []
    if entry.what in {"order", "refund"} and entry.amount is not None:
        title = f"{title} {_.money(entry.amount)}"
        detail = _("{what} · {shop:name}", what=entry.text, shop=entry.shop_id)
        badges = [chip(_.code("tag", tag)) for tag in entry.tags]
    elif entry.what == "web":
        many = _("{n} looks", n=entry.count)
        what = _("{categories:category}", categories=list(entry.categories)) if entry.categories else ""
        detail = f"{what} · {many}" if what else many
    elif entry.slip is not None:
        title = _(
            "{kind}: {state}", kind=_.code("slip_kind", entry.slip.slip_kind), state=_.code("slip_state", entry.tags[0])
        )
        detail = (
            _("{staff:name}: {text}", staff=entry.staff_id, text=entry.text)
            if entry.text
            else _("{staff:name}", staff=entry.staff_id)
        )
    elif entry.consent is not None:
        channel = _.code("channel", entry.consent.channel) if entry.consent.channel else _("every channel")
        title = _("{what}: {state}", what=title, state=_.code("consent", entry.consent.state))
        detail = (
            f"{channel} · {_.code('purpose', entry.consent.purpose)} · {_.code('consent_source', entry.consent.source)}"
        )
    elif entry.what == "visit":
        detail = (
            _("{shop:name} · {staff:name}", shop=entry.shop_id, staff=entry.staff_id)
            if entry.staff_id
            else _("{shop:name}", shop=entry.shop_id)
        )
        way = [_("Came with: {people:companion}", people=list(entry.companions))] if entry.companions else []
    elif entry.what in {"note", "appointment", "call"} and entry.staff_id:
        said = entry.text or " · ".join(_.code("tag", tag) for tag in entry.tags)
        detail = _("{staff:name}: {text}", staff=entry.staff_id, text=said)
        badges = [chip(_.code("feeling", entry.feeling), "primary")] if entry.feeling else []
        badges += [chip(_.code("tag", tag)) for tag in entry.tags[:3] if entry.text]
    elif entry.what == "elsewhere":
        title = _("{means:channel}: {what}", means=entry.means, what=title)
        detail = _("{tool}: {text}", tool=entry.tool, text=entry.text) if entry.text else entry.tool
    elif entry.message is not None:
        title = _("{channel:channel}: {what}", channel=entry.message.channel, what=title)
        if entry.what == "sent":
            badges = [] if local else [message_state_chip(_, entry.message)]
            why = "" if local else _why(_, entry.message)
            way = [] if local else message_way(_, entry.message)
            if entry.staff_id:
                detail = _("{staff:name}: {text}", staff=entry.staff_id, text=entry.text)
            if entry.answers:
                way = [_("In answer to “{words}”", words=entry.answers[:QUOTED]), *way]
        elif entry.message.reason:  # it asks us to stop, or may
            why = _.reason(entry.message.reason)
    if local:
        badges.insert(0, local_chip(_, online=online))
    came = entry.message.attachments if entry.message is not None else ()
    below = keyed(entry.id, Attachments, came) if came else None
    if entry.note is not None and entry.note.confidential:
        badges.insert(0, chip(_("Confidential"), "caution"))
        below = None if local else keyed(entry.id, Withheld, entry.note)
    return timeline_row(_.column_date(entry.at), title, detail, *badges, why=why, way=way, below=below)


def _why(_: Words, message: Message) -> str:
    """Why a message did not go, was taken back or may not have come, or when one that waits will go."""
    if message.state in _EXPLAINED and message.reason:
        return _.reason(message.reason)
    if message.state is MessageState.QUEUED and message.send_after and message.send_after > message.at + PLANNED:
        return _("It waits until {at:datetime}", at=message.send_after)
    return ""


def purchases(tablet: Tablet, _: Words, view: View) -> ft.Control:
    """Her orders, newest first, with shop and pieces; a tap says which was a gift."""
    if not view.orders:
        return empty_state(_("No purchases yet"), icon=ft.Icons.SHOPPING_BAG_OUTLINED)
    rows: list[ft.Control] = []
    for order in view.orders[:30]:
        badge = chip(_("Returned"), "caution") if order.refunded else money(_, order.total, strong=True)
        where = _("{shop:name}", shop=order.shop_id)
        rows.append(timeline_row(_.column_date(order.at), where, "", badge, below=_lines(tablet, _, order)))
    return ft.Column([*divided(rows), freshness(_, view.as_of, _("Purchases"))], spacing=10)


def _lines(tablet: Tablet, _: Words, order: Order) -> ft.Control:
    """The pieces of an order with their prices; each can be marked as a gift."""
    rows: list[ft.Control] = []
    for line in order.lines:
        many = f" × {line.quantity}" if line.quantity > 1 else ""
        words = ft.Container(soft(f"{line.name} {_.money(line.price)}{many}"), expand=True)
        gift = call(tablet.run, flag_gift, tablet, order, line.variant_id)
        rows.append(words if order.refunded else ft.Row([words, _gift(_, line.name, gift, given=line.gift)]))
    return ft.Column(rows, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _gift(_: Words, name: str, flag: Callable[..., Any], *, given: bool) -> ft.Control:
    """A ribbon to tap: quiet while the piece is the customer's own, filled and in words once it was for somebody else."""
    ink = C.ON_PRIMARY_SOFT if given else C.INK_SOFT
    icon = ft.Icon(ft.Icons.CARD_GIFTCARD, size=20, color=ink)
    return tappable(
        ft.Row([icon, *([text(_("Gift"), size=T.LABEL, color=ink)] if given else [])], spacing=6, tight=True),
        _("Gift: {name}", name=name),
        flag,
        selected=given,
        bgcolor=C.PRIMARY_SOFT if given else None,
        border_radius=S.TOUCH / 2,
        padding=14,
        tooltip=ft.Tooltip(_("Gift: {name}", name=name), exclude_from_semantics=True),
    )
