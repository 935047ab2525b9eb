"""Where in the server's feed a file of records stands."""

from sync.model.base import Frozen, Instant
from sync.sealed.rows import checked, with_checksum


class Position(Frozen):
    """Where in the server's feed the cache stands."""

    epoch: str | None = None
    cursor: int = 0
    done: int = 0
    """Rows taken in so far on the first sync."""
    total: int | None = None
    """About how many rows the first sync has in all; None once it is complete."""
    synced_at: Instant | None = None
    """Server time of the last complete pull; None during the first sync."""

    def stored(self) -> str:
        """Return the form in which it lies in `meta`."""
        return with_checksum(self.model_dump_json())

    @classmethod
    def read(cls, stored: str) -> "Position":
        """Return what `stored` was made of. Raises ValueError where it is not that any more."""
        return cls.model_validate_json(checked(stored))
