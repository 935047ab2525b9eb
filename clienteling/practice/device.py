# ruff: noqa: ARG002 - the shape of the real one
"""The tablet in practice: it looks like the real one, keeps what is done in memory, and sends nothing.

It holds no way to the real outbox: a command goes into this object's own list and nowhere else. Of the real device it asks
only what speaks of no customer: whether a PIN or a badge is right, the goods, their pictures.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from clienteling.device import Device
from clienteling.practice.cache import PracticeCache
from clienteling.practice.day import day
from clienteling.practice.people import CODE, people
from sync.client.drafts import Drafts
from sync.client.outbox import Pending
from sync.client.types import Identification, IdentifyOutcome, PinResult, StockEverywhere, SyncStatus
from sync.clock import Clock
from sync.errors import NotAllowed, NotFound
from sync.ids import NewId
from sync.model.commands import AnyCommand
from sync.protocol import CustomerHit


def _not_here(*_args: object, **_more: object) -> NoReturn:
    raise NotAllowed("Practice reaches nothing outside this tablet.", reason="practice")


class _Closed:
    """What a manager does from here: nothing of it, in practice."""

    def __getattr__(self, _name: str) -> Callable[..., NoReturn]:
        return _not_here


class PracticeDevice:
    """Has the shape of `clienteling.device.Device`."""

    def __init__(self, real: Device, staff_id: str, clock: Clock, new_id: NewId, changed: Callable[[], None]) -> None:
        self.real = real
        here = real.shop_id or ""
        variant = next((one.id for one in real.cache.records("variant")), "")
        other = next((one.id for one in real.cache.shops() if one.id != here), "")
        work = day(clock(), here, staff_id, variant_id=variant, other_shop_id=other)
        self.cache: Any = PracticeCache(real.cache, [*people(clock(), here, staff_id), *work])
        self.done: list[AnyCommand] = []
        """What was done, in order."""
        self.managing: Any = _Closed()
        self.drafts = Drafts(None)
        self.browsers = real.browsers
        self.server_url, self.serial, self.device_id = real.server_url, real.serial, real.device_id
        self.enrolled, self.shop_id = real.enrolled, real.shop_id
        self._clock, self._new_id, self._changed = clock, new_id, changed
        self._since: datetime = clock()

    enrol = unlock_pin = fetch_attachment = fetch_access = reveal = own_phone_link = line_link = staticmethod(_not_here)

    def note_battery(self, percent: int | None) -> None:
        self.real.note_battery(percent)

    def status(self) -> SyncStatus:
        return SyncStatus(online=True, last_synced_at=self._since, waiting=0, held=0)

    def submit(self, command: AnyCommand, staff_id: str | None, hold_seconds: float = 0.0) -> str:
        pending = Pending(id=self._new_id(), staff_id=staff_id, device_time=self._clock(), command=command)
        self.done.append(command)
        self.cache.overlay.put(pending)
        self._changed()
        return pending.id

    def recall(self, command_id: str) -> bool:
        self.cache.overlay.drop(command_id)
        self._changed()
        return True

    def dismiss_refused(self, command_id: str) -> None:
        """There are none."""

    def identify(self, text: str, *, staff_id: str = "") -> Identification:
        if text.strip().upper() == CODE:
            return Identification(IdentifyOutcome.FOUND, "practice-1", by_code=True)
        found = [one.id for one in self.cache.search_customers(text) if one.member_number == text.strip()]
        return Identification(IdentifyOutcome.FOUND, found[0]) if found else Identification(IdentifyOutcome.NOT_A_CODE)

    def check_pin(self, staff_id: str, pin: str) -> PinResult:
        return self.real.check_pin(staff_id, pin)

    def badge_fits(self, staff_id: str, code: str) -> bool:
        return self.real.badge_fits(staff_id, code)

    def search_beyond(self, text: str, limit: int = 20, *, staff_id: str = "") -> Sequence[CustomerHit]:
        return []

    def fetch_customer(self, customer_id: str, *, staff_id: str = "") -> NoReturn:
        raise NotFound()

    def fetch_stock(self, product_id: str) -> StockEverywhere:
        found: StockEverywhere = self.cache.stock_everywhere(product_id, self.shop_id)
        return found

    def fetch_picture(self, path: str) -> Path | None:
        return self.real.fetch_picture(path)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        return lambda: None
