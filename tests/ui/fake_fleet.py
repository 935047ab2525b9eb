"""The manager's side of a device in memory: what the server says of devices, and the browsers of a shop host."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sync.client.browsers import Browser, BrowserState
from sync.client.types import PinOutcome, PinResult
from sync.errors import ClientelingError, Conflict, NotFound
from sync.model.fleet import Decided, Fleet, FleetDevice, NewCode, Quarantined, Unsent, UnsentWork
from sync.model.outreach import Reason
from tests.ui.sample import GINZA, MINORU, MISAKI, NOW, PINS

CODE = "ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ23-4567"


def device(id: str, name: str, **more: object) -> FleetDevice:  # noqa: A002
    fields = {"shop_id": GINZA, "enrolled_at": NOW - timedelta(days=40), "seen_at": NOW, "synced_at": NOW, "unsent": 0}
    return FleetDevice.model_validate({"id": id, "name": name, "version": "1.4.0", **fields, **more})


DEVICES = (
    device("device-1", "レジ横", battery=82, serial="DMPX-2207"),
    device("device-2", "2階 試着室", unsent=3, oldest_unsent_at=NOW - timedelta(hours=5), battery=12,
           seen_at=NOW - timedelta(days=2), synced_at=NOW - timedelta(days=2), version="1.3.2"),
    device("device-3", "店舗ホスト", unsent=None, synced_at=None, version=""),
    device("device-4", "入口", revoked_at=NOW - timedelta(days=3)),
)  # fmt: skip

LEFT = "device-4"
"""The device that is out of use and handed something in."""


def unsent(number: int, type: str, **more: object) -> Unsent:  # noqa: A002
    given = {"staff_id": MISAKI, "customer_id": "cust-1", "done_at": NOW - timedelta(days=3, hours=2)}
    fields = {"command_id": f"command-{number}", "type": type, "received_at": NOW - timedelta(hours=1)}
    return Unsent.model_validate({**fields, **given, **more})


UNSENT = (
    unsent(1, "log_interaction", text="来月のご旅行に向けて、軽いコートをお探しです。", codes={"feeling": "happy"}),
    unsent(2, "queue_message", customer_id="cust-2", subject="先日のご来店の御礼", text="またのお越しをお待ちしております。",
           codes={"channel": "email", "cause": "after_visit"}, products=2),
    unsent(3, "check_in", codes={"source": "scan"}),
    Unsent(command_id="command-4", received_at=NOW - timedelta(hours=1)),
)  # fmt: skip


@dataclass
class FakeBrowsers:
    """Browsers by id."""

    kept: dict[str, Browser] = field(default_factory=dict)

    def put(self, id: str, name: str, state: BrowserState, staff_id: str | None = None) -> None:  # noqa: A002
        self.kept[id] = Browser(id, name, state, NOW - timedelta(days=9), NOW - timedelta(minutes=4), staff_id)

    def seat(self, cookie: str, name: str) -> Browser | None:
        self.put(cookie, name, BrowserState.ADMITTED)
        return self.kept[cookie]

    def is_admitted(self, browser_id: str, *, enrolled: bool) -> bool:
        return enrolled and self.kept[browser_id].state is BrowserState.ADMITTED

    def admit(self, browser_id: str, by: str | None) -> None:
        self.kept[browser_id] = replace(self.kept[browser_id], state=BrowserState.ADMITTED, decided_by=by)

    def revoke(self, browser_id: str, by: str) -> None:
        self.kept[browser_id] = replace(self.kept[browser_id], state=BrowserState.REVOKED, decided_by=by, staff_id=None)

    def note(self, browser_id: str, *, staff_id: str | None, battery: int | None = None) -> None:
        if browser_id in self.kept:
            self.kept[browser_id] = replace(self.kept[browser_id], staff_id=staff_id)


@dataclass
class FakeManaging:
    """Answers as `sync.client.managing.Managing`; `trouble` is raised instead of what needs the server."""

    seats: FakeBrowsers
    devices: list[FleetDevice] = field(default_factory=lambda: list(DEVICES))
    trouble: ClientelingError | None = None
    asked: int = 0
    codes: list[tuple[str, str]] = field(default_factory=list)
    unsent: list[Unsent] = field(default_factory=list)
    refusing: Reason | None = None
    """Why the rules of commands refuse whatever is accepted."""
    said: list[tuple[str, bool]] = field(default_factory=list)

    def new_code(self, staff_id: str, name: str = "") -> NewCode:
        self._server()
        self.codes.append((staff_id, name))
        code = CODE if len(self.codes) == 1 else CODE.replace("A", "B", 1)
        return NewCode(code=code, shop_id=GINZA, expires_at=NOW + timedelta(minutes=10), server_time=NOW)

    def fleet(self, staff_id: str) -> Fleet:
        self.asked += 1
        self._server()
        kept = Quarantined(id="q1", device_id=LEFT, device_name="入口", commands=len(self.unsent), received_at=NOW)
        return Fleet(devices=tuple(self.devices), quarantined=(kept,) if self.unsent else (), server_time=NOW)

    def revoke_device(self, device_id: str, staff_id: str) -> None:
        self._server()
        found = next((one for one in self.devices if one.id == device_id and one.revoked_at is None), None)
        if found is None:
            raise NotFound()
        self.devices.remove(found)
        self.devices.append(found.model_copy(update={"revoked_at": NOW}))

    def unsent_work(self, device_id: str, staff_id: str) -> UnsentWork:
        self.asked += 1
        self._server()
        return UnsentWork(device_id=device_id, device_name="入口", entries=tuple(self.unsent), server_time=NOW)

    def decide_unsent(self, device_id: str, command_id: str, staff_id: str, *, accept: bool) -> Decided:
        self._server()
        found = next((one for one in self.unsent if one.command_id == command_id), None)
        if found is None:
            raise Conflict("This was decided already.", state="accepted")
        self.unsent.remove(found)
        self.said.append((command_id, accept))
        if not accept:
            return Decided(state="dismissed")
        return Decided(state="accepted" if self.refusing is None else "refused", reason=self.refusing)

    def browsers(self) -> Sequence[Browser]:
        return list(self.seats.kept.values())

    def admit_browser(self, browser_id: str, manager_id: str, pin: str) -> PinResult:
        if PINS.get(manager_id) != pin or manager_id != MINORU:
            return PinResult(PinOutcome.WRONG, tries_left=4)
        self.seats.admit(browser_id, manager_id)
        return PinResult(PinOutcome.OK)

    def let_browser_in(self, browser_id: str, manager_id: str) -> None:
        self.seats.admit(browser_id, manager_id)

    def revoke_browser(self, browser_id: str, manager_id: str) -> None:
        self.seats.revoke(browser_id, manager_id)

    def _server(self) -> None:
        if self.trouble is not None:
            raise self.trouble
