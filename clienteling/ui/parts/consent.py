"""By which way a customer is reached, and whether that was agreed to."""

from typing import Any, Final

import flet as ft

from clienteling.ui.parts.base import Tone, chip
from clienteling.words import Words
from sync.model.customer import Channel

_ICONS: Final[dict[Channel, Any]] = {
    Channel.LINE: ft.Icons.CHAT_BUBBLE_OUTLINE,
    Channel.SMS: ft.Icons.SMS_OUTLINED,
    Channel.EMAIL: ft.Icons.MAIL_OUTLINED,
    Channel.APP: ft.Icons.PHONE_IPHONE,
}
_TONES: Final[dict[str, Tone]] = {"granted": "good", "refused": "accent", "unasked": "plain"}


def channel_chip(_: Words, channel: Channel, tone: Tone = "plain") -> ft.Control:
    """The name of a channel, with its picture."""
    return chip(_.code("channel", channel), tone, icon=_ICONS.get(channel, ft.Icons.SEND_OUTLINED))


def consent_badge(_: Words, consent: str, channel: Channel | None = None, *, preferred: bool = False) -> ft.Control:
    """Whether something was agreed to: `granted`, `refused` or `unasked`; for one channel, and whether it is the preferred
    one, where those are given."""
    state, tone = _.code("consent", consent), _TONES.get(consent, "plain")
    if channel is None:
        return chip(state, tone)
    name = _.code("channel", channel)
    if preferred and consent != "refused":  # what she does not want any more is no preference
        return chip(_("{channel} preferred · {state}", channel=name, state=state), tone, icon=ft.Icons.FAVORITE_BORDER)
    return chip(f"{name} · {state}", tone)
