"""What the sync is doing, in terms a person understands."""

import threading
from datetime import timedelta

from sync.client.cache import Cache
from sync.client.outbox import Outbox
from sync.client.server_clock import WARN_AFTER, ServerClock
from sync.client.types import SyncStatus, Transfer
from sync.errors import ClientelingError


class Health:
    """How the last contact with the server went."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.online = False
        self.error_code = ""
        self.rebuilding = False

    def rebuild(self) -> None:
        """The cache was set aside and is being built anew."""
        self.rebuilding = True

    def met(self, error: ClientelingError | None) -> bool:
        """Take note of a contact; return whether that changed anything."""
        with self._lock:
            before = (self.online, self.error_code)
            # a server that answers with a refusal is there, save for `unavailable` and `offline`
            self.online = error is None or error.code not in {"offline", "unavailable", "error"}
            self.error_code = error.code if error is not None else ""
            return before != (self.online, self.error_code)


def status_of(
    cache: Cache,
    outbox: Outbox,
    clock: ServerClock,
    health: Health,
    *,
    enrolled: bool,
    revoked: bool = False,
    lease: str = "",
    stuck: bool = False,
    transfer: Transfer | None = None,
) -> SyncStatus:
    """Put the status together from what is on the disk and how the last contact went."""
    counts = outbox.counts(clock())
    position = cache.position()
    first_sync = enrolled and position.synced_at is None
    total = position.total or 0
    messages = []
    if not enrolled:
        messages.append("not_enrolled")
    if revoked or health.error_code == "device_revoked":
        messages.append("revoked")
    if lease:
        messages.append(lease)
    if health.error_code == "wrong_protocol":
        messages.append("update_needed")
    if health.error_code in {"not_signed_in", "bad_proof"}:
        messages.append("enrol_again")
    if first_sync:
        messages.append("first_sync")
    if cache.damaged or (first_sync and health.rebuilding):
        messages.append("rebuilding")
    if stuck:
        messages.append("no_progress")
    if abs(clock.skew) > WARN_AFTER:
        messages.append("clock_skew")
    if clock.may_have_drifted():
        messages.append("clock_drift")
    if not enrolled and outbox.count_handed_over():
        messages.append("unsent_handed_over")
    if outbox.unreadable:
        messages.append("unsent_unreadable")
    return SyncStatus(
        online=health.online,
        last_synced_at=position.synced_at,
        waiting=counts.waiting,
        held=counts.held,
        refused=outbox.refused(),
        notices=outbox.notices(),
        progress=(min(position.done, total), total) if first_sync and total else None,
        transfer=transfer,
        skew_seconds=clock.skew / timedelta(seconds=1),
        messages=tuple(messages),
        oldest_waiting_at=counts.oldest,
    )
