"""Whether sending is paused for a message: by head office for everything, a region, a shop or a template, or by the manager
of the shop. A pause holds every purpose, answers too: it is for when something is wrong with what goes out."""

from collections.abc import Iterable
from datetime import datetime

from sync.model.outreach import Message
from sync.model.shop import Pause, PauseScope, Shop


def active(pauses: Iterable[Pause], now: datetime) -> list[Pause]:
    """Return the pauses that hold at `now`, the longest-standing first."""
    holding = (one for one in pauses if one.since <= now and (one.ended_at is None or now < one.ended_at))
    return sorted(holding, key=lambda one: (one.since, one.id))


def paused(pauses: Iterable[Pause], message: Message, shop: Shop, now: datetime) -> Pause | None:
    """Return the longest-standing pause that holds a message of this shop at `now`, or None."""
    return paused_for(pauses, message.template, shop, now)


def paused_for(pauses: Iterable[Pause], template: str, shop: Shop, now: datetime) -> Pause | None:
    """Return what `paused` would for a message made of this template (empty for one of none)."""
    return next((one for one in active(pauses, now) if _names(one, template, shop)), None)


def concerning(pauses: Iterable[Pause], shop: Shop, now: datetime) -> list[Pause]:
    """Return what holds at `now` of all that a shop may send, the longest-standing first: a template's pause is everybody's."""
    return [one for one in active(pauses, now) if one.scope is PauseScope.TEMPLATE or _names(one, "", shop)]


def _names(pause: Pause, template: str, shop: Shop) -> bool:
    match pause.scope:
        case PauseScope.ALL:
            return True
        case PauseScope.REGION:
            return bool(shop.region) and shop.region == pause.value
        case PauseScope.SHOP:
            return shop.id == pause.value
        case PauseScope.TEMPLATE:
            return bool(template) and template == pause.value
