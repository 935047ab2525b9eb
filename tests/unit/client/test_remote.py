"""The server over HTTP: proofs, answers, and every way in which an answer can fail to come."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import jwt
import pytest

from sync.client.device import Device
from sync.client.keys import load_keys
from sync.client.remote import HttpRemote
from sync.client.server_clock import ServerClock
from sync.errors import (
    BadInput,
    BadProof,
    ClientelingError,
    Conflict,
    DeviceRevoked,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Offline,
    TooLarge,
    Unavailable,
    WrongProtocol,
)
from sync.protocol import EnrolRequest, PullRequest
from tests.unit.client.fake import START, ManualClock

Answer = Callable[[httpx.Request], httpx.Response]
PAGE = {
    "epoch": "e",
    "cursor": 1,
    "more": False,
    "server_time": START.isoformat(),
    "rows": [["shop", "s", None, {"id": "s"}]],
}


class Remote:
    def __init__(self, folder: Path) -> None:
        self.local = ManualClock()
        self.device = Device(folder / "device.db", bytes(32))
        self.clock = ServerClock(self.local, self.device)
        self.keys = load_keys(folder / "key.json")
        self.ids = 0
        self.requests: list[httpx.Request] = []

    def _new_id(self) -> str:
        self.ids += 1
        return f"jti-{self.ids}"

    def answering(self, answer: Answer, deadline: float = 60) -> HttpRemote:
        def handle(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return answer(request)

        remote = HttpRemote(
            "http://hq:8552/",
            self.keys,
            self.clock,
            self._new_id,
            transport=httpx.MockTransport(handle),
            deadline=deadline,
        )
        remote.sign_in("a-token")
        return remote

    def claims(self, number: int = -1) -> dict[str, object]:
        proof = self.requests[number].headers["DPoP"]
        header = jwt.get_unverified_header(proof)
        assert header["typ"] == "dpop+jwt"
        found: dict[str, object] = jwt.decode(
            proof, jwt.PyJWK(header["jwk"]), algorithms=["EdDSA"], options={"verify_iat": False}
        )
        return found


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Remote]:
    made = Remote(tmp_path)
    yield made
    made.device.close()


def test_every_request_is_proved(remote: Remote) -> None:
    """Each carries its own proof: method, address without query, time, token, and the protocol's version."""
    api = remote.answering(lambda _: httpx.Response(200, json={"hits": []}))
    assert api.search("髙橋 & co", 5) == ()
    request = remote.requests[0]
    assert request.headers["Authorization"] == "DPoP a-token"
    assert request.headers["X-Clienteling-Protocol"] == "2"
    assert dict(request.url.params) == {"q": "髙橋 & co", "limit": "5"}
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"a-token").digest()).rstrip(b"=").decode()
    assert remote.claims() == {
        "htm": "GET",
        "htu": "http://hq:8552/v1/customers",
        "iat": int(START.timestamp()),
        "jti": "jti-1",
        "ath": digest,
    }
    api.search("x")
    assert remote.claims()["jti"] == "jti-2"


