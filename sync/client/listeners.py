"""Who wants to hear that records or the status have changed."""

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)


class Listeners:
    """One that fails keeps none of the others from hearing it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._each: dict[int, Callable[[], None]] = {}

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back, from whatever thread, when records or the status have changed. Return what ends that."""
        with self._lock:
            token = max(self._each, default=0) + 1
            self._each[token] = callback
        return lambda: self._each.pop(token, None) and None

    def notify(self) -> None:
        """Tell all of them, in this thread."""
        with self._lock:
            each = list(self._each.values())
        for listener in each:
            try:
                listener()
            except Exception:
                log.exception("listener_failed")
