"""With whom a customer came: as codes of what they are to each other, one of each, in the order in which it is said."""

from collections.abc import Iterable

from sync.model.commands_visits import Companion
from sync.model.customer import Visit


def in_order(codes: Iterable[str]) -> tuple[Companion, ...]:
    """Return the companions that we know a word for, each once."""
    said = set(codes)
    return tuple(one for one in Companion if one.value in said)


def toggled(codes: Iterable[str], tapped: Companion) -> tuple[Companion, ...]:
    """Return the companions with one more, or with one less where she was noted already."""
    return in_order({one.value for one in in_order(codes)} ^ {tapped.value})


def came_with(visit: Visit, companions: Iterable[Companion]) -> Visit:
    """Return the visit with this list in place of an earlier one."""
    return visit.model_copy(update={"companions": tuple(one.value for one in in_order(companions))})


def with_whom_last(visits: Iterable[Visit], before: Visit) -> Visit | None:
    """Return the last visit before this one, where it is noted with whom she came; None where she came by herself then."""
    earlier = (one for one in visits if one.id != before.id and one.at < before.at)
    last = max(earlier, key=lambda one: (one.at, one.id), default=None)
    return last if last is not None and in_order(last.companions) else None
