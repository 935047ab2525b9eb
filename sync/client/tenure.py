"""What this device may hold, and for how long: the key of its scope on a lease, nothing once it was revoked.

Unsent work is the device's own: it outlives the lease, the cache and the revocation, and may then be left at the server.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog

from sync.client.cache import Cache
from sync.client.device import Device
from sync.client.drafts import Drafts
from sync.client.keys import DeviceKeys
from sync.client.lease import LeaseClock, Standing
from sync.client.loop import SyncLoop
from sync.client.outbox import Outbox
from sync.client.server_clock import ServerClock
from sync.client.types import DeviceApi
from sync.errors import ClientelingError, Conflict, NotFound
from sync.policy.drafts import ended_with
from sync.protocol import Enrolment, EnrolRequest, HandOver, Lease
from sync.sealed.box import open_box
from sync.sealed.lease import KEY_USE, LEASE, key_bound
from sync.sealed.vault import Unsealable, Vault, unwrap, wrap

log = structlog.get_logger(__name__)
HAND_OVER_BATCH = 50
"""A note has some kB at most: so many stay far below the largest body."""


class Tenure:
    """Opens and shuts the cache. `folder` is where a snapshot on its way lies."""

    def __init__(
        self,
        *,
        api: DeviceApi,
        device: Device,
        keys: DeviceKeys,
        cache: Cache,
        outbox: Outbox,
        drafts: Drafts,
        loop: SyncLoop,
        clock: ServerClock,
        lease: LeaseClock,
        folder: Path,
        changed: Callable[[], None],
    ) -> None:
        self._api, self._device, self._keys = api, device, keys
        self._cache, self._outbox, self._loop = cache, outbox, loop
        self._clock, self._lease = clock, lease
        self._drafts = drafts
        self._folder = folder
        self._changed = changed
        self._newest = False
        """The key that is sealed with is the newest one of the server, as far as it said so since the program started."""

    # -- as it lies on the disk

    @property
    def revoked(self) -> bool:
        """It was revoked, and not enrolled again since."""
        return self._device.get("revoked") is not None

    @property
    def why_shut(self) -> str:
        """The code of what staff are told while the cache is shut."""
        return "lease_over" if self._device.get("wiped") is None else "lease_long_over"

    def finish_wiping(self) -> None:
        """It may have been switched off half way."""
        if self.revoked or self._device.get("wiped") is not None:
            self.wipe()

    # -- the key

    def must_take_its_work(self, request: EnrolRequest, enrolment: Enrolment) -> None:
        """Refuse another shop, or the same name at another retailer's server, while unsent work of the old one is here."""
        known, lease = self._device.get("server_key"), enrolment.lease
        elsewhere = known is not None and lease is not None and lease.server_key != known
        if request.unsent_of is not None and (elsewhere or request.unsent_of != enrolment.shop_id):
            raise Conflict("This device has unsent work of another shop.", reason="unsent_of_another_shop")

    def begin(self, enrolment: Enrolment) -> None:
        """Keep a new enrolment with its key. Raises Unsealable where the key is not for this device."""
        lease, before = enrolment.lease, self._device.enrolment()
        if before is None or before.shop_id != enrolment.shop_id:
            self._drafts.clear()
        key = self._unwrapped(enrolment, lease) if lease is not None else bytes.fromhex(enrolment.scope_key)
        self._device.keep_enrolment(enrolment, wrap(self._keys.wrapping_key, key), self._clock())
        self._lease.renew(enrolment.server_time, timedelta(seconds=lease.seconds) if lease is not None else LEASE)
        if lease is not None:
            self._device.put(server_key=lease.server_key)
        self._newest = max(self._device.wrapped_keys(enrolment.scope)) == enrolment.scope_key_version

    def open_cache(self, enrolment: Enrolment) -> None:
        """Open the cache with every key of its scope that is here and may be; without any it stays shut."""
        if keys := self._held(enrolment.scope):
            self._cache.unlock(Vault(enrolment.scope, keys))
            self._cache.overlay.start(self._outbox.unsettled())
            self._cache.show(self._cache.overlay.of_kind("customer").values())
        else:
            self._cache.kept_pins = self._device.pins()
        self.mind()

    def mind(self) -> None:
        """Hold the key no longer than the lease allows, the sealed cache no longer than 30 days without a contact, and no draft
        beyond its end."""
        self.end_drafts()
        standing = self._lease.standing()
        if standing is Standing.LONG_OVER and self._device.get("wiped") is None:
            log.warning("lease_long_over")
            self.wipe(wiped="1")
        elif standing is Standing.OVER and self._cache.key_versions:
            log.warning("lease_over")
            with self._loop.still():
                self._device.keep_pins(self._cache.staff_pins())
                self._device.forget_keys()
                self._cache.shut()
                self._cache.kept_pins = self._device.pins()
                self._cache.overlay.start(())
            self._changed()

    def end_drafts(self) -> None:
        """Let go what is over: at closing time, with the visit, with the customer. An end that may still be taken back here,
        or is not known to the server, is none yet."""
        self._drafts_given()
        held, now = self._drafts.all(), self._clock()
        done = {one.place for one in held if one.until <= now}
        enrolment = self._device.enrolment() if held else None
        if enrolment is not None and self._cache.key_versions and self._cache.position().synced_at is not None:
            for one in held:
                known = self._cache.customer_range(one.customer_id)
                doubted = self._cache.unanswered(one.customer_id)
                sure = [each for each in known if each.kind != "visit" or each.id not in doubted]
                if ended_with(one.begun_at, enrolment.shop_id, sure) and not self._cache.damaged:
                    done.add(one.place)
        if done:
            self._drafts.end(done)

    def _drafts_given(self) -> None:
        """What went to a colleague is gone once the server has it, and its writer's again where the server refused it."""
        given = {one.given_by: one.place for one in self._drafts.all() if one.given_by}
        states = self._outbox.states(given) if given else {}
        for command_id, place in given.items():
            match states.get(command_id, "recalled"):
                case "sent":
                    self._drafts.end([place])
                case "refused" | "recalled":
                    self._drafts.take_back(command_id)
        if given:
            self._drafts.flush()

    def reopen(self, enrolment: Enrolment) -> None:
        """Ask for the newest key of the scope and open the cache with it. Raises what the server says."""
        lease = self._api.lease()
        key = self._unwrapped(enrolment, lease)
        with self._loop.still():
            self._device.keep_key(enrolment.scope, lease.key_version, wrap(self._keys.wrapping_key, key), self._clock())
            self._device.put(server_key=lease.server_key)
            self._device.forget("wiped", "staff_pins")
            self._lease.renew(lease.server_time, timedelta(seconds=lease.seconds))
        self.open_cache(enrolment)
        self._changed()

    def renew(self, enrolment: Enrolment) -> None:
        """A round has reached the server: the lease begins anew, and a new key of the scope is fetched where there is one."""
        told = self._loop.last
        if told is None:
            return
        seconds = told.lease_seconds
        self._lease.renew(told.server_time, timedelta(seconds=seconds) if seconds is not None else LEASE)
        fresh = told.key_version is not None and told.key_version not in self._cache.key_versions
        if fresh or (seconds is not None and self._device.get("server_key") is None):
            with suppress(ClientelingError):  # the next round tries again
                self.reopen(enrolment)

    def begin_history(self, *, another: bool) -> None:
        """Seal what comes from here on with the key that is the newest one in the server's history, and hold no key of a lost one.

        A database put back from a backup knows no key that was made after the backup, and gives its number to another one some
        day: whoever still sealed with the lost one would seal for a device that was revoked since, and read no snapshot. So
        such a key goes, with the cache that it opens. `another`: the server's history is not the one that the cache came of;
        otherwise nothing of it is here yet. Called within a round; raises what the server says.
        """
        enrolment = self._device.enrolment()
        if enrolment is None or (self._newest and not another):
            return
        try:
            lease = self._api.lease()
        except NotFound:  # a server of before keys were lent
            return
        key, held = self._unwrapped(enrolment, lease), self._held(enrolment.scope)
        self._newest = True
        self._lease.renew(lease.server_time, timedelta(seconds=lease.seconds))
        if held and max(held) == lease.key_version and held[lease.key_version] == key:
            return
        log.warning("scope_keys_of_another_history", held=sorted(held), newest=lease.key_version)
        wrapped = wrap(self._keys.wrapping_key, key)
        self._cache.rebuild()
        self._device.keep_only_key(enrolment.scope, lease.key_version, wrapped, self._clock())
        self.open_cache(enrolment)
        self._changed()

    def _held(self, scope: str) -> dict[int, bytes]:
        keys = {}
        for version, wrapped in self._device.wrapped_keys(scope).items():
            try:
                keys[version] = unwrap(self._keys.wrapping_key, wrapped)
            except Unsealable:  # of an earlier enrolment, whose key file was lost: the cache is pulled again
                log.warning("scope_key_unreadable", version=version)
        return keys

    def _unwrapped(self, enrolment: Enrolment, lease: Lease) -> bytes:
        bound = key_bound(enrolment.scope, lease.key_version, enrolment.device_id)
        return open_box(self._keys.agreement, KEY_USE, bound, bytes.fromhex(lease.wrapped_key))

    # -- the end

    def wipe(self, **why: str) -> None:
        """Leave nothing on the disk that was the server's, nor a key to it. Unsent work outlives it."""
        with self._loop.still():  # what comes over the live channel just now would be put back
            self._drafts.clear()
            self._device.forget_keys(**why)
            self._device.forget("staff_pins")
            self._cache.lock()
            self._cache.kept_pins = ()
            self._cache.overlay.start(())
            shutil.rmtree(self._folder, ignore_errors=True)
        self._changed()

    def hand_over(self) -> None:
        """Leave what this device did, and may not send any more, at the server for a manager to look at."""
        enrolment = self._device.enrolment() if self.revoked else None
        if enrolment is None:
            return
        self._api.sign_in(enrolment.token)
        try:
            while sealed := self._outbox.to_hand_over(HAND_OVER_BATCH):
                answer = self._api.hand_over(HandOver(commands=tuple(sealed)))
                self._outbox.handed_over(answer.taken)
                self._changed()
                if not set(answer.taken) & {one.id for one in sealed}:
                    return
        except ClientelingError as error:  # it stays here; the next round tries again
            log.warning("not_handed_over", code=error.code)
