"""The browsers of a shop host: each has a session of its own, which a manager lets in and may end.

A browser is known by a random cookie of 256 bits, of which `device.db` keeps only the SHA-256. Who has none is given one by
`clienteling.web`. Docs: decision 0022.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import structlog

from sync.client.device import Device
from sync.clock import Clock, micros, moment
from sync.ids import NewId

log = structlog.get_logger(__name__)

COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 random bits in URL-safe base64."""
MOST_WAITING: Final = 50
"""Whoever reaches the page can make rows; the oldest that nobody let in go first."""
LONGEST_NAME: Final = 60


class BrowserState(StrEnum):
    WAITING = "waiting"
    ADMITTED = "admitted"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Browser:
    """One browser, as a manager sees it."""

    id: str
    name: str
    state: BrowserState
    first_seen_at: datetime
    last_seen_at: datetime
    staff_id: str | None = None
    """Who is signed in there."""
    battery: int | None = None
    decided_by: str | None = None
    """The manager who let it in or turned it out; None where nobody had to."""


def new_cookie() -> str:
    """Return a value for a browser that has none."""
    return secrets.token_urlsafe(32)


class Browsers:
    """With `free`, every new browser is let in; a revoked one never is, but by a manager."""

    def __init__(self, device: Device, clock: Clock, new_id: NewId, *, free: bool) -> None:
        self._device, self._clock, self._new_id, self._free = device, clock, new_id, free

    def seat(self, cookie: str, name: str) -> Browser | None:
        """Return the browser that has this cookie, known or new; None for what cannot be one of ours."""
        if not COOKIE.fullmatch(cookie):
            return None
        digest, now = hashlib.sha256(cookie.encode()).hexdigest(), micros(self._clock())
        with self._device.transaction() as conn:
            known = conn.execute("UPDATE browser SET last_seen_at = ? WHERE digest = ?", (now, digest)).rowcount
            if not known:
                state = BrowserState.ADMITTED if self._free else BrowserState.WAITING
                conn.execute(
                    "INSERT INTO browser (id, digest, name, state, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?)",
                    (self._new_id(), digest, name[:LONGEST_NAME], state, now, now),
                )
                conn.execute(
                    "DELETE FROM browser WHERE state = 'waiting' AND id NOT IN ("
                    "SELECT id FROM browser WHERE state = 'waiting' ORDER BY first_seen_at DESC, id DESC LIMIT ?)",
                    (MOST_WAITING,),
                )
        found = self._read("WHERE digest = ?", digest)
        return found[0] if found else None

    def is_admitted(self, browser_id: str, *, enrolled: bool) -> bool:
        """Say whether a browser may show what is on this device.

        On a host that has joined its shop and about which nobody has decided yet, the first browser that asks is let in.
        """
        if enrolled:
            with self._device.transaction() as conn:
                conn.execute(
                    "UPDATE browser SET state = 'admitted', decided_at = ? WHERE id = ? AND state = 'waiting'"
                    " AND NOT EXISTS (SELECT 1 FROM browser WHERE state != 'waiting')",
                    (micros(self._clock()), browser_id),
                )
        found = self._read("WHERE id = ?", browser_id)
        return bool(found) and found[0].state is BrowserState.ADMITTED

    def all(self) -> list[Browser]:
        """Return every browser: those let in, those that wait, those turned out; each group by when it was last seen."""
        order = {BrowserState.ADMITTED: 0, BrowserState.WAITING: 1, BrowserState.REVOKED: 2}
        return sorted(self._read(""), key=lambda one: (order[one.state], -one.last_seen_at.timestamp()))

    def admit(self, browser_id: str, by: str | None) -> None:
        """Let a browser in, on a manager's word or (None) by whoever enrolled this device from it."""
        self._decide(browser_id, BrowserState.ADMITTED, by)

    def revoke(self, browser_id: str, by: str) -> None:
        """Turn a browser out. Until a manager lets it in again it shows nothing."""
        self._decide(browser_id, BrowserState.REVOKED, by)

    def note(self, browser_id: str, *, staff_id: str | None, battery: int | None = None) -> None:
        """Note who is signed in there now, and that it is in use."""
        with self._device.transaction() as conn:
            conn.execute(
                "UPDATE browser SET staff_id = ?, last_seen_at = ?, battery = coalesce(?, battery) WHERE id = ?",
                (staff_id, micros(self._clock()), battery, browser_id),
            )

    def _decide(self, browser_id: str, state: BrowserState, by: str | None) -> None:
        with self._device.transaction() as conn:
            conn.execute(
                "UPDATE browser SET state = ?, decided_by = ?, decided_at = ?, staff_id = NULL WHERE id = ?",
                (state, by, micros(self._clock()), browser_id),
            )
        log.info("browser_decided", browser=browser_id, state=state, by=by)

    def _read(self, where: str, *parameters: str) -> list[Browser]:
        columns = "id, name, state, first_seen_at, last_seen_at, staff_id, battery, decided_by"
        rows = self._device.rows(f"SELECT {columns} FROM browser {where}", *parameters)  # noqa: S608 - our own words  # nosec B608
        return [
            Browser(row[0], row[1], BrowserState(row[2]), moment(row[3]), moment(row[4]), row[5], row[6], row[7])
            for row in rows
        ]
