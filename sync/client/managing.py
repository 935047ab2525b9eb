"""What a manager does from this device about the devices of her shop, and about the browsers of this one."""

from collections.abc import Callable, Sequence

from sync.client.browsers import Browser, Browsers
from sync.client.cache import Cache
from sync.client.pins import Pins
from sync.client.staffing import leads_here
from sync.client.types import ManagingApi, PinResult
from sync.clock import Clock
from sync.errors import NotAllowed, NotSignedIn, Unavailable
from sync.model.fleet import CodeRequest, Decided, Fleet, NewCode, UnsentWork


class Managing:
    """The server decides about devices and is asked; about its browsers this device decides, without the network.

    `shop_id` is the shop this device stands in, None where it is not enrolled; `changed` tells the screens.
    """

    def __init__(
        self,
        api: object,
        *,
        cache: Cache,
        clock: Clock,
        pins: Pins,
        browsers: Browsers,
        shop_id: Callable[[], str | None],
        changed: Callable[[], None],
    ) -> None:
        self._api, self._cache, self._clock, self._pins, self._browsers = api, cache, clock, pins, browsers
        self._shop_id, self._changed = shop_id, changed

    def new_code(self, staff_id: str, name: str = "") -> NewCode:
        """Have a one-time code made for another device of this shop. Needs the network; NotAllowed: she is no manager here."""
        return self._server().new_device_code(CodeRequest(name=name), staff_id)

    def fleet(self, staff_id: str) -> Fleet:
        """Return the devices of this shop. Needs the network; NotAllowed: she is no manager here."""
        return self._server().fleet(staff_id)

    def revoke_device(self, device_id: str, staff_id: str) -> None:
        """Take a device of this shop out. Needs the network; raises NotAllowed, and NotFound where it is out already."""
        self._server().revoke_device(device_id, staff_id)
        self._changed()

    def unsent_work(self, device_id: str, staff_id: str) -> UnsentWork:
        """Return what a device that was taken out handed in. Needs the network; raises NotAllowed, and NotFound."""
        return self._server().unsent_work(device_id, staff_id)

    def decide_unsent(self, device_id: str, command_id: str, staff_id: str, *, accept: bool) -> Decided:
        """Let one of these commands count, or not. Needs the network; raises Conflict where it was decided already."""
        return self._server().decide_unsent(device_id, command_id, staff_id, accept=accept)

    def browsers(self) -> Sequence[Browser]:
        """Return the browsers of this shop host; none on a device that shows its screens itself."""
        return self._browsers.all()

    def admit_browser(self, browser_id: str, manager_id: str, pin: str) -> PinResult:
        """Let a browser in on the PIN of a manager who stands before it."""
        self._must_manage(manager_id)
        result = self._pins.check(manager_id, pin)
        if result.ok:
            self._browsers.admit(browser_id, manager_id)
            self._changed()
        return result

    def let_browser_in(self, browser_id: str, manager_id: str) -> None:
        """Let a browser in from another one, where a manager is signed in."""
        self._must_manage(manager_id)
        self._browsers.admit(browser_id, manager_id)
        self._changed()

    def revoke_browser(self, browser_id: str, manager_id: str) -> None:
        """Turn a browser out, at once; raises NotAllowed for who is no manager here."""
        self._must_manage(manager_id)
        self._browsers.revoke(browser_id, manager_id)
        self._changed()

    def _must_manage(self, staff_id: str) -> None:
        if not leads_here(self._cache, self._clock, staff_id, self._shop_id()):
            raise NotAllowed("Only a manager of this shop may do this.", reason="not_a_manager_here")

    def _server(self) -> ManagingApi:
        if self._shop_id() is None:
            raise NotSignedIn("This device is not enrolled.")
        if not isinstance(self._api, ManagingApi):
            raise Unavailable("This is not asked for here.")
        return self._api
