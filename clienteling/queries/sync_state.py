"""What waits on this tablet, and what the server did not accept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clienteling.device import Device
from sync.client.types import RefusedCommand, Transfer
from sync.model.customer import Customer


@dataclass(frozen=True)
class Told:
    """One command that a person should look at, with the customer it was about."""

    command: RefusedCommand
    customer: Customer | None


@dataclass(frozen=True)
class SyncState:
    online: bool
    last_synced_at: datetime | None
    waiting: int
    oldest_waiting_at: datetime | None
    messages: tuple[str, ...]
    transfer: Transfer | None
    refused: tuple[Told, ...]
    notices: tuple[Told, ...]


def load_sync_state(device: Device) -> SyncState:
    """Read the state of sync with names; blocks for milliseconds."""
    status = device.status()
    return SyncState(
        status.online,
        status.last_synced_at,
        status.waiting + status.held,
        status.oldest_waiting_at,
        status.messages,
        status.transfer,
        _told(device, status.refused),
        _told(device, status.notices),
    )


def _told(device: Device, commands: Sequence[RefusedCommand]) -> tuple[Told, ...]:
    told = []
    for command in commands:
        found = device.cache.record("customer", command.customer_id) if command.customer_id else None
        told.append(Told(command, found if isinstance(found, Customer) else None))
    return tuple(told)
