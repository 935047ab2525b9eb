"""Watches what is answered to devices, from the outside: the service itself knows nothing of it."""

from collections.abc import Sequence
from typing import Any, Protocol

from sync.model.commands import Envelope, Outcome
from sync.protocol import Page, PullRequest, PushAnswer, PushRequest
from sync.server.service import Service


class Meter(Protocol):
    """Counts, or notes on a trace. What it is given holds ids and personal data; what it keeps must not."""

    def pulled(self, request: PullRequest, page: Page) -> None: ...

    def pushed(self, commands: Sequence[Envelope], outcomes: Sequence[Outcome]) -> None: ...

    def snapshot_built(self, seconds: float, whole: bool) -> None:
        """A snapshot was built in the background, or (not `whole`) could not be."""


class Counted(Service):
    """The service, each answer of which is shown to meters."""

    def __init__(self, *given: Any, meters: Sequence[Meter]) -> None:
        super().__init__(*given)
        self._meters = meters

    def pull(self, request: PullRequest) -> Page:
        page = super().pull(request)
        for meter in self._meters:
            meter.pulled(request, page)
        return page

    def push(self, request: PushRequest) -> PushAnswer:
        answer = super().push(request)
        for meter in self._meters:
            meter.pushed(request.commands, answer.outcomes)
        return answer
