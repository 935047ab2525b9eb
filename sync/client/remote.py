"""The server over HTTP: `SyncApi` for a device, every request with its proof, every failure one of `sync.errors`."""

import base64
import hashlib
import json
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import jwt
from httpx_sse import SSEError, connect_sse
from pydantic import BaseModel, TypeAdapter, ValidationError

from sync.client.blocks import BlockTransport, may_connect, tls
from sync.client.keys import DeviceKeys
from sync.client.lines import Lines
from sync.client.server_clock import ServerClock
from sync.client.types import Attached
from sync.errors import (
    BadInput,
    BadProof,
    ClientelingError,
    Conflict,
    FellBehind,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Offline,
    TooLarge,
    Unavailable,
    WrongProtocol,
    error_classes,
)
from sync.ids import NewId
from sync.model.fleet import REPORT_HEADER, CodeRequest, Decided, Fleet, FleetDevice, NewCode, UnsentWork
from sync.model.own_phone import OwnPhoneLink
from sync.protocol import (
    PROTOCOL_HEADER,
    PROTOCOL_VERSION,
    STAFF_HEADER,
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

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

ASK_SECONDS = 3.0
"""Somebody stands in front of the customer: an answer that takes longer is no help."""
WORK_SECONDS = 30.0
"""How long an answer to a pull or a push is waited for."""
_WORK = httpx.Timeout(WORK_SECONDS, connect=5.0)
_ASK = httpx.Timeout(ASK_SECONDS)
_MANAGE = httpx.Timeout(10.0, connect=5.0)
"""A manager waits for the answer: whether a device is out, or a code made, must not stay open."""
_LIVE = httpx.Timeout(None, connect=5.0, read=45.0, write=5.0, pool=5.0)
"""The server says something at least every 15 s; three missed and the line is dead."""
_MOST_PICTURE_BYTES = 10_000_000
_MOST_ATTACHED_BYTES = 50 * 1000 * 1000
ATTACHED = ("image/jpeg", "application/pdf")
"""What the server keeps of what customers send: pictures, written anew, and documents."""
_HITS = TypeAdapter(dict[str, tuple[CustomerHit, ...]])
_FIELDS = TypeAdapter(dict[str, dict[str, str]])
_BY_STATUS: dict[int, type[ClientelingError]] = {
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    410: FellBehind,
    413: TooLarge,
    426: WrongProtocol,
    429: Unavailable,
}


class HttpRemote:
    """Implements `DeviceApi`. Safe to use from several threads."""

    def __init__(
        self,
        base_url: str,
        keys: DeviceKeys,
        clock: ServerClock,
        new_id: NewId,
        *,
        transport: httpx.BaseTransport | None = None,
        deadline: float = ASK_SECONDS,
        moved: Callable[[], None] = lambda: None,
        report: Callable[[], str] = lambda: "",
    ) -> None:
        self._keys = keys
        self._report = report
        self._clock = clock
        self._new_id = new_id
        self._token = ""  # nosec B105
        self._deadline = deadline
        self._base = base_url.rstrip("/")
        self._lines = Lines(moved)
        self._ahead: tuple[PullRequest, queue.SimpleQueue[Page | ClientelingError]] | None = None
        self._http = self._client(transport)
        self._files = self._client(BlockTransport()) if transport is None and may_connect() else self._http
        """For what comes in megabytes."""

    def _client(self, transport: httpx.BaseTransport | None) -> httpx.Client:
        return httpx.Client(
            transport=transport,
            verify=tls(),
            timeout=_WORK,
            headers={PROTOCOL_HEADER: str(PROTOCOL_VERSION), "Accept": "application/json"},
            follow_redirects=False,
            event_hooks=self._lines.hooks,
        )

    def sign_in(self, token: str) -> None:
        self._token = token

    def use_server(self, base_url: str, token: str) -> None:
        self._base, self._token = base_url.rstrip("/"), token

    def hang_up(self) -> None:
        self._lines.cut()

    def close(self) -> None:
        self._lines.cut()
        self._http.close()
        self._files.close()

    def enrol(self, request: EnrolRequest) -> Enrolment:
        return self._read(Enrolment, self._send("POST", "/v1/enrol", json=request.model_dump(mode="json")))

    def pull(self, request: PullRequest) -> Page:
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == request:
            return _answer(ahead[1], None)
        return self._pull(request)

    def expect(self, request: PullRequest) -> None:
        self._ahead = request, _aside("pull", lambda: self._pull(request))

    def _pull(self, request: PullRequest) -> Page:
        body = request.model_dump(mode="json", exclude_none=True)
        return self._read(Page, self._send("POST", "/v1/sync/pull", json=body))

    def push(self, request: PushRequest) -> PushAnswer:
        body = request.model_dump(mode="json", exclude_none=True)
        return self._read(PushAnswer, self._send("POST", "/v1/sync/push", json=body))

    def hand_over(self, request: HandOver) -> HandedOver:
        return self._read(HandedOver, self._send("POST", "/v1/quarantine", json=request.model_dump(mode="json")))

    def customer(self, customer_id: str, *, staff_id: str = "") -> CustomerRange:
        return self._read(CustomerRange, self._ask(f"/v1/customers/{quote(customer_id, safe='')}", staff_id))

    def customer_by_app(self, app_id: str, *, staff_id: str = "") -> CustomerRange:
        return self._read(CustomerRange, self._ask(f"/v1/members/{quote(app_id, safe='')}", staff_id))

    def search(self, query: str, limit: int = 20, *, staff_id: str = "") -> Sequence[CustomerHit]:
        answer = self._ask("/v1/customers", staff_id, params={"q": query, "limit": str(limit)})
        return _understood(lambda: _HITS.validate_json(answer.content)["hits"])

    def stock(self, product_id: str) -> ProductStock:
        return self._read(ProductStock, self._ask(f"/v1/products/{quote(product_id, safe='')}/stock"))

    def lease(self) -> Lease:
        return self._read(Lease, self._send("GET", "/v1/sync/lease"))

    def ground(self) -> Ground:
        return self._read(Ground, self._send("GET", "/v1/sync/ground"))

    def snapshot(self, *, ground: bool = False) -> Snapshot:
        asked = {"ground": "true"} if ground else {}
        return self._read(Snapshot, self._send("GET", "/v1/sync/snapshot", params=asked))

    def snapshot_bytes(self, name: str, start: int) -> Iterator[bytes]:
        url = f"{self._base}/v1/sync/snapshots/{quote(name, safe='')}"
        headers = {**self._proof("GET", url), "Range": f"bytes={start}-", "Accept-Encoding": "identity"}
        try:
            with self._files.stream("GET", url, headers=headers, timeout=_WORK) as answer:
                if answer.status_code >= 300:
                    answer.read()
                    raise _error(answer)
                if start and answer.status_code != 206:  # something between us took the range away
                    raise Offline("What answered does not give parts of a file.", reason="no_range")
                yield from answer.iter_raw()
        except (httpx.TransportError, httpx.StreamError, RuntimeError) as error:
            raise Offline(reason=type(error).__name__) from error

    def media(self, path: str) -> bytes:
        """Return a picture by its path below /media. A record may name an absolute URL: it is fetched without our proof."""
        if path.startswith(("https://", "http://")):
            answer = self._attempt("GET", path, {}, timeout=_WORK)
        else:
            answer = self._send("GET", "/media/" + quote(path.lstrip("/")))
        if len(answer.content) > _MOST_PICTURE_BYTES:
            raise TooLarge("This picture is larger than is kept.")
        return answer.content

    def attachment(self, attachment_id: str, staff_id: str) -> Attached:
        path = f"/v1/attachments/{quote(attachment_id, safe='')}"
        answer = self._send("GET", path, params={"staff_id": staff_id}, timeout=_WORK)
        media_type = answer.headers.get("content-type", "")
        if media_type not in ATTACHED:
            raise Offline("What answered is not the server.", reason="not_understood")
        if len(answer.content) > _MOST_ATTACHED_BYTES:
            raise TooLarge("This attachment is larger than is shown.")
        return Attached(media_type, answer.content)

    def unusual_access(self, staff_id: str) -> AccessReport:
        return self._read(AccessReport, self._ask("/v1/access/unusual", staff_id))

    def own_phone_link(self, staff_id: str) -> OwnPhoneLink:
        return self._read(OwnPhoneLink, self._send("POST", "/v1/invitations", staff_id, timeout=_ASK))

    def line_link(self, customer_id: str, staff_id: str) -> OwnPhoneLink:
        path = f"/v1/customers/{quote(customer_id, safe='')}/line"
        return self._read(OwnPhoneLink, self._send("POST", path, staff_id, timeout=_ASK))

    def reveal(self, customer_id: str, kind: str, record_id: str, staff_id: str) -> dict[str, str]:
        path = f"/v1/customers/{quote(customer_id, safe='')}/reveal"
        answer = self._send("POST", path, staff_id, json={"kind": kind, "id": record_id}, timeout=_ASK)
        return _understood(lambda: _FIELDS.validate_json(answer.content)["fields"])

    def new_device_code(self, request: CodeRequest, staff_id: str) -> NewCode:
        body = request.model_dump(mode="json")
        return self._read(NewCode, self._send("POST", "/v1/fleet/codes", staff_id, json=body, timeout=_MANAGE))

    def fleet(self, staff_id: str) -> Fleet:
        return self._read(Fleet, self._ask("/v1/fleet", staff_id))

    def revoke_device(self, device_id: str, staff_id: str) -> FleetDevice:
        path = f"/v1/fleet/{quote(device_id, safe='')}/revoke"
        return self._read(FleetDevice, self._send("POST", path, staff_id, timeout=_MANAGE))

    def unsent_work(self, device_id: str, staff_id: str) -> UnsentWork:
        return self._read(UnsentWork, self._ask(f"/v1/fleet/quarantine/{quote(device_id, safe='')}", staff_id))

    def decide_unsent(self, device_id: str, command_id: str, staff_id: str, *, accept: bool) -> Decided:
        path = f"/v1/fleet/quarantine/{quote(device_id, safe='')}/{quote(command_id, safe='')}"
        return self._read(Decided, self._send("POST", path, staff_id, json={"accept": accept}, timeout=_MANAGE))

    def events(self) -> Iterator[Changed]:
        """Yield what the live channel says, until it ends (`Offline`)."""
        url = self._base + "/v1/sync/events"
        try:
            with connect_sse(self._http, "GET", url, headers=self._proof("GET", url), timeout=_LIVE) as source:
                if source.response.status_code >= 400:
                    source.response.read()
                    error = _error(source.response)
                    self._learn(error)
                    raise error
                for event in source.iter_sse():
                    if event.event == "changed":
                        yield _understood(partial(Changed.model_validate_json, event.data))
        except (httpx.TransportError, httpx.StreamError, SSEError, RuntimeError) as error:
            raise Offline(reason=type(error).__name__) from error
        raise Offline("The live connection ended.")

    # -- below

    def _ask(self, path: str, staff_id: str = "", **options: Any) -> httpx.Response:
        """Get within the deadline as a whole: httpx limits each step of a request, but not a server that trickles."""
        return _answer(
            _aside("ask", lambda: self._send("GET", path, staff_id, timeout=_ASK, **options)), self._deadline
        )

    def _send(self, method: str, path: str, staff_id: str = "", **options: Any) -> httpx.Response:
        """Send a request with its proof, and with who asks where that is said."""
        url = self._base + path
        asks = {STAFF_HEADER: staff_id} if staff_id else {}
        try:
            return self._attempt(method, url, self._proof(method, url) | asks, **options)
        except BadProof as error:
            if not self._learn(error):
                raise
        return self._attempt(method, url, self._proof(method, url) | asks, **options)

    def _attempt(self, method: str, url: str, headers: dict[str, str], **options: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, url, headers=headers, **options)
        except (httpx.TransportError, httpx.StreamError, RuntimeError) as error:  # RuntimeError: the client was closed
            raise Offline(reason=type(error).__name__) from error
        except httpx.InvalidURL as error:
            raise NotFound() from error
        if answer.status_code >= 300:
            raise _error(answer)
        return answer

    def _read(self, cls: type[M], answer: httpx.Response) -> M:
        return _understood(lambda: cls.model_validate_json(answer.content))

    def _learn(self, error: ClientelingError) -> bool:
        """Take over the server's time where it refused a proof and said what time it is."""
        said = error.params.get("server_time") if isinstance(error, BadProof) else None
        try:
            server_time = datetime.fromisoformat(str(said))
        except ValueError:
            return False
        if server_time.tzinfo is None:
            return False
        self._clock.adopt(server_time)
        return True

    def _proof(self, method: str, url: str) -> dict[str, str]:
        """Return the headers that prove this request is this device's (RFC 9449)."""
        claims = {
            "htm": method,
            "htu": url,
            "iat": int(self._clock().timestamp()),
            "jti": self._new_id(),
        }
        headers = {}
        if self._token:
            digest = hashlib.sha256(self._token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            headers["Authorization"] = f"DPoP {self._token}"
            if report := self._report():
                headers[REPORT_HEADER] = report
        headers["DPoP"] = jwt.encode(
            claims, self._keys.signing, algorithm="EdDSA", headers={"typ": "dpop+jwt", "jwk": self._keys.public_jwk()}
        )
        return headers


def _aside(name: str, ask: Callable[[], T]) -> "queue.SimpleQueue[T | ClientelingError]":
    """Ask in a thread of its own; what came of it is put into the queue."""
    answered: queue.SimpleQueue[T | ClientelingError] = queue.SimpleQueue()

    def run() -> None:
        try:
            answered.put(ask())
        except ClientelingError as error:
            answered.put(error)
        except Exception as error:  # told to whoever waits, not to a thread's end
            answered.put(Unavailable(reason=type(error).__name__))

    threading.Thread(target=run, name=f"clienteling-{name}", daemon=True).start()
    return answered


def _answer(answered: "queue.SimpleQueue[T | ClientelingError]", deadline: float | None) -> T:
    try:
        found = answered.get(timeout=deadline)
    except queue.Empty:
        raise Offline("The server took too long to answer.", reason="deadline") from None
    if isinstance(found, ClientelingError):
        raise found
    return found


def _understood(read: Callable[[], T]) -> T:
    try:
        return read()
    except (ValidationError, KeyError) as error:
        # a page of a captive portal, or half an answer: whatever it was, it was not our server
        raise Offline("What answered is not the server.", reason="not_understood") from error


def _error(answer: httpx.Response) -> ClientelingError:
    """Turn an answer that is no success back into the error it stands for."""
    status = answer.status_code
    try:
        said = json.loads(answer.content)
        cls = error_classes()[said["code"]]
        return cls(str(said.get("message") or "") or None, **dict(said.get("params") or {}))
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    if status < 400:
        return Offline("Something between this device and the server answered instead of it.", status=status)
    fallback = _BY_STATUS.get(status, Unavailable if status >= 500 else BadInput)
    return fallback(status=status)
