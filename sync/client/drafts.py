"""Notes and messages that somebody has begun and not sent: the device's own, like unsent work, and sealed with its own key.

They are held in memory too, so that a screen reads and writes them at once; `flush` puts what has changed on the disk.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import structlog

from sync.client.device import Device
from sync.sealed.vault import Unsealable

log = structlog.get_logger(__name__)

Place = tuple[str, str]
"""Whose it is (staff id), and what of (`note <customer id>`)."""


@dataclass(frozen=True)
class Draft:
    """One draft. `words` are the screen's own form of it."""

    staff_id: str
    key: str
    customer_id: str
    begun_at: datetime
    until: datetime
    """Closing time of the day on which it was begun: nobody's words lie here over night."""
    words: str
    given_by: str = ""
    """The command that gave it to a colleague: nobody is shown it, and it comes back should the command be refused."""

    @property
    def place(self) -> Place:
        return self.staff_id, f"{self.key} {self.given_by}".rstrip()


class Drafts:
    """Every draft of this device. Without a device (in practice) nothing of them reaches a disk."""

    def __init__(self, device: Device | None) -> None:
        self._device = device
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._changed: set[Place] = set()
        self._held: dict[Place, Draft] = {}
        for row_id, sealed in device.rows("SELECT id, sealed FROM draft") if device is not None else ():
            if (found := _opened(device, row_id, sealed)) is not None:
                self._held[found.place] = found

    # -- by screens: none of these blocks

    def get(self, staff_id: str, key: str, now: datetime) -> Draft | None:
        """Return a draft that has not come to its end."""
        with self._lock:
            found = self._held.get((staff_id, key))
        return found if found is not None and now < found.until else None

    def of(self, staff_id: str, now: datetime) -> list[Draft]:
        """Return everything that this person has begun here."""
        with self._lock:
            held = self._held.values()
            return [one for one in held if one.staff_id == staff_id and now < one.until and not one.given_by]

    def put(self, draft: Draft) -> None:
        """Keep a draft as it is now. One that goes on keeps when it was begun, and so its end."""
        with self._lock:
            before = self._held.get(draft.place)
            if before is not None and draft.begun_at < before.until:
                draft = replace(draft, begun_at=before.begun_at, until=before.until)
            self._keep(draft)

    def drop(self, staff_id: str, key: str) -> Draft | None:
        """Let a draft go; return what it was."""
        with self._lock:
            return self._drop((staff_id, key))

    def give(self, staff_id: str, key: str, command_id: str) -> None:
        """A draft went to a colleague with a command, and is its writer's no more."""
        with self._lock:
            if (found := self._drop((staff_id, key))) is not None:
                self._keep(replace(found, given_by=command_id))

    def take_back(self, command_id: str) -> None:
        """The command came to nothing: its draft is its writer's again, unless another was begun meanwhile."""
        with self._lock:
            for one in [each for each in self._held.values() if each.given_by == command_id]:
                if (one.staff_id, one.key) not in self._held:
                    self._drop(one.place)
                    self._keep(replace(one, given_by=""))

    # -- on the disk

    @property
    def changed(self) -> bool:
        """Whether there is anything for `flush` to do."""
        return bool(self._changed)

    def flush(self) -> None:
        """Put on the disk what has changed. Where it cannot be written it is held in memory, and tried again."""
        with self._writing:
            with self._lock:
                changed, self._changed = self._changed, set()
                now_held = {place: self._held.get(place) for place in changed}
            if self._device is None or not changed:
                return
            try:
                with self._device.transaction() as conn:
                    for place, draft in now_held.items():
                        if draft is None:
                            conn.execute("DELETE FROM draft WHERE id = ?", (_row(place),))
                        else:
                            sealed = _sealed(self._device, draft)
                            conn.execute("INSERT OR REPLACE INTO draft VALUES (?, ?)", (_row(place), sealed))
                if None in now_held.values():  # the journal has them still
                    self._device.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:
                log.warning("drafts_not_kept", why=type(error).__name__)
                with self._lock:
                    self._changed |= changed

    def end(self, places: Iterable[Place]) -> None:
        """These have come to their end."""
        with self._lock:
            for place in places:
                self._drop(place)
        self.flush()

    def clear(self) -> None:
        """Leave none, in memory or on the disk."""
        self.end([one.place for one in self.all()])
        if self._device is not None:  # also those that could not be opened
            with self._writing, self._device.transaction() as conn:
                conn.execute("DELETE FROM draft")

    def all(self) -> list[Draft]:
        """Return every draft, whosever it is."""
        with self._lock:
            return list(self._held.values())

    def _keep(self, draft: Draft) -> None:
        self._held[draft.place] = draft
        self._changed.add(draft.place)

    def _drop(self, place: Place) -> Draft | None:
        found = self._held.pop(place, None)
        if found is not None:
            self._changed.add(place)
        return found


def _row(place: Place) -> str:
    """Say nothing of whom or what it is."""
    return sha256(" ".join(place).encode()).hexdigest()


def _sealed(device: Device, draft: Draft) -> bytes:
    plain = {**vars(draft), "begun_at": draft.begun_at.isoformat(), "until": draft.until.isoformat()}
    return device.vault.seal("draft", _row(draft.place), json.dumps(plain, ensure_ascii=False).encode())


def _opened(device: Device | None, row_id: str, sealed: bytes) -> Draft | None:
    try:
        plain = json.loads(device.vault.open("draft", row_id, sealed)) if device is not None else {}
        begun_at, until = datetime.fromisoformat(plain.pop("begun_at")), datetime.fromisoformat(plain.pop("until"))
        return Draft(**plain, begun_at=begun_at, until=until)
    except (Unsealable, ValueError, TypeError, KeyError):
        log.error("draft_unreadable")
        return None
