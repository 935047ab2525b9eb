"""Whose records changed, gathered until it is time to think about them."""

from collections.abc import Set

MANY = 50
"""More customers than this are an import under way: thinking about them meanwhile would be done again a moment later."""
QUIET = 4
"""For so many ticks in a row nobody new comes before an import counts as over: it pauses between files."""
PATIENCE = 600
"""For so many ticks in a row (five minutes, at two a second) those of an import wait for its end."""


class Touched:
    """A few are thought about at once; many wait until nobody new comes, or patience ends."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._waited = self._quiet = 0

    def take(self, fresh: Set[str]) -> list[str]:
        """Add those of this tick; return whom to think about now, sorted, and forget them."""
        self._ids |= fresh
        self._quiet = 0 if fresh else self._quiet + 1
        if len(self._ids) > MANY and self._quiet < QUIET and self._waited < PATIENCE:
            self._waited += 1
            return []
        taken = sorted(self._ids)
        self.clear()
        return taken

    def clear(self) -> None:
        """Forget everybody: all customers are being thought about."""
        self._ids.clear()
        self._waited = self._quiet = 0
