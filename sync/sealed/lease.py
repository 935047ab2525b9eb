"""What both sides must say alike of a lease: its length where nobody said, and what a wrapped key is bound to."""

from datetime import timedelta

LEASE = timedelta(hours=72)
"""How long a device may hold a scope's key without a contact: shops close for a day, or two."""
WIPE_AFTER = timedelta(days=30)
"""Without a contact for so long, the sealed cache goes too."""

KEY_USE = "scope-key"
WORK_USE = "unsent-work"
"""Bound to the command's id."""


def key_bound(scope: str, version: int, device_id: str) -> str:
    """Return what the wrapped key of a scope is bound to."""
    return f"{scope}|{version}|{device_id}"
