"""A message's state, in words that tell local from server: saved here, queued, sent, failed."""

import flet as ft

from clienteling.ui.parts.base import Tone, chip
from clienteling.words import Words
from sync.model.outreach import Message, MessageState

_TONES: dict[MessageState, Tone] = {
    MessageState.AWAITING_APPROVAL: "caution",
    MessageState.RETURNED: "accent",
    MessageState.QUEUED: "primary",
    MessageState.SENDING: "primary",
    MessageState.SENT: "good",
    MessageState.DELIVERED: "good",
    MessageState.FAILED: "error",
    MessageState.UNKNOWN: "caution",
    MessageState.CANCELLED: "plain",
    MessageState.BLOCKED: "accent",
    MessageState.RECEIVED: "good",
}


def local_chip(_: Words, *, online: bool) -> ft.Control:
    """Stands on what the server has not answered for yet: kept here in any case."""
    return chip(_("Saved here, being sent") if online else _("Saved here, waiting for the network"), "caution")


def message_state_chip(_: Words, message: Message) -> ft.Control:
    """How far a message has come, as a chip."""
    if message.opened_at is not None:
        return chip(_("Opened"), "good", icon=ft.Icons.DRAFTS_OUTLINED)
    return chip(_.code("message_state", message.state), _TONES[message.state])


def message_way(_: Words, message: Message) -> list[str]:
    """The stations of a message that went, each with its time, the day only where it is another than the one before (first
    the day on which it was written); empty for one that has not gone."""
    if message.state not in (MessageState.SENT, MessageState.DELIVERED):
        return []
    stations = (
        (message.sent_at, _("Sent {at}")),
        (message.state_at if message.state is MessageState.DELIVERED else None, _("Arrived {at}")),
        (message.opened_at, _("Opened {at}")),
    )
    way: list[str] = []
    before = _.tiny_date(message.at)
    for at, said in stations:
        if at is not None:
            day = _.tiny_date(at)
            words = said.format(at=_.time(at) if day == before else f"{day} {_.time(at)}")
            way.append(f"→ {words}" if way else words)
            before = day
    return way
