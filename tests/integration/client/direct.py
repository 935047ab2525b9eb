"""The server's real service for a real client, without HTTP: answers are lost, and the line is cut, on demand."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Engine

from sync.client.types import Attached
from sync.clock import Clock
from sync.errors import DeviceRevoked, NotFound, NotSignedIn, Offline
from sync.identity.match import IdentityResolver
from sync.ids import new_id
from sync.model.own_phone import OwnPhoneLink
from sync.policy.playbook import load_playbook
from sync.protocol import (
    AccessReport,
    Changed,
    CustomerHit,
    CustomerRange,
    Enrolment,
    EnrolRequest,
    Ground,
    HandedOver,
    HandOver,
    Lease,
    Page,
    ProductStock,
    PullRequest,
    PushAnswer,
    PushRequest,
    Snapshot,
)
from sync.server.commands.base import Tools
from sync.server.database import reading
from sync.server.enrolment import enrol, secret_hash
from sync.server.repository import devices
from sync.server.service import Service


class Direct:
    """Implements `DeviceApi` over `Service`."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine, self.clock = engine, clock
        self.down = False
        self.lose_answers = 0
        self.token = ""
        self._tools = Tools(load_playbook(), IdentityResolver(), new_id, new_id)

    def _service(self, *, revoked_too: bool = False) -> Service:
        if self.down:
            raise Offline()
        with reading(self.engine) as conn:
            device = devices.by_token(conn, secret_hash(self.token))
        if device is None:
            raise NotSignedIn()
        if device.revoked_at is not None and not revoked_too:
            raise DeviceRevoked()
        return Service(self.engine, self.clock, device, self._tools)

    def enrol(self, request: EnrolRequest) -> Enrolment:
        return enrol(self.engine, self.clock, request)

    def sign_in(self, token: str) -> None:
        self.token = token

    def pull(self, request: PullRequest) -> Page:
        return self._service().pull(request)

    def push(self, request: PushRequest) -> PushAnswer:
        answer = self._service().push(request)
        if self.lose_answers:
            self.lose_answers -= 1
            raise Offline("The answer was lost.")
        return answer

    def customer(self, customer_id: str, *, staff_id: str = "") -> CustomerRange:
        return self._service().customer(customer_id)

    def customer_by_app(self, app_id: str, *, staff_id: str = "") -> CustomerRange:
        return self._service().customer_by_app(app_id)

    def search(self, query: str, limit: int = 20, *, staff_id: str = "") -> Sequence[CustomerHit]:
        return self._service().search(query, limit)

    def stock(self, product_id: str) -> ProductStock:
        return self._service().stock(product_id)

    def expect(self, request: PullRequest) -> None:
        return

    def lease(self) -> Lease:
        return self._service().lease()

    def hand_over(self, request: HandOver) -> HandedOver:
        return self._service(revoked_too=True).hand_over(request)

    def ground(self) -> Ground:
        return self._service().ground()

    def snapshot(self, *, ground: bool = False) -> Snapshot:
        raise NotFound()

    def snapshot_bytes(self, name: str, start: int) -> Iterator[bytes]:
        raise NotFound(name=name, start=start)

    def events(self) -> Iterator[Changed]:
        raise Offline()

    def media(self, path: str) -> bytes:
        raise NotFound(path=path)

    def reveal(self, customer_id: str, kind: str, record_id: str, staff_id: str) -> dict[str, str]:
        raise NotFound(customer_id=customer_id, kind=kind, record_id=record_id, staff_id=staff_id)

    def attachment(self, attachment_id: str, staff_id: str) -> Attached:
        raise NotFound(attachment_id=attachment_id, staff_id=staff_id)

    def unusual_access(self, staff_id: str) -> AccessReport:
        raise NotFound(staff_id=staff_id)

    def own_phone_link(self, staff_id: str) -> OwnPhoneLink:
        raise NotFound(staff_id=staff_id)

    def line_link(self, customer_id: str, staff_id: str) -> OwnPhoneLink:
        raise NotFound(customer_id=customer_id, staff_id=staff_id)

    def hang_up(self) -> None:
        return

    def close(self) -> None:
        return
