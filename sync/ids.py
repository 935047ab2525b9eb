"""Identifiers: UUIDv7 where a record is born, UUIDv5 where another system bore it."""

from collections.abc import Callable
from hashlib import sha1
from uuid import UUID

from uuid6 import uuid7

NewId = Callable[[], str]
"""A source of fresh ids; injected, so that a simulator can replay a run."""

_IMPORTED = UUID("8a6e0e3a-6a52-5d3c-9b0e-3f4c1e6b7d21")


def new_id() -> str:
    """Return a fresh UUIDv7 as text; ids made later sort later."""
    return str(uuid7())


def imported_id(kind: str, external_id: str) -> str:
    """Return the stable id of a record that another system named, so that importing it twice makes one record.

    `kind` is the record kind ("shop", "order", ...) and `external_id` the other system's own name for it.
    """
    return _named(f"{kind}:{external_id}")


def derived_id(*parts: str) -> str:
    """Return the stable id of something that follows from other records, e.g. the follow-up of one visit."""
    return _named("\x1f".join(("derived", *parts)))


def _named(name: str) -> str:
    """Return `str(uuid5(_IMPORTED, name))` (RFC 9562, 5.5) without making objects of it: imports ask by the 100,000."""
    digest = sha1(_IMPORTED.bytes + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"
