"""Whose records changed, gathered until it is time to think about them."""

from collections.abc import Set

MANY = 50
"""More customers than this are an import under way: thinking about them meanwhile would be done again a moment later."""
PATIENCE = 600
"""For so many ticks in a row (five minutes, at two a second) those of an import wait for its end."""


class Touched:
    """A few are thought about at once; many wait until nobody new comes, or patience ends.

    Nobody new comes once it has been quiet for more than twice as long as in the longest pause so far: a busy machine
    takes an import in with long pauses.
    """

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._waited, self._quiet, self._longest = 0, 0, 1

    def take(self, fresh: Set[str]) -> list[str]:
        """Add those of this tick; return whom to think about now, sorted, and forget them."""
        self._ids |= fresh
        if fresh:
            self._longest, self._quiet = max(self._longest, self._quiet), 0
        else:
            self._quiet += 1
        if len(self._ids) > MANY and self._quiet <= 2 * self._longest and self._waited < PATIENCE:
            self._waited += 1
            return []
        taken = sorted(self._ids)
        self.clear()
        return taken

    def clear(self) -> None:
        """Forget everybody: all customers are being thought about."""
        self._ids.clear()
        self._waited, self._quiet, self._longest = 0, 0, 1
