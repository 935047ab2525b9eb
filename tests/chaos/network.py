"""The network between one tablet and the server: it loses, delays, doubles and reorders, and the server may be of before."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sync.client.types import Attached
from sync.errors import NotFound, NotSignedIn, Offline, WrongProtocol
from sync.model.own_phone import OwnPhoneLink
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
    Row,
    Snapshot,
)
from sync.server import feed
from sync.server.database import reading
from sync.server.service import Service
from tests.chaos.deaths import Fuse
from tests.chaos.server import SimServer
from tests.chaos.world import Late, World

T = TypeVar("T")
OLDEST, NEWEST = 1, 2
_CHUNK = 8192

_MAKES_DIFFER = ("restored", "cache damaged", "cache torn", "version changed")
"""Trouble after which a cache may differ from what the feed said; otherwise the feed was wrong, though the digest heals it."""


class Line:
    """Implements `sync.client.types.DeviceApi` for one tablet, whichever process of it asks."""

    def __init__(self, world: World, server: SimServer, name: str, fuse: Fuse) -> None:
        self._world, self._server, self._name, self._fuse = world, server, name, fuse
        self._token = ""
        self.out = self.back = True
        """Whether requests get to the server, and answers back."""
        self.protocol = NEWEST
        self.turned_away = False
        """The server does not speak this program's version (any more)."""
        self.used: dict[str, int] = {}
        """The highest position this tablet has asked from, by epoch, since its cache was last built anew."""

    def sign_in(self, token: str) -> None:
        self._token = token

    def enrol(self, request: EnrolRequest) -> Enrolment:
        return self._call("enrol", lambda: self._server.enrol(request), once=True)

    def pull(self, request: PullRequest) -> Page:
        if request.rebuilt == "mismatch":
            self._world.seen["cache differed"] += 1
            if not any(self._world.seen[each] for each in _MAKES_DIFFER):
                self._world.violated(f"{self._name}'s cache was not what the server meant it to be")
        if request.epoch is None:
            self.used.clear()
        else:
            if request.cursor < self.used.get(request.epoch, 0):
                self._world.violated(f"{self._name} asks from {request.cursor}, behind {self.used[request.epoch]}")
            self.used[request.epoch] = request.cursor
        page = self._ask("pull", lambda service: service.pull(request))
        if page.epoch == request.epoch and page.cursor < request.cursor:
            self._world.violated(f"{self._name} is sent back from {request.cursor} to {page.cursor}")
        self._server.gives_digests |= page.digests is not None
        return self._as_before(page) if self.protocol < NEWEST else page

    def push(self, request: PushRequest) -> PushAnswer:
        what = f"push of {', '.join(one.id for one in request.commands)}"
        return self._ask(what, lambda service: service.push(request))

    def customer(self, customer_id: str, *, staff_id: str = "") -> CustomerRange:
        return self._ask("customer", lambda service: service.customer(customer_id))

    def customer_by_app(self, app_id: str, *, staff_id: str = "") -> CustomerRange:
        return self._ask("customer_by_app", lambda service: service.customer_by_app(app_id))

    def search(self, query: str, limit: int = 20, *, staff_id: str = "") -> Sequence[CustomerHit]:
        return self._ask("search", lambda service: service.search(query, limit))

    def stock(self, product_id: str) -> ProductStock:
        return self._ask("stock", lambda service: service.stock(product_id))

    def expect(self, request: PullRequest) -> None:
        """Nothing is asked ahead: what happens stays in one order."""

    def lease(self) -> Lease:
        return self._ask("lease", lambda service: service.lease())

    def hand_over(self, request: HandOver) -> HandedOver:
        token, what = self._token, f"hand over {', '.join(one.id for one in request.commands)}"

        def hand_over() -> HandedOver:
            return self._server.for_device(token, lambda service: service.hand_over(request), revoked_too=True)

        return self._call(what, hand_over)

    def ground(self) -> Ground:
        if self.protocol < NEWEST:
            raise NotFound()
        return self._ask("ground", lambda service: service.ground())

    def snapshot(self, *, ground: bool = False) -> Snapshot:
        if self.protocol < NEWEST:
            raise NotFound()
        return self._ask("snapshot", lambda service: service.snapshot(ground=ground))

    def snapshot_bytes(self, name: str, start: int) -> Iterator[bytes]:
        whole = self._ask("snapshot_bytes", lambda service: service.snapshot_file(name).read_bytes())
        for place in range(start, len(whole), _CHUNK):
            if self._world.strikes(self._world.faults.lost):
                self._world.seen["snapshot cut"] += 1
                raise Offline("The line broke half way.")
            self._fuse("tablet between chunks")
            yield whole[place : place + _CHUNK]
        self.used.clear()  # what takes the cache's place may be older than what it had
        self._world.seen["snapshot fetched"] += 1

    def events(self) -> Iterator[Changed]:
        """Say once how far the server is."""

        def look(_service: Service) -> Changed:
            with reading(self._server.engine) as conn:
                return Changed(cursor=feed.whole_head(conn), server_time=self._server.clock())

        yield self._ask("events", look)
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
        """Nothing waits on a connection here."""

    def close(self) -> None:
        """There is nothing to close."""

    def _ask(self, what: str, ask: Callable[[Service], T]) -> T:
        if not self._token:
            raise NotSignedIn()
        if self.turned_away:
            raise WrongProtocol(spoken=[3])
        token = self._token
        return self._call(what, lambda: self._server.for_device(token, ask))

    def _call(self, what: str, work: Callable[[], T], *, once: bool = False) -> T:
        world, faults = self._world, self._world.faults
        self._fuse("tablet before request")

        def request() -> T:
            return self._server.request(f"{self._name}: {what}", work)

        if not self.out or world.strikes(faults.lost):
            raise Offline("The request was lost.")
        if not once and world.strikes(faults.late):
            due = world.step + world.chance.randint(1, 15)
            world.late.append(Late(due, f"{self._name}: {what}", lambda: _unheard(request)))
            raise Offline("The request is late.")
        if world.strikes(faults.slow):
            world.pass_by(world.chance.choice((1, 3, 9, 30)))
        if not once and world.strikes(faults.twice):
            world.seen["request twice"] += 1
            _unheard(request)
        answer = request()
        if world.strikes(faults.slow):
            world.pass_by(world.chance.choice((1, 3, 9, 30)))
        self._fuse("tablet before answer")
        if not self.back or world.strikes(faults.lost):
            world.seen["answer lost"] += 1
            raise Offline("The answer was lost.")
        return answer

    @staticmethod
    def _as_before(page: Page) -> Page:
        """Return a page as a server of protocol 1 sends it: without tags and digests."""
        rows = tuple(Row(*row[:4]) for row in page.rows)
        return page.model_copy(update={"rows": rows, "digests": None})


def _unheard(request: Callable[[], object]) -> None:
    """Make a request whose answer nobody waits for."""
    try:
        request()
    except (Offline, NotSignedIn):
        return
    except Exception as error:
        if type(error).__module__ != "sync.errors":
            raise
