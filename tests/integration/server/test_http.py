"""The server over HTTP: customers beyond the cache, pictures, health, limits, and what the log says."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from structlog.testing import capture_logs

from sync.identity.match import IdentityResolver
from sync.model.customer import MembershipKey, Visit
from sync.policy.playbook import load_playbook
from sync.server.core import Core
from sync.server.database import make_engine, reading
from sync.server.http import web_app
from sync.server.limits import LARGEST_BODY
from sync.server.repository import audit
from tests.integration.server.devices import HttpDevice
from tests.integration.server.people import MISAKI, NOON, UMEDA, YUMI, MovableClock, customer, write

HANAKO = customer("2002", UMEDA.id, family_name="鈴木", given_name="花子", family_kana="スズキ", given_kana="ハナコ")


def audited(engine: Engine, customer_id: str) -> list[tuple[str, str]]:
    with reading(engine) as conn:
        return [(entry.what, entry.how) for entry in audit.of_customer(conn, customer_id)]


# -- customers beyond the cache


def test_a_customer_of_another_shop_is_fetched_and_audited(
    tablet: HttpDevice, retailer: Engine, clock: MovableClock
) -> None:
    """A device may fetch any customer whole, by her id or a former one; each look stands in the audit."""
    write(retailer, clock, HANAKO.model_copy(update={"aliases": ("old-id",)}))
    for name in (HANAKO.id, "old-id"):
        answer = tablet.call("GET", f"/v1/customers/{name}")
        assert answer.status_code == 200
        assert [row[:3] for row in answer.json()["rows"]] == [["customer", HANAKO.id, HANAKO.id]]
    assert audited(retailer, HANAKO.id) == [("lookup", "id")] * 2


def test_a_customer_is_found_by_her_app(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """The app id of a membership code leads to its customer; an unknown one to nothing."""
    write(retailer, clock, HANAKO, MembershipKey(id="ab" * 9, customer_id=HANAKO.id, public_key="cd" * 32))
    answer = tablet.call("GET", f"/v1/members/{'ab' * 9}")
    assert {row[0] for row in answer.json()["rows"]} == {"customer", "membership_key"}
    assert audited(retailer, HANAKO.id) == [("lookup", "app")]
    missing = tablet.call("GET", f"/v1/members/{'00' * 9}")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "query",
    ["鈴木", "花子", "鈴木花", "すずき", "スズキ ハナ", "ｽｽﾞｷ", "2002", "09000002002", "090-0000-2002", "yumi2002@"],
)
def test_search_finds_by_what_words_begin_with(
    tablet: HttpDevice, retailer: Engine, clock: MovableClock, query: str
) -> None:
    """Names, kana of either kind, numbers and addresses, by their beginnings; hits are audited."""
    visit = Visit(id="visit-1", customer_id=HANAKO.id, shop_id=UMEDA.id, at=NOON)
    write(retailer, clock, HANAKO, visit)
    answer = tablet.call("GET", "/v1/customers", params={"q": query})
    assert [hit["customer_id"] for hit in answer.json()["hits"]] == [HANAKO.id]
    hit = answer.json()["hits"][0]
    assert (hit["name"], hit["kana"], hit["home_shop_id"]) == ("鈴木 花子", "スズキ ハナコ", UMEDA.id)
    assert hit["last_visit_at"] == "2026-11-18T03:00:00Z"
    assert audited(retailer, HANAKO.id) == [("search", "search")]


@pytest.mark.parametrize("query", ["", " ", "木", "%", "_", "鈴木 佐藤", "ooo"])
def test_search_finds_nothing_else(tablet: HttpDevice, retailer: Engine, clock: MovableClock, query: str) -> None:
    """Nothing, the middle of a word, wildcards and words of two people find nobody."""
    write(retailer, clock, HANAKO)
    assert tablet.call("GET", "/v1/customers", params={"q": query}).json() == {"hits": []}


def test_a_changed_name_is_found_by_the_new_one_only(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """The index follows the record."""
    write(retailer, clock, HANAKO)
    write(retailer, clock, HANAKO.model_copy(update={"family_name": "田中"}))
    assert tablet.call("GET", "/v1/customers", params={"q": "鈴木"}).json()["hits"] == []
    assert len(tablet.call("GET", "/v1/customers", params={"q": "田中"}).json()["hits"]) == 1


@pytest.mark.parametrize("path", ["/v1/customers?q=a", f"/v1/customers/{YUMI.id}", f"/v1/members/{'ab' * 9}"])
def test_customers_are_not_shown_to_strangers(http: TestClient, path: str) -> None:
    """Without a device's proof there is no answer about anybody."""
    answer = http.get(path, headers={"X-Clienteling-Protocol": "1"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


# -- pull and push


def test_a_push_is_answered_command_by_command(tablet: HttpDevice, retailer: Engine) -> None:
    """Over HTTP too: what is accepted and what is refused, with the server's time."""
    commands = [
        {
            "id": f"command-{number}",
            "seq": number,
            "staff_id": MISAKI.id,
            "device_time": NOON.isoformat(),
            "command": {"type": "record_view", "customer_id": customer_id, "how": "scan"},
        }
        for number, customer_id in enumerate((YUMI.id, "nobody"), 1)
    ]
    answer = tablet.call("POST", "/v1/sync/push", json={"commands": commands})
    assert answer.status_code == 200
    assert [outcome["accepted"] for outcome in answer.json()["outcomes"]] == [True, False]
    assert answer.json()["server_time"] == "2026-11-18T03:00:00Z"


def test_a_large_page_travels_compressed(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """Pages are gzip for who takes it."""
    write(retailer, clock, *(customer(str(number)) for number in range(5000, 5050)))
    answer = tablet.call("POST", "/v1/sync/pull", json={}, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.json()["rows"]) > 50


# -- what cannot be understood


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_input"),
        (b"", 422, "bad_field"),
        (b"[]", 422, "bad_field"),
        (b'{"cursor": -1}', 422, "bad_field"),
        (b'{"cursor": 99999999999999999999}', 422, "bad_field"),
        (b'{"epoch": "\\u0000"}', 400, "bad_input"),
    ],
)
def test_a_malformed_body_is_named(tablet: HttpDevice, body: bytes, status: int, code: str) -> None:
    """What is wrong is said in the one form of errors, and the value is not repeated."""
    answer = tablet.call("POST", "/v1/sync/pull", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "params"}


def test_an_escaped_backslash_is_no_nul(tablet: HttpDevice) -> None:
    """Text that only looks like an escaped NUL is taken as the text it is."""
    answer = tablet.call(
        "POST", "/v1/sync/pull", content=rb'{"epoch": "\\u0000"}', headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 200


def test_a_wrong_value_is_not_repeated(tablet: HttpDevice) -> None:
    """An error names the field, not what stood in it: it may be personal."""
    answer = tablet.call("POST", "/v1/sync/push", json={"commands": "090-1234-5678"})
    assert answer.status_code == 422
    assert answer.json()["params"]["fields"][0]["field"] == "body.commands"
    assert "1234" not in answer.text


def test_a_body_past_the_limit_is_refused(tablet: HttpDevice) -> None:
    """Two megabytes are read at most, whether or not the request says how long it is."""
    large = b" " * (LARGEST_BODY + 1)
    assert tablet.call("POST", "/v1/sync/pull", content=large).status_code == 413
    pieces = (large[start : start + 65536] for start in range(0, len(large), 65536))
    answer = tablet.call("POST", "/v1/sync/pull", content=pieces)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_unknown_addresses_and_methods(http: TestClient) -> None:
    """They are answered in the form of errors too."""
    missing = http.get("/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    wrong = http.delete("/healthz")
    assert (wrong.status_code, set(wrong.json())) == (405, {"code", "message", "params"})
    assert http.get("/v1/customers/a%00b").status_code == 400


# -- pictures


def test_pictures_are_served_and_nothing_else(http: TestClient, tmp_path: Path) -> None:
    """Pictures below the media folder are public; other files, other folders and links out of it are not there."""
    media = tmp_path / "media"
    (media / "products").mkdir(parents=True)
    (media / "products" / "a.webp").write_bytes(b"RIFF0000WEBP")
    (media / "notes.txt").write_text("secret")
    (tmp_path / "outside.png").write_bytes(b"secret")
    (media / "link.png").symlink_to(tmp_path / "outside.png")
    picture = http.get("/media/products/a.webp")
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/webp")
    for path in ("notes.txt", "../outside.png", "%2e%2e/outside.png", "link.png", "products", "", "x" * 300 + ".png"):
        assert http.get(f"/media/{path}").status_code == 404


# -- health


def test_a_healthy_server_says_so(http: TestClient) -> None:
    """The process lives, and is ready: the database answers and has the present tables."""
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").json() == {"status": "ok"}


def test_a_server_without_its_tables_is_not_ready(empty_url: str, clock: MovableClock, tmp_path: Path) -> None:
    """Before migration the process lives, but is not ready."""
    engine = make_engine(empty_url)
    try:
        app = web_app(Core.of(engine, clock, tmp_path, load_playbook(), IdentityResolver()))
        with TestClient(app, raise_server_exceptions=False) as http:
            assert http.get("/healthz").status_code == 200
            answer = http.get("/readyz")
            assert (answer.status_code, answer.json()["params"]) == (503, {"reason": "migrations"})
    finally:
        engine.dispose()


def test_a_server_whose_database_is_away_is_not_ready(clock: MovableClock, tmp_path: Path) -> None:
    """A database that does not answer makes the server not ready, and each request a 503."""
    engine = make_engine(f"postgresql://nobody@/nothing?host={tmp_path}&connect_timeout=1")
    app = web_app(Core.of(engine, clock, tmp_path, load_playbook(), IdentityResolver()))
    with TestClient(app, raise_server_exceptions=False) as http:
        assert http.get("/healthz").status_code == 200
        assert http.get("/readyz").json()["params"] == {"reason": "database"}
        headers = {"X-Clienteling-Protocol": "1", "Authorization": "DPoP x"}
        answer = http.get("/v1/customers?q=a", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    engine.dispose()


# -- logs


def test_the_request_log_names_nobody(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """A line per request: method, template, status, time and device; no id, name or query of a customer."""
    write(retailer, clock, HANAKO)
    with capture_logs() as lines:
        tablet.call("GET", "/v1/customers", params={"q": "鈴木"})
        tablet.call("GET", f"/v1/customers/{HANAKO.id}")
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in requests] == [
        ("GET", "/v1/customers", 200),
        ("GET", "/v1/customers/{customer_id}", 200),
    ]
    assert {line["device_id"] for line in requests} == {tablet.enrolment.device_id}
    said = json.dumps(lines, ensure_ascii=False, default=str)
    assert HANAKO.id not in said
    assert "鈴木" not in said
