"""The device client: one object that screens talk to. Every call blocks; none of them needs the network but where said."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import structlog

from sync.client.address import ServerAddress
from sync.client.beyond import Beyond
from sync.client.browsers import Browsers
from sync.client.cache import Cache
from sync.client.cache_file import Boundary
from sync.client.codes import UsedCodes
from sync.client.convergence import Convergence
from sync.client.device import Device
from sync.client.drafts import Drafts
from sync.client.identify import Identifier
from sync.client.keys import key_file, load_keys
from sync.client.lease import LeaseClock
from sync.client.listeners import Listeners
from sync.client.live import Jitter, Live
from sync.client.loop import SyncLoop, SyncReport
from sync.client.managing import Managing
from sync.client.media import Pictures, images_of
from sync.client.outbox import Outbox, Pending
from sync.client.pins import Pins
from sync.client.remote import HttpRemote
from sync.client.report import Reporter
from sync.client.server_clock import ServerClock
from sync.client.status import Health, status_of
from sync.client.tenure import Tenure
from sync.client.types import DeviceApi, Identification, PinResult, SyncStatus
from sync.client.watchdog import Monotonic, Watchdog
from sync.clock import Clock, steady
from sync.errors import ClientelingError, DeviceRevoked, NotSignedIn
from sync.ids import NewId, new_id
from sync.model.commands import AnyCommand, UnlockPin
from sync.model.customer import Customer
from sync.protocol import Changed, Enrolment, EnrolRequest
from sync.settings import TabletSettings

log = structlog.get_logger(__name__)


class Client:
    """Call `open`, then `start` for the threads (or `sync_once` by hand), at the end `stop` and `close`.

    Everything lies below `settings.data`: `cache.db`, `device.db` and `media/`; the device's own key elsewhere
    (`settings.key_file`). `api` is the server; without one it is reached over HTTP at `settings.server_url`.
    """

    def __init__(
        self,
        settings: TabletSettings,
        clock: Clock,
        *,
        transport: httpx.BaseTransport | None = None,
        new_id: NewId = new_id,
        api: DeviceApi | None = None,
        jitter: Jitter = random.random,
        monotonic: Monotonic = time.monotonic,
        steady: Monotonic = steady,
        boundary: Boundary = lambda _: None,
    ) -> None:
        self._settings = settings
        listeners = Listeners()
        self.subscribe, self._notify = listeners.subscribe, listeners.notify
        self._new_id = new_id
        self._keys = load_keys(key_file(settings))
        self._device = Device(settings.data / "device.db", self._keys.own_key, boundary)
        self._clock = ServerClock(clock, self._device)
        self._outbox, self.drafts = Outbox(self._device), Drafts(self._device)
        self.cache = Cache(settings.data / "cache.db", boundary)
        self._reporter = Reporter(self.cache, self._outbox, self._clock)
        self.browsers = Browsers(self._device, self._clock, new_id, free=settings.new_browsers == "free")
        self._address = ServerAddress(settings, self._device)
        self.watchdog = Watchdog(monotonic, self._hang_up, self._notify)
        moved = self.watchdog.round.moved
        self._api: DeviceApi = api or HttpRemote(
            self._address.url, self._keys, self._clock, new_id, transport=transport, moved=moved, report=self._reporter
        )
        self._health = Health()
        self._codes = UsedCodes(self._device)
        self._pins = Pins(self.cache, self._device, self._clock, steady)
        self._pictures = Pictures(settings.data / "media", self._api.media)
        self.fetch_picture = self._pictures.fetch
        self.managing = Managing(
            self._api,
            cache=self.cache,
            clock=self._clock,
            pins=self._pins,
            browsers=self.browsers,
            shop_id=lambda: self.shop_id,
            changed=self._notify,
        )
        beyond = Beyond(
            self._api,
            cache=self.cache,
            outbox=self._outbox,
            shop_id=lambda: self.shop_id,
            shut=lambda: self.shut,
            changed=self._notify,
        )
        self.search_beyond, self.fetch_customer = beyond.search_beyond, beyond.fetch_customer
        self.fetch_stock, self.fetch_attachment = beyond.fetch_stock, beyond.fetch_attachment
        self.fetch_access = beyond.fetch_access
        self.reveal = beyond.reveal
        self.own_phone_link, self.line_link = beyond.own_phone_link, beyond.line_link
        self._identifier = Identifier(self.cache, self._codes, self._clock, beyond.fetch_by_app, beyond.fetch_by_number)
        self._loop = SyncLoop(
            api=self._api,
            cache=self.cache,
            outbox=self._outbox,
            codes=self._codes,
            convergence=Convergence(self.cache, self._device),
            clock=self._clock,
            changed=self._notify,
            folder=settings.data / "snapshot",
            moved=moved,
            rebuilding=self._health.rebuild,
            begin_history=lambda another: self._tenure.begin_history(another=another),
        )
        self._tenure = Tenure(
            api=self._api,
            device=self._device,
            keys=self._keys,
            cache=self.cache,
            outbox=self._outbox,
            drafts=self.drafts,
            loop=self._loop,
            clock=self._clock,
            lease=LeaseClock(self._device, self._clock, monotonic),
            folder=settings.data / "snapshot",
            changed=self._notify,
        )
        self._jitter = jitter
        self._monotonic = monotonic
        self._live: Live | None = None
        self._enrolment: Enrolment | None = None

    # -- life

    def open(self) -> None:
        """Open the files; what was done before and is not answered yet is shown again."""
        if self.cache.open():
            self._health.rebuilding = True
            self._loop.rebuilt("file")
        enrolment = self._device.enrolment()
        self._tenure.finish_wiping()
        if enrolment is not None and not self._tenure.revoked:
            self._unlock(enrolment)

    def close(self) -> None:
        """Stop, and close the files."""
        self.stop()
        self._api.close()
        self.cache.close()
        self._device.close()

    def start(self) -> None:
        """Sync in the background from now on."""
        if self._live is not None:
            return
        self._live = Live(
            sync_once=self.sync_once,
            events=self._events,
            heard=self._heard,
            next_release=self._outbox.next_release,
            fetch_pictures=self._fetch_pictures,
            clock=self._clock,
            watchdog=self.watchdog,
            jitter=self._jitter,
            monotonic=self._monotonic,
        )
        self._live.start()

    def stop(self) -> None:
        """End syncing in the background; the network connection is closed for good."""
        live, self._live = self._live, None
        if live is not None:
            live.stopping()
            self._api.close()
            live.stop()

    # -- enrolment

    @property
    def enrolled(self) -> bool:
        return self._enrolment is not None

    @property
    def shop_id(self) -> str | None:
        """The shop this device stands in."""
        return self._enrolment.shop_id if self._enrolment is not None else None

    @property
    def device_id(self) -> str | None:
        return self._enrolment.device_id if self._enrolment is not None else None

    @property
    def serial(self) -> str:
        """This device's serial number, where it was told."""
        return self._settings.serial.strip()

    @property
    def server_url(self) -> str:
        """Where the server is."""
        return self._address.url

    def enrol(self, code: str, *, server: str = "", serial: str = "") -> None:
        """Bind this device to a shop with a one-time code. Needs the network; raises what the server said.

        `server` is what the QR code says, empty means the present one; see `ServerAddress.asking`. Work that was not sent is
        carried over to the same shop; for another one it is refused (Conflict), and stays.
        """
        before = self._device.enrolment()
        request = EnrolRequest(
            code=code,
            name=self._settings.device_name,
            serial=serial.strip() or self.serial,
            public_key=self._keys.public_jwk(),
            wrapped=True,
            unsent_of=before.shop_id if before is not None and self._outbox.has_unsent() else None,
        )
        sent_at = self._clock.local()
        with self._address.asking(server, self._api, lambda: self._outbox.counts(self._clock()).waiting):
            enrolment = self._api.enrol(request)
            self._tenure.must_take_its_work(request, enrolment)
        self._clock.observe(enrolment.server_time, sent_at, self._clock.local())
        if before is not None:
            self._api.hang_up()  # what is heard from now on is for the new enrolment
            if before.scope != enrolment.scope:
                self.cache.rebuild()  # another shop's customers
        self._tenure.begin(enrolment)
        self._unlock(enrolment)
        self._notify()
        if self._live is not None:
            self._live.enrolled()

    def _unlock(self, enrolment: Enrolment) -> None:
        self._api.sign_in(enrolment.token)
        self._enrolment = enrolment
        self._tenure.open_cache(enrolment)

    @property
    def shut(self) -> bool:
        """This device takes part, but has no key: what is personal stays sealed until the next contact."""
        return self._enrolment is not None and not self.cache.key_versions

    def note_battery(self, percent: int | None) -> None:
        """Take note of this device's battery; managers see it with the next request."""
        self._reporter.battery = percent

    # -- commands

    def submit(self, command: AnyCommand, staff_id: str | None, hold_seconds: float = 0.0) -> str:
        """Keep a command and show its effect; return its id. With a hold it may be recalled for so long."""
        now = self._clock()
        pending = Pending(id=self._new_id(), staff_id=staff_id, device_time=now, command=command)
        hold = now + timedelta(seconds=hold_seconds) if hold_seconds > 0 else None
        self._outbox.add(pending, not_before=hold)
        self._show(pending)
        self._notify()
        if self._live is not None:
            self._live.wake()
        return pending.id

    def recall(self, command_id: str) -> bool:
        """Undo a held command. False once it has been released to the server."""
        found = self.cache.overlay.find(command_id)
        if not self._outbox.recall(command_id):
            return False
        self.cache.overlay.drop(command_id)
        if found is not None and found.command.type == "register_customer":
            self.cache.hide(found.customer_id)
        self._notify()
        return True

    def dismiss_refused(self, command_id: str) -> None:
        """A person has seen this refusal: it goes from the status."""
        self._outbox.dismiss(command_id)
        self._notify()

    def _show(self, pending: Pending) -> None:
        self.cache.overlay.put(pending)
        if pending.command.type == "register_customer":
            self.cache.show(
                one for one in self.cache.overlay.of_customer(pending.customer_id).values() if isinstance(one, Customer)
            )

    # -- who she is

    def identify(self, text: str, *, staff_id: str = "") -> Identification:
        """Say what a scan or a typed text means. Asks the server, on behalf of `staff_id`, only for a code of a customer who is not
        here."""
        return self._identifier.identify(text, staff_id)

    def check_pin(self, staff_id: str, pin: str) -> PinResult:
        return self._pins.check(staff_id, pin)

    def unlock_pin(self, staff_id: str, manager_id: str) -> None:
        """Let a locked person try again, and tell the server. Raises NotAllowed unless `manager_id` is another person and a
        manager."""
        self._pins.unlock(staff_id, manager_id, self.shop_id)
        self.submit(UnlockPin(locked_staff_id=staff_id), manager_id)

    def badge_fits(self, staff_id: str, code: str) -> bool:
        """Return whether a scanned badge is this person's."""
        return self._pins.badge_fits(staff_id, code)

    # -- pictures

    def picture(self, path: str) -> Path | None:
        """Return a picture's file, or None; then it is fetched in the background and listeners are told."""
        found = self._pictures.have(path)
        if found is None and path and self._live is not None:
            self._live.want_pictures()
        return found

    def _fetch_pictures(self, stop: Callable[[], bool]) -> None:
        if not self.enrolled:
            return
        if self._pictures.fetch_some(images_of(self.cache), stop):
            self._notify()

    # -- sync

    def sync_once(self) -> SyncReport:
        """Push and pull once, now. The report's `error` says what stopped it."""
        enrolment = self._enrolment
        if enrolment is None:
            self._tenure.hand_over()
            return SyncReport(error=NotSignedIn("This device is not enrolled."))
        self._tenure.mind()
        with self.watchdog.round.running():
            report = self._round(enrolment)
        if report.error is None:
            self.watchdog.round.moved()
            self._health.rebuilding = False
        if isinstance(report.error, DeviceRevoked):
            log.warning("device_revoked")
            self._enrolment = None
            self._tenure.wipe(revoked="1")
            self._tenure.hand_over()
        if self._health.met(report.error):
            with suppress(sqlite3.Error):  # for `sync status` only; the disk may be what is wrong
                self._device.put(last_error=self._health.error_code)
            self._notify()
        return report

    def _round(self, enrolment: Enrolment) -> SyncReport:
        try:
            if self.shut:
                self._tenure.reopen(enrolment)
            report = self._loop.sync_once()
            if report.error is None:
                self._tenure.renew(enrolment)
        except ClientelingError as error:
            return SyncReport(error=error)
        return report

    def status(self) -> SyncStatus:
        return status_of(
            self.cache,
            self._outbox,
            self._clock,
            self._health,
            enrolled=self.enrolled,
            revoked=self._tenure.revoked,
            lease=self._tenure.why_shut if self.shut else "",
            stuck=self.watchdog.stuck,
            transfer=self._loop.transfer,
        )

    def now(self) -> datetime:
        """Return the present moment by the server's time."""
        return self._clock()

    def _events(self) -> Iterator[Changed]:
        if not self.enrolled:
            raise NotSignedIn("This device is not enrolled.")
        return self._api.events()

    def _heard(self, changed: Changed) -> bool:
        local = self._clock.local()
        self._clock.observe(changed.server_time, local, local)
        failing = bool(self._health.error_code)
        if self._health.met(None):
            self._notify()
        # the server is back: what waits goes now, not when the back-off is over
        return not self._loop.take_in(changed) or failing

    def _hang_up(self) -> None:
        self._api.hang_up()
