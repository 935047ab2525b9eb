"""What the changes of one transaction add to the digests of their scopes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sync.server.feed import Change


class Written(NamedTuple):
    """A record that this transaction wrote or removed: its tag now, and how it stood in which scopes before."""

    tag: int | None
    """None where it was removed."""
    old_tag: int | None
    """None where there was none."""
    scopes: frozenset[str]
    """Those that held it before."""


def counted(said: Iterable[Change], written: Mapping[tuple[str, str], Written]) -> Sequence[Change]:
    """Return the changes, in their order, each with its deltas.

    A change of a record that was not written is one of its scope only (she entered, or left): its deltas are set already.
    """
    held: dict[tuple[str, str, str], int | None] = {}
    out = []
    for change in said:
        own = written.get((change.kind, change.record_id))
        if own is None:
            out.append(change)
            continue
        place = (change.scope, change.kind, change.record_id)
        old = held.get(place, own.old_tag if change.scope in own.scopes else None)
        new = held[place] = None if change.deleted else own.tag
        n_delta = (new is not None) - (old is not None)
        out.append(Change(*change[:5], n_delta, (new or 0) - (old or 0)))
    return out
