"""What she bought, and what staff and she said: the two histories of the profile."""

from datetime import timedelta

import flet as ft

from clienteling.queries.profile import Profile as View
from clienteling.queries.timeline import Entry
from clienteling.theme import T
from clienteling.ui.component import keyed
from clienteling.ui.parts import chip, divided, empty_state, freshness, soft, timeline_row
from clienteling.ui.parts.figures import money
from clienteling.ui.parts.messages import local_chip, message_state_chip, message_way
from clienteling.ui.screens.attachments import Attachments
from clienteling.ui.screens.profile_conversation import ConversationOf
from clienteling.ui.screens.withheld import Withheld
from clienteling.words import Words
from sync.model.outreach import Message, MessageState

MOST_ENTRIES = 40
_EXPLAINED = {MessageState.FAILED, MessageState.BLOCKED, MessageState.UNKNOWN, MessageState.CANCELLED}
PLANNED = timedelta(minutes=1)
"""Later than this after it was written, a message waits for a time of its own."""


def history(_: Words, view: View, *, online: bool) -> ft.Control:
    """Meetings, messages and purchases, newest first."""
    if not view.timeline:
        return empty_state(_("Nothing yet"), _("Your first note begins the story."), icon=ft.Icons.HISTORY)
    shown = view.timeline[:MOST_ENTRIES]
    rows = divided([_row(_, entry, local=entry.id in view.unanswered, online=online) for entry in shown])
    if len(view.timeline) > len(shown):
        rows.append(soft(_("{n} older entries are not shown", n=len(view.timeline) - len(shown)), size=T.SMALL))
    if view.facts.messages or view.facts.customer.conversation is not None:
        rows.insert(0, keyed(f"conversation:{view.facts.customer.id}", ConversationOf, view))
    rows.append(freshness(_, view.as_of, _("History")))
    return ft.Column(rows, spacing=10)


def _row(_: Words, entry: Entry, *, local: bool, online: bool) -> ft.Control:
    title = _.code("timeline", entry.what)
    detail = entry.text
    why = ""
    way: list[str] = []
    badges: list[ft.Control] = []
    if entry.what in {"order", "refund"} and entry.amount is not None:
        title = f"{title} {_.money(entry.amount)}"
        detail = _("{what} · {shop:name}", what=entry.text, shop=entry.shop_id)
    elif entry.what == "web":
        detail = _("{categories:category}", categories=list(entry.categories)) if entry.categories else ""
    elif entry.what == "visit":
        detail = (
            _("{shop:name} · {staff:name}", shop=entry.shop_id, staff=entry.staff_id)
            if entry.staff_id
            else _("{shop:name}", shop=entry.shop_id)
        )
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
        elif entry.message.reason:  # it asks us to stop, or may
            why = _.reason(entry.message.reason)
    if local:
        badges.insert(0, local_chip(_, online=online))
    came = entry.message.attachments if entry.message is not None else ()
    below = keyed(entry.id, Attachments, came) if came else None
    if entry.note is not None and entry.note.confidential:
        badges.insert(0, chip(_("Confidential"), "caution"))
        below = None if local else keyed(entry.id, Withheld, entry.note)
    return timeline_row(_.tiny_date(entry.at), title, detail, *badges, why=why, way=way, below=below)


def _why(_: Words, message: Message) -> str:
    """Why a message did not go, was taken back or may not have come, or when one that waits will go."""
    if message.state in _EXPLAINED and message.reason:
        return _.reason(message.reason)
    if message.state is MessageState.QUEUED and message.send_after and message.send_after > message.at + PLANNED:
        return _("It waits until {at:datetime}", at=message.send_after)
    return ""


def purchases(_: Words, view: View) -> ft.Control:
    """Her orders, newest first, with shop and pieces."""
    if not view.orders:
        return empty_state(_("No purchases yet"), icon=ft.Icons.SHOPPING_BAG_OUTLINED)
    rows: list[ft.Control] = []
    for order in view.orders[:30]:
        lines = "\n".join(
            f"{line.name} {_.money(line.price)}" + (f" × {line.quantity}" if line.quantity > 1 else "")
            for line in order.lines
        )
        badge = chip(_("Returned"), "caution") if order.refunded else money(_, order.total, strong=True)
        rows.append(timeline_row(_.tiny_date(order.at), _("{shop:name}", shop=order.shop_id), lines, badge))
    return ft.Column([*divided(rows), freshness(_, view.as_of, _("Purchases"))], spacing=10)
