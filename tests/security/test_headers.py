"""What every answer tells a browser."""

import pytest
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from sync.server.app import create_app
from sync.server.headers import TLS_ONLY, SecurityHeaders
from sync.settings import ServerSettings
from tests.integration.server.people import MovableClock
from tests.security.test_injection import pages


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/openapi.json", "/nothing", "/v1/customers?q=a", "/media/x.png", "/c/x"]
)
def test_every_answer_carries_them(http: TestClient, path: str) -> None:
    """Found, missing or refused: no guessing of types, no frames, no referrer, nothing loaded, and TLS from now on."""
    answer = http.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["strict-transport-security"] == TLS_ONLY


def test_pages_keep_their_own_policy(http: TestClient, database: Engine, clock: MovableClock) -> None:
    """Once each, and the page's own where it says more: one header of a name, with its style's hash in the policy."""
    for path in pages(database, clock):
        answer = http.get(path)
        for name in ("content-security-policy", "referrer-policy", "x-content-type-options"):
            assert len(answer.headers.get_list(name)) == 1, (path, name)
        assert "style-src 'sha256-" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


def test_without_tls_nobody_is_bound_to_it(settings: ServerSettings, database: Engine, clock: MovableClock) -> None:
    """A server on a plain address says nothing of TLS, which browsers would hold against it for two years."""
    plain = settings.model_copy(update={"public_url": "http://10.0.0.5:8552"})
    with TestClient(create_app(plain, clock, engine=database)) as client:
        assert "strict-transport-security" not in client.get("/healthz").headers


@pytest.mark.parametrize(
    ("tls", "said"), [(True, "x=1; Path=/; SameSite=lax; Secure; HttpOnly"), (False, "x=1; Path=/; SameSite=lax")]
)
def test_a_cookie_behind_tls_is_secure(tls: bool, said: str) -> None:
    """Whoever sets one: it travels by TLS alone, and no script reads it."""
    app = FastAPI()

    @app.get("/")
    def root(response: Response) -> None:
        response.set_cookie("x", "1")

    app.add_middleware(SecurityHeaders, tls=tls)
    assert TestClient(app).get("/").headers["set-cookie"] == said
