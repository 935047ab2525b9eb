"""The device client: cache, outbox, keys and the loop that keeps them in step with the server."""

from sync.client.cache import Cache
from sync.client.client import Client
from sync.client.loop import SyncReport
from sync.client.types import (
    DeviceApi,
    Identification,
    IdentifyOutcome,
    PinOutcome,
    PinResult,
    RefusedCommand,
    SyncStatus,
)

__all__ = [
    "Cache",
    "Client",
    "DeviceApi",
    "Identification",
    "IdentifyOutcome",
    "PinOutcome",
    "PinResult",
    "RefusedCommand",
    "SyncReport",
    "SyncStatus",
]
