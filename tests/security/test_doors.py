"""What is thrown at the server's doors: bodies without end, forged callbacks, paths out of the house, borrowed names."""

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from functools import cache
from urllib.parse import quote, urlencode

import pytest
import zstandard
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select

from sync.server.database import reading
from sync.server.repository import customer_links
from sync.server.tables import messages
from sync.server.tables_edges import channel_events
from sync.settings import ServerSettings
from tests.integration.server.devices import HttpDevice
from tests.integration.server.people import MovableClock
from tests.security.conftest import WRITE_KEY
from tests.security.test_injection import pages

BASIC = {"Authorization": f"Basic {base64.b64encode(f'{WRITE_KEY}:'.encode()).decode()}"}
BOMB = b"0" * (64 * 1024 * 1024)
"""Squeezes to some 60 KB."""


def endless(piece: bytes, times: int) -> Iterator[bytes]:
    for _ in range(times):
        yield piece


@cache
def squeezed(squeeze: Callable[[bytes], bytes]) -> bytes:
    return squeeze(BOMB)


@pytest.mark.parametrize(
    "path", ["/v1/batch", "/v1/sync/push", "/webhooks/line", "/webhooks/twilio/status", "/v1/enrol"]
)
def test_a_body_without_end_is_cut_off(http: TestClient, path: str) -> None:
    """However long it says it is, or says nothing: past the limit it is refused, whoever sends it."""
    assert http.post(path, content=b"x" * (3 * 1024 * 1024)).status_code == 413
    assert http.post(path, content=endless(b"x" * 65536, 64)).status_code == 413


@pytest.mark.parametrize("squeeze", [gzip.compress, zstandard.ZstdCompressor(level=19).compress])
@pytest.mark.parametrize("path", ["/v1/batch", "/v1/identify", "/v1/sync/push", "/webhooks/line", "/c/" + "a" * 26])
def test_a_body_that_unpacks_to_a_huge_one_is_refused(
    tablet: HttpDevice, path: str, squeeze: Callable[[bytes], bytes]
) -> None:
    """Gzip is unpacked up to a limit, where it is unpacked at all; other ways of squeezing are no body that is understood."""
    bomb = squeezed(squeeze)
    assert len(bomb) < 1024 * 1024
    for encoding in ("gzip", "zstd", "br", "gzip, gzip"):
        headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
        if path.startswith("/v1/sync"):
            answer = tablet.call("POST", path, content=bomb, headers=headers)
        else:
            answer = tablet.http.post(path, content=bomb, headers=headers | BASIC)
        assert 400 <= answer.status_code < 500, (path, encoding, answer.text)


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/sync/push", "/v1/sync/pull", "/v1/enrol"])
def test_json_nested_without_end_is_refused(tablet: HttpDevice, path: str) -> None:
    """A hundred thousand brackets cost a refusal, not the process."""
    for deep in (b"[" * 100_000, b'{"a":' * 100_000, b'{"batch":' + b"[" * 50_000 + b"]" * 50_000 + b"}"):
        if path.startswith("/v1/sync"):
            answer = tablet.call("POST", path, content=deep, headers={"Content-Type": "application/json"})
        else:
            answer = tablet.http.post(path, content=deep, headers={"Content-Type": "application/json"} | BASIC)
        assert 400 <= answer.status_code < 500, (path, answer.text)