def test_a_page_is_read(remote: Remote) -> None:
    """Rows come as arrays and are rows again."""
    api = remote.answering(lambda _: httpx.Response(200, json=PAGE))
    page = api.pull(PullRequest(epoch="e", cursor=0, limit=10))
    assert (page.rows[0].kind, page.rows[0].data, page.server_time) == ("shop", {"id": "s"}, START)
    assert json.loads(remote.requests[0].content) == {"epoch": "e", "cursor": 0, "limit": 10}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(403, json={"code": "device_revoked", "message": "gone", "params": {"x": 1}}), DeviceRevoked),
        (httpx.Response(409, json={"code": "conflict", "message": "", "params": {}}), Conflict),
        (httpx.Response(401), NotSignedIn),
        (httpx.Response(403, text="<html>"), NotAllowed),
        (httpx.Response(404, json={"detail": "Not Found"}), NotFound),
        (httpx.Response(413), TooLarge),
        (httpx.Response(422, json={"detail": []}), BadInput),
        (httpx.Response(426), WrongProtocol),
        (httpx.Response(429), Unavailable),
        (httpx.Response(500, text="oops"), Unavailable),
        (httpx.Response(502, json=[1]), Unavailable),
        (httpx.Response(503, json={"code": "new_code_of_a_newer_server"}), Unavailable),
        (httpx.Response(302, headers={"Location": "http://portal/"}), Offline),
        (httpx.Response(200, text="<html>Sign in to the Wi-Fi</html>"), Offline),
        (httpx.Response(200, json={"epoch": "e"}), Offline),
    ],
)
def test_an_answer_that_is_none(remote: Remote, answer: httpx.Response, expected: type[ClientelingError]) -> None:
    """Each refusal is the error it stands for; a captive portal's page is no server."""
    api = remote.answering(lambda _: answer)
    with pytest.raises(expected) as caught:
        api.pull(PullRequest())
    assert type(caught.value) is expected
    if expected is DeviceRevoked:
        assert caught.value.params == {"x": 1}


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError])
def test_a_broken_network_is_offline(remote: Remote, error: type[httpx.TransportError]) -> None:
    """However the network fails, the device is offline."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error("broken")

    with pytest.raises(Offline):
        remote.answering(fail).customer("c")
    with pytest.raises(Offline):
        next(remote.answering(fail).events())


def test_an_answer_that_takes_too_long_is_none(remote: Remote) -> None:
    """Staff who ask for a customer wait for the deadline and no longer, however slowly the server answers."""
    answer_now = threading.Event()

    def trickle(_: httpx.Request) -> httpx.Response:
        answer_now.wait(60)
        return httpx.Response(200, json={"hits": []})

    api = remote.answering(trickle, deadline=0.05)
    with pytest.raises(Offline) as caught:
        api.search("x")
    assert caught.value.params == {"reason": "deadline"}
    answer_now.set()


def test_a_clock_that_is_far_out_is_corrected_once(remote: Remote) -> None:
    """The server refuses a stale proof and says its time: the device takes it over and asks again, once."""
    server_time = START + timedelta(hours=2)

    def answer(request: httpx.Request) -> httpx.Response:
        if abs(int(str(remote.claims()["iat"])) - server_time.timestamp()) > 120:
            params = {"reason": "stale", "server_time": server_time.isoformat()}
            return httpx.Response(401, json={"code": "bad_proof", "message": "", "params": params})
        return httpx.Response(200, json=PAGE)

    remote.answering(answer).pull(PullRequest())
    assert len(remote.requests) == 2
    assert remote.clock.skew == timedelta(hours=2)
    stubborn = {"code": "bad_proof", "message": "", "params": {"server_time": server_time.isoformat()}}
    with pytest.raises(BadProof):
        remote.answering(lambda _: httpx.Response(401, json=stubborn)).pull(PullRequest())
    assert len(remote.requests) == 4
    with pytest.raises(BadProof):
        remote.answering(lambda _: httpx.Response(401, json={"code": "bad_proof", "params": {}})).pull(PullRequest())
    assert len(remote.requests) == 5


def test_enrolment_proves_the_key_without_a_token(remote: Remote) -> None:
    """The first request of all has no token yet."""
    enrolment = {
        "device_id": "d", "shop_id": "s", "token": "t", "scope": "shop:s", "scope_key": "00" * 32, "server_time": START.isoformat(),
    }  # fmt: skip
    api = remote.answering(lambda _: httpx.Response(200, json=enrolment))
    api.sign_in("")
    assert api.enrol(EnrolRequest(code="CODE-CODE", name="t", public_key=remote.keys.public_jwk())).token == "t"
    assert "Authorization" not in remote.requests[0].headers
    assert "ath" not in remote.claims()


def test_the_live_channel(remote: Remote) -> None:
    """Changes are yielded as they are said, other events passed over; its end is Offline."""
    said = {"cursor": 7, "server_time": START.isoformat()}
    text = f": ping\n\nevent: changed\ndata: {json.dumps(said)}\n\nevent: other\ndata: x\n\n"
    api = remote.answering(
        lambda _: httpx.Response(200, text=text, headers={"Content-Type": "text/event-stream; charset=utf-8"})
    )
    events = api.events()
    assert next(events).cursor == 7
    with pytest.raises(Offline):
        next(events)
    assert remote.claims()["htu"] == "http://hq:8552/v1/sync/events"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(403, json={"code": "device_revoked", "message": "", "params": {}}), DeviceRevoked),
        (httpx.Response(200, text="<html>"), Offline),
        (
            httpx.Response(200, text="event: changed\ndata: {\n\n", headers={"Content-Type": "text/event-stream"}),
            Offline,
        ),
    ],
)
def test_a_live_channel_that_is_none(remote: Remote, answer: httpx.Response, expected: type[ClientelingError]) -> None:
    """Refused, or not the server at all."""
    with pytest.raises(expected):
        list(remote.answering(lambda _: answer).events())


def test_pictures_of_other_hosts_get_no_proof(remote: Remote) -> None:
    """A record may name an absolute address: nothing of ours is shown there."""
    api = remote.answering(lambda _: httpx.Response(200, content=b"png"))
    assert api.media("https://cdn.example.jp/a.png") == b"png"
    assert "DPoP" not in remote.requests[0].headers
    assert "Authorization" not in remote.requests[0].headers
    assert api.media("products/a b.webp") == b"png"
    assert remote.requests[1].url.raw_path == b"/media/products/a%20b.webp"
    assert "DPoP" in remote.requests[1].headers
    with pytest.raises(TooLarge):
        remote.answering(lambda _: httpx.Response(200, content=b"x" * 10_000_001)).media("big.webp")


def test_after_close_every_call_is_offline(remote: Remote) -> None:
    """A call that comes while the app is ending is answered like one without a network."""
    api = remote.answering(lambda _: httpx.Response(200, json=PAGE))
    api.close()
    with pytest.raises(Offline):
        api.pull(PullRequest())


def test_a_page_asked_for_ahead_is_the_one_that_is_pulled(remote: Remote) -> None:
    """What was expected is fetched once, in the background; another request than that is asked by itself."""
    page = {"epoch": "e", "cursor": 7, "more": False, "server_time": START.isoformat(), "rows": []}
    api = remote.answering(lambda _: httpx.Response(200, json=page))
    api.expect(PullRequest(epoch="e", cursor=3))
    assert api.pull(PullRequest(epoch="e", cursor=3)).cursor == 7
    assert len(remote.requests) == 1
    api.expect(PullRequest(epoch="e", cursor=3))
    api.pull(PullRequest(epoch="other", cursor=3))
    assert "other" in [json.loads(one.content)["epoch"] for one in remote.requests]


def test_an_error_met_ahead_is_told_when_it_is_pulled(remote: Remote) -> None:
    """The line breaks while the next page is asked for: whoever pulls it hears of it, and may pull again."""
    api = remote.answering(lambda _: httpx.Response(503, json={"code": "unavailable", "message": "", "params": {}}))
    api.expect(PullRequest(epoch="e", cursor=3))
    with pytest.raises(Unavailable):
        api.pull(PullRequest(epoch="e", cursor=3))
