"""Which server this device belongs to: set by whoever set it up, else learnt from the QR code with which it joined."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sync.client.device import Device
from sync.client.types import ManagingApi
from sync.errors import NotAllowed, Unavailable
from sync.policy.invitation import same_server
from sync.settings import TabletSettings


class ServerAddress:
    """`url` is the present one. What the environment says comes before what was learnt."""

    def __init__(self, settings: TabletSettings, device: Device) -> None:
        self._device = device
        self._is_set = "server_url" in settings.model_fields_set
        self.url = settings.server_url if self._is_set else device.get("server_url") or settings.server_url

    @contextmanager
    def asking(self, server: str, api: object, unsent: Callable[[], int]) -> Iterator[None]:
        """Have `api` ask this server in the block, and stay with it if that goes well; empty means the present one.

        Raises NotAllowed whose `reason` is `other_server` where this device was set to another one, or `unsent_elsewhere`
        where it has work that another one is to get.
        """
        if not server or same_server(server, self.url):
            yield
            return
        if self._is_set:
            raise NotAllowed("This device is set to another server.", reason="other_server", server=server)
        before = self._device.enrolment()
        if before is not None and unsent():
            raise NotAllowed("Work that was not sent yet is for another server.", reason="unsent_elsewhere")
        if not isinstance(api, ManagingApi):
            raise Unavailable("There is no other server to be asked.")
        api.use_server(server, "")  # the token of before is nobody else's business
        try:
            yield
        except BaseException:
            api.use_server(self.url, before.token if before is not None else "")
            raise
        self._device.put(server_url=server)
        self.url = server
