"""Whoever is not let in is told in the same form, and by what means they would be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sync.protocol import PROTOCOL_HEADER
from sync.server.app import create_app
from sync.settings import ServerSettings


@pytest.fixture
def http(tmp_path: Path) -> Iterator[TestClient]:
    """The whole server, its worker and migrations not started: nobody gets as far as that."""
    settings = ServerSettings(data=tmp_path, segment_write_key="k", line_channel_secret="s", twilio_auth_token="t")
    client = TestClient(create_app(settings))
    yield client
    client.close()


@pytest.mark.parametrize(
    ("path", "headers", "challenge"),
    [
        ("/v1/sync/pull", {PROTOCOL_HEADER: "1"}, 'DPoP algs="EdDSA"'),
        ("/v1/batch", {}, 'Basic realm="events"'),
        ("/v1/batch", {"Authorization": "Basic !!!"}, 'Basic realm="events"'),
        ("/v1/batch", {"Authorization": "Bearer k"}, 'Basic realm="events"'),
        ("/webhooks/line", {}, None),
        ("/webhooks/line", {"x-line-signature": "AAAA"}, None),
    ],
)
def test_who_is_not_signed_in(http: TestClient, path: str, headers: dict[str, str], challenge: str | None) -> None:
    """401 with our own body everywhere; devices are asked for a proof, sources for their write key, providers for nothing
    that HTTP knows."""
    answer = http.post(path, json={"batch": []}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
    assert answer.headers.get("WWW-Authenticate") == challenge


def test_json_without_end_is_bad_input(http: TestClient) -> None:
    """Nested past what can be read: said in the same form as every other error."""
    answer = http.post("/v1/enrol", content=b"[" * 200_000, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
