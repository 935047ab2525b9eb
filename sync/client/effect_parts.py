"""What effects of commands are made with."""

from collections.abc import Callable
from typing import Any, TypeVar

from sync.model.base import Record

Read = Callable[[str, str], Record | None]
"""Returns the record of a kind and id as it stands, or None."""

R = TypeVar("R", bound=Record)


def get(read: Read, cls: type[R], record_id: str | None) -> R | None:
    """Return a record as it stands, or None where it is not here."""
    found = read(cls.kind, record_id) if record_id else None
    return found if isinstance(found, cls) else None


def with_(record: R, **changed: Any) -> R:
    """Return a record with other values."""
    return record.model_copy(update=changed)
