"""When a screen is covered, how one comes back to it, and when one has to sign in anew. Pure: time is given.

After two minutes without a touch the screen is covered. The same person comes back by badge within fifteen minutes of that
touch, by PIN after them. Twelve hours after the sign-in nothing but a sign-in helps (NIST SP 800-63B-4, 2.2.3 allows at
most a day with an hour of inactivity; ASVS 5.0 7.3.1 and 7.3.2 ask for both limits; PCI DSS 8.2.8 for the fifteen minutes).
"""

from dataclasses import dataclass
from enum import StrEnum

CALL_AT_MOST = 2 * 3600.0
"""Seconds for which a call that nobody ended still counts as one: longer than any consultation."""


class Due(StrEnum):
    NOTHING = "nothing"
    COVER = "cover"
    SIGN_OUT = "sign_out"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, as `sync.settings.TabletSettings` has them."""

    cover: float = 2 * 60
    badge: float = 15 * 60
    session: float = 12 * 3600


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of the person at a tablet, in seconds of a steady clock."""

    signed_in_at: float
    active_at: float
    """The last touch on an uncovered screen."""
    call_since: float | None = None
    """When a video call was entered that has not been ended."""


def due(presence: Presence, now: float, limits: Limits) -> Due:
    """Return what has to happen. During a call nothing does: the customer is on the screen, and hands are elsewhere."""
    if in_call(presence, now):
        return Due.NOTHING
    if now - presence.signed_in_at >= limits.session:
        return Due.SIGN_OUT
    return Due.COVER if now - presence.active_at >= limits.cover else Due.NOTHING


def next_look(presence: Presence, now: float, limits: Limits) -> float:
    """Return in how many seconds something may be due, at least a tenth of one."""
    return max(0.1, min(presence.active_at + limits.cover, presence.signed_in_at + limits.session) - now)


def badge_opens(presence: Presence, now: float, limits: Limits) -> bool:
    """Return whether the badge is still enough to come back."""
    return now - presence.active_at < limits.badge


def in_call(presence: Presence, now: float) -> bool:
    """Return whether a call is going on."""
    return presence.call_since is not None and now - presence.call_since < CALL_AT_MOST
