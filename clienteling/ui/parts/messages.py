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


def message_state_chip(_: Words, message: Message, *, local: bool = False) -> ft.Control:
    """The state as a chip; `local` while the server has not heard of it yet."""
    if local:
        return chip(_("Saved here, waiting for the network"), "caution")
    return chip(_.code("message_state", message.state), _TONES[message.state])
