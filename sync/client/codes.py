"""Which membership codes were used on this device; only their digests are kept."""

from datetime import datetime, timedelta

from sync.client.device import Device
from sync.clock import micros

_KEEP = timedelta(days=2)


class UsedCodes:
    def __init__(self, device: Device) -> None:
        self._device = device

    def use(self, digest: str, at: datetime) -> bool:
        """Note a code as used. Return False when the server has said that another device used it too."""
        with self._device.transaction() as conn:
            conn.execute("INSERT OR IGNORE INTO used_code VALUES (?, ?, 0)", (digest, micros(at)))
            return not conn.execute("SELECT replayed FROM used_code WHERE digest = ?", (digest,)).fetchone()[0]

    def is_replayed(self, digest: str) -> bool:
        return bool(self._device.rows("SELECT 1 FROM used_code WHERE digest = ? AND replayed = 1", digest))

    def replayed(self, digest: str) -> None:
        """The server has seen this code on another device."""
        with self._device.transaction() as conn:
            conn.execute("UPDATE used_code SET replayed = 1 WHERE digest = ?", (digest,))

    def forget(self, now: datetime) -> None:
        """Drop what expired long ago; such a code is turned away by its own time."""
        if self._device.rows("SELECT 1 FROM used_code WHERE at < ? LIMIT 1", micros(now - _KEEP)):
            with self._device.transaction() as conn:
                conn.execute("DELETE FROM used_code WHERE at < ?", (micros(now - _KEEP),))
