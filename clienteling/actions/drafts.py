"""What somebody has begun to write on this tablet: in which form it is kept, and reading it again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from clienteling.context import Tablet

T = TypeVar("T")


@dataclass(frozen=True)
class Form(Generic[T]):
    """How a screen's draft is kept: in which form, which of them, and where it is shown again."""

    shape: TypeAdapter[T]
    may: Callable[[T], bool]
    """Whether this one may lie on the disk; another is held in memory, for this session alone."""


def begun(tablet: Tablet, place: tuple[str, str], form: Form[T]) -> T | None:
    """Return what was begun at a place (whose, and what), in this session or on this device."""
    if (here := tablet.drafts.get(place)) is not None:
        return cast("T", here)
    kept = tablet.device.drafts.get(*place, tablet.now())
    try:
        return form.shape.validate_json(kept.words) if kept is not None else None
    except ValidationError:  # of another version of this program
        return None