def test_a_forged_callback_changes_nothing(http: TestClient, database: Engine, settings: ServerSettings) -> None:
    """LINE and Twilio: no signature, a wrong one, one of another body or another address, and one that fits another house."""
    line = json.dumps(
        {"events": [{"type": "unfollow", "webhookEventId": "e1", "timestamp": 1, "source": {"userId": "U1"}}]}
    ).encode()
    right = base64.b64encode(
        hmac.digest(settings.line_channel_secret.get_secret_value().encode(), line, hashlib.sha256)
    ).decode()
    other = base64.b64encode(hmac.digest(b"another secret", line, hashlib.sha256)).decode()
    for headers, body in (
        ({}, line),
        ({"X-Line-Signature": other}, line),
        ({"X-Line-Signature": right}, line + b" "),
        ({"X-Line-Signature": right[:-4]}, line),
        ({"X-Line-Signature": ""}, line),
    ):
        assert http.post("/webhooks/line", content=body, headers=headers).status_code == 401
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    url = "https://c.mirai.example/webhooks/twilio/status"
    token = settings.twilio_auth_token.get_secret_value().encode()

    def sign(address: str, said: dict[str, str]) -> str:
        text = address + "".join(f"{name}{said[name]}" for name in sorted(said))
        return base64.b64encode(hmac.digest(token, text.encode(), hashlib.sha1)).decode()

    posted = urlencode(form)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for forged in (
        "",
        sign("https://evil.example/webhooks/twilio/status", form),
        sign(url, {**form, "ErrorCode": "1"}),
    ):
        answer = http.post("/webhooks/twilio/status", content=posted, headers=kind | {"X-Twilio-Signature": forged})
        assert answer.status_code == 401
    with reading(database) as conn:
        assert conn.scalar(select(func.count()).select_from(channel_events)) == 0
        assert conn.scalar(select(func.count()).select_from(messages)) == 0
    assert http.post("/webhooks/line", content=line, headers={"X-Line-Signature": right}).status_code == 200
    signed = kind | {"X-Twilio-Signature": sign(url, form)}
    assert http.post("/webhooks/twilio/status", content=posted, headers=signed).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "../secret", "..%2fsecret", "%2e%2e/secret", "%2e%2e%2fsecret", "..%5csecret", "....//secret", "/etc/passwd",
        "%2fetc%2fpasswd", "products/../../secret", "..%252fsecret", "../clienteling.db", "..%2fsecret%00.png", "x/%2e%2e/%2e%2e/secret.png",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_pictures(http: TestClient, settings: ServerSettings, path: str) -> None:
    """The secret lies one folder up, also under a picture's name: no way of writing the address reaches it."""
    (settings.data / "media").mkdir(exist_ok=True)
    (settings.data / "secret").write_text("the-secret-itself")
    (settings.data / "secret.png").write_text("the-secret-itself")
    answer = http.get(f"/media/{path}")
    assert answer.status_code in (400, 404)
    assert "the-secret-itself" not in answer.text


@pytest.mark.parametrize("name", ["..%2f..%2fsecret", "current.json", "..%2fcurrent", "%2e%2e"])
def test_no_name_of_a_snapshot_leads_elsewhere(tablet: HttpDevice, settings: ServerSettings, name: str) -> None:
    """What a device asks for by name is one of its shop's own files or nothing."""
    answer = tablet.call("GET", f"/v1/sync/snapshots/{name}", headers={"Range": "bytes=0-"})
    assert answer.status_code in (400, 401, 404, 422)


def test_nobody_is_led_to_another_site(http: TestClient, database: Engine, clock: MovableClock) -> None:
    """Whatever host, path or parameter a link is dressed in, where we send a browser is a path of this house."""
    for page in pages(database, clock):
        for host in ("evil.example", "evil.example:443@c.mirai.example", "c.mirai.example.evil.example"):
            for path in (page, f"{page}/", f"{page}?next=https://evil.example", f"{page}/..//evil.example"):
                answers = [
                    http.request(method, path, headers={"Host": host}, data=data, follow_redirects=False)
                    for method, data in (("GET", None), ("POST", {"action": "stop_channel", "next": "//evil.example"}))
                ]
                for answer in answers:
                    sent_to = answer.headers.get("location", "/")
                    assert sent_to.startswith("/"), (path, sent_to)
                    assert not sent_to.startswith("//"), (path, sent_to)
                    assert "evil" not in answer.text


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "/%2f%2fevil.example", "//evil.example/..%2f"])
def test_a_path_that_looks_like_a_site_leads_nowhere(http: TestClient, path: str) -> None:
    """A browser would read it as another site; here it is a page that is not there."""
    answer = http.get(f"https://c.mirai.example{path}", follow_redirects=False)
    assert answer.status_code in (400, 404)
    assert "location" not in answer.headers


def test_a_token_that_is_nearly_right_is_none(http: TestClient, database: Engine, clock: MovableClock) -> None:
    """A link cannot be guessed from another: each letter changed, and a link of another purpose, show nothing and stop nothing."""
    opt_out = pages(database, clock)[0]
    token = opt_out.removeprefix("/c/")
    assert len(token) * 5 >= 128
    for place in (0, 12, 25):
        changed = token[:place] + ("a" if token[place] != "a" else "b") + token[place + 1 :]
        assert http.get(f"/c/{changed}").status_code == 404
        assert http.post(f"/c/{changed}", data={"action": "stop_all"}).status_code == 404
    assert http.get(f"/p/{token}").status_code == 404
    assert customer_links.token_for("another secret", "opt_out", "m1") != token
    assert quote(token) == token
