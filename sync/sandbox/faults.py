"""Faults that a test or a curious reader can order from the stand-ins: the next N requests then go wrong."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from sync.errors import BadField

Provider = Literal["line", "twilio", "smtp", "fcm"]
PROVIDERS: tuple[Provider, ...] = ("line", "twilio", "smtp", "fcm")


class Fault(StrEnum):
    """How a request goes wrong. By mail: 429 is a 451 (try again), 500 is a 554 (refused for good)."""

    THROTTLED = "429"
    BROKEN = "500"
    TIMEOUT_BEFORE = "timeout_before"
    """No answer comes, and nothing was accepted."""
    TIMEOUT_AFTER = "timeout_after"
    """No answer comes, although the message was accepted."""


@dataclass(frozen=True)
class Ordered:
    fault: Fault
    seconds: float = 60.0
    """How long a request that times out hangs before the connection is given up."""
    retry_after: int | None = None
    """With THROTTLED: the seconds that `Retry-After` asks for; mail has no such header."""


class Faults:
    """Which faults are still ordered, per provider, first ordered first."""

    def __init__(self) -> None:
        self._waiting: dict[Provider, deque[Ordered]] = {provider: deque() for provider in PROVIDERS}

    def order(self, provider: str, fault: str, times: int = 1, seconds: float = 60.0) -> None:
        """Let the next `times` requests to the provider go wrong; raise BadField for a name that is not known."""
        if provider not in self._waiting:
            raise BadField(f"provider is {provider!r}; allowed are {', '.join(PROVIDERS)}.", field="provider")
        if fault not in list(Fault):
            raise BadField(f"fault is {fault!r}; allowed are {', '.join(Fault)}.", field="fault")
        if not 1 <= times <= 10_000 or not 0 <= seconds <= 600:
            raise BadField("times is allowed from 1 to 10000 and seconds from 0 to 600.", field="times")
        self._waiting[provider].extend([Ordered(Fault(fault), seconds)] * times)

    def take(self, provider: Provider) -> Ordered | None:
        """Return the fault for this request, once, or None where it goes well."""
        queue = self._waiting[provider]
        return queue.popleft() if queue else None

    def clear(self) -> None:
        for queue in self._waiting.values():
            queue.clear()

    def waiting(self) -> dict[str, list[str]]:
        """Return what is still ordered, per provider."""
        return {provider: [item.fault.value for item in queue] for provider, queue in self._waiting.items()}


def order_from(faults: Faults, body: dict[str, Any]) -> None:
    """Take an order as `POST /demo/faults` gets it: provider, fault, times (1), seconds (60)."""
    try:
        times, seconds = int(body.get("times", 1)), float(body.get("seconds", 60.0))
    except (TypeError, ValueError) as error:
        raise BadField("times and seconds are numbers.", field="times") from error
    faults.order(str(body.get("provider")), str(body.get("fault")), times, seconds)
