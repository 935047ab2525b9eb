"""The figures say what happened, on SQLite and PostgreSQL, and neither they nor traces say to whom."""

import re
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import Engine, text

from sync.identity.match import IdentityResolver
from sync.ids import new_id
from sync.model.commands import LogInteraction
from sync.model.customer import Channel, MembershipKey
from sync.model.outreach import Cause, Message, MessageState, Purpose
from sync.policy.playbook import load_playbook
from sync.protocol import PROTOCOL_HEADER
from sync.server import feed
from sync.server.busy import Busy
from sync.server.core import Core
from sync.server.database import make_engine, transaction
from sync.server.enrolment import revoke_device
from sync.server.http import web_app
from sync.server.metrics import DatabaseCollector, Metered, Metrics
from sync.server.repository import attempts, devices
from sync.server.snapshot import SnapshotStore
from sync.server.tracing import SpanMeter, otlp, trace_app
from tests.integration.server.devices import HttpDevice, Key, enrolled
from tests.integration.server.people import GINZA, MISAKI, NOON, UMEDA, YUMI, MovableClock, write

APP_ID = "ab" * 9


def observed(engine: Engine, clock: MovableClock, media: Path) -> tuple[FastAPI, Core]:
    core = Core.of(engine, clock, media, load_playbook(), IdentityResolver())
    return web_app(core), core


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def app(retailer: Engine, clock: MovableClock, tmp_path: Path, registry: CollectorRegistry) -> FastAPI:
    """The server's app with its metrics switched on."""
    app, core = observed(retailer, clock, tmp_path)
    metrics = Metrics(registry)
    core.meters = (metrics,)
    app.add_middleware(Metered, metrics=metrics)
    return app


def push(tablet: HttpDevice, *customers: str) -> None:
    commands = [
        {
            "id": new_id(),
            "seq": number,
            "staff_id": MISAKI.id,
            "device_time": NOON.isoformat(),
            "command": LogInteraction(
                interaction_id=new_id(), customer_id=customer_id, shop_id=GINZA.id, text="佐藤様はお酒が苦手"
            ).model_dump(mode="json"),
        }
        for number, customer_id in enumerate(customers, 1)
    ]
    assert tablet.call("POST", "/v1/sync/push", json={"commands": commands}).status_code == 200


def everything(tablet: HttpDevice) -> None:
    """Ask in every way that has something of a person in it, rightly and wrongly."""
    tablet.call("POST", "/v1/sync/pull", json={})
    push(tablet, YUMI.id, "nobody-known")
    tablet.call("GET", f"/v1/customers/{YUMI.id}")
    tablet.call("GET", "/v1/customers/a-customer-who-is-none")
    tablet.call("GET", f"/v1/members/{APP_ID}")
    tablet.call("GET", "/v1/customers", params={"q": "佐藤"})
    tablet.http.get(f"/v1/customers/{YUMI.id}", headers={PROTOCOL_HEADER: "1", "Authorization": "DPoP stolen-token"})
    tablet.http.get(f"/nowhere/{YUMI.id}", params={"email": YUMI.email})
    tablet.http.request("FLY", f"/{YUMI.id}")


def personal(tablet: HttpDevice) -> list[str]:
    found = [YUMI.id, YUMI.member_number, YUMI.phone, YUMI.email, "佐藤", "由美", "%E4%BD%90", "苦手", "nobody-known"]
    found += ["who-is-none", "stolen-token", APP_ID, MISAKI.id, tablet.enrolment.device_id, tablet.enrolment.token]
    return [each for each in found if each]


def test_answers_to_devices_are_counted(tablet: HttpDevice, registry: CollectorRegistry) -> None:
    """Pulls and rows, batches, commands by type, outcome and code, and the time of each request by its template."""
    first = tablet.call("POST", "/v1/sync/pull", json={}).json()
    tablet.call("POST", "/v1/sync/pull", json={"epoch": first["epoch"], "cursor": first["cursor"]})
    push(tablet, YUMI.id, YUMI.id, "nobody-known")
    tablet.call("GET", f"/v1/customers/{YUMI.id}")

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"clienteling_{name}", labels)

    assert (value("pulls_total", kind="first"), value("pulls_total", kind="later")) == (1, 1)
    assert value("rows_total") == len(first["rows"])
    assert value("pushes_total") == 1
    assert value("commands_total", type="log_interaction", outcome="accepted", code="") == 2
    assert value("commands_total", type="log_interaction", outcome="refused", code="unknown") == 1
    asked = {"route": "/v1/customers/{customer_id}", "method": "GET", "status": "200"}
    assert value("request_seconds_count", **asked) == 1
    assert value("request_seconds_count", route="/v1/sync/push", method="POST", status="200") == 1


def test_snapshots_are_counted(app: FastAPI, tablet: HttpDevice, registry: CollectorRegistry, tmp_path: Path) -> None:
    """Builds with their time, failed ones apart; downloads, resumed ones apart; and every byte that went out."""

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"clienteling_{name}", labels)

    core: Core = app.state.core

    def kept(folder: Path) -> None:
        core.snapshots = SnapshotStore(
            core.engine, core.clock, folder, smallest=1, start=lambda work: work(), built=core.snapshot_built
        )

    blocked = tmp_path / "blocked"
    blocked.write_text("not a folder")
    kept(blocked)
    tablet.call("GET", "/v1/sync/snapshot")
    assert (value("snapshot_builds_total", outcome="failed"), value("snapshot_build_seconds_count")) == (1, 0)
    kept(tmp_path / "free")
    made = tablet.call("GET", "/v1/sync/snapshot").json()
    assert made["ready"]
    assert (value("snapshot_builds_total", outcome="built"), value("snapshot_build_seconds_count")) == (1, 1)
    path, size = f"/v1/sync/snapshots/{made['name']}", made["size"]
    plain = {"Accept-Encoding": "identity"}  # as a tablet asks
    assert len(tablet.call("GET", path, headers=plain).content) == size
    assert tablet.call("GET", path, headers=plain | {"Range": "bytes=0-"}).status_code == 206
    assert value("snapshot_downloads_total", kind="whole") == 2
    assert value("snapshot_downloads_total", kind="resumed") is None
    assert len(tablet.call("GET", path, headers=plain | {"Range": "bytes=100-"}).content) == size - 100
    assert tablet.call("GET", "/v1/sync/snapshots/none", headers=plain | {"Range": "bytes=100-"}).status_code == 404
    assert value("snapshot_downloads_total", kind="resumed") == 1
    assert value("snapshot_bytes_total") == 3 * size - 100


def test_who_is_turned_away_is_counted(app: FastAPI) -> None:
    """Requests that are refused because too many are under way, as such and among the problems."""
    registry = CollectorRegistry()
    with TestClient(Metered(Busy(app, most=0), Metrics(registry))) as client:
        assert client.get("/healthz").status_code == 503
    assert registry.get_sample_value("clienteling_turned_away_total") == 1
    assert registry.get_sample_value("clienteling_problems_total", {"code": "unavailable"}) == 1


def test_refused_proofs_are_counted_by_reason(
    tablet: HttpDevice, registry: CollectorRegistry, clock: MovableClock
) -> None:
    """One for another method and one that was used before, beside errors of other kinds."""
    url, token = "http://server.test/v1/sync/pull", tablet.enrolment.token
    wrong = tablet.key.headers("GET", url, token, clock())
    once = tablet.key.headers("POST", url, token, clock())
    statuses = [tablet.http.post(url, json={}, headers=each).status_code for each in (wrong, once, once)]
    assert statuses == [401, 200, 401]
    tablet.call("GET", "/v1/customers/nobody")
    refused = "clienteling_proofs_refused_total"
    assert registry.get_sample_value(refused, {"reason": "wrong_method"}) == 1
    assert registry.get_sample_value(refused, {"reason": "replayed"}) == 1
    assert registry.get_sample_value("clienteling_problems_total", {"code": "bad_proof"}) == 2
    assert registry.get_sample_value("clienteling_problems_total", {"code": "not_found"}) == 1


def test_reported_rebuilds_are_counted(tablet: HttpDevice, registry: CollectorRegistry) -> None:
    """A device says with its pull why it built its cache anew; words of its own are refused, so none become a label."""
    assert tablet.call("POST", "/v1/sync/pull", json={"rebuilt": "damaged"}).status_code == 200
    assert tablet.call("POST", "/v1/sync/pull", json={"rebuilt": "佐藤"}).status_code == 422
    assert registry.get_sample_value("clienteling_cache_rebuilds_total", {"cause": "damaged"}) == 1
    assert b"\xe4" not in generate_latest(registry).partition(b"cache_rebuilds_total{")[2]


def test_metrics_hold_nothing_of_a_person(
    tablet: HttpDevice, registry: CollectorRegistry, retailer: Engine, clock: MovableClock
) -> None:
    """After every kind of request, right and wrong, no id, name, number, token or text stands in what is scraped."""
    write(retailer, clock, MembershipKey(id=APP_ID, customer_id=YUMI.id, public_key="cd" * 32))
    everything(tablet)
    registry.register(DatabaseCollector(retailer, clock))
    lines = generate_latest(registry).decode().splitlines()
    said = "\n".join(line.rpartition(" ")[0] for line in lines)  # a time may have any four digits in it
    assert 'route="/v1/members/{app_id}"' in said
    assert 'route="(none)"' in said
    assert 'method="other"' in said
    assert [each for each in personal(tablet) if each in said] == []


def test_traces_hold_nothing_of_a_person(retailer: Engine, clock: MovableClock, tmp_path: Path) -> None:
    """Of the same requests the spans have method, template, status and numbers, and nothing else."""
    write(retailer, clock, MembershipKey(id=APP_ID, customer_id=YUMI.id, public_key="cd" * 32))
    app, core = observed(retailer, clock, tmp_path)
    spans = InMemorySpanExporter()
    core.meters = (SpanMeter(),)
    stop = trace_app(app, spans)
    with TestClient(app, base_url="http://server.test", raise_server_exceptions=False) as http:
        key = Key()
        tablet = HttpDevice(http, clock, enrolled(retailer, clock, key), key)
        everything(tablet)
    stop()
    found = spans.get_finished_spans()
    by_name = {span.name: dict(span.attributes or {}) for span in found}
    assert by_name["POST /v1/sync/push"]["clienteling.commands"] == 2
    assert by_name["POST /v1/sync/push"]["clienteling.refused"] == 1
    assert by_name["POST /v1/sync/pull"]["clienteling.first"] is True
    assert "GET /v1/members/{app_id}" in by_name
    said = "".join(span.to_json() for span in found)
    # Standing by itself: a number may be in an id or a time by chance.
    assert [each for each in personal(tablet) if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", said)] == []
    assert [span.name for span in found if span.events] == []


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A collector of traces on a port of its own: its address, and what was posted to it."""
    posted: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", posted
        server.shutdown()
        thread.join()


def test_traces_reach_a_collector(
    retailer: Engine, clock: MovableClock, tmp_path: Path, collector: tuple[str, list[bytes]]
) -> None:
    """By OTLP over HTTP; the last ones are sent when the server stops."""
    address, posted = collector
    app, _ = observed(retailer, clock, tmp_path)
    stop = trace_app(app, otlp(address))
    with TestClient(app, base_url="http://server.test") as http:
        http.get("/media/none.webp")
        http.get("/healthz")
    stop()
    spans = [
        span
        for body in posted
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    assert [span.name for span in spans] == ["GET /media/{path:path}"]


def values(engine: Engine, clock: MovableClock) -> CollectorRegistry:
    found = CollectorRegistry()
    found.register(DatabaseCollector(engine, clock))
    return found


def message(name: str, state: MessageState, send_after: timedelta | None = None) -> Message:
    return Message(
        id=name,
        customer_id=YUMI.id,
        channel=Channel.EMAIL,
        cause=Cause.HOLD_READY,
        purpose=Purpose.SERVICE,
        shop_id=GINZA.id,
        state=state,
        body="お取り置きの品が届きました",
        at=NOON - timedelta(minutes=30),
        state_at=NOON,
        send_after=NOON + send_after if send_after is not None else None,
    )


def test_the_outbound_queue_is_counted_by_what_it_waits_for(retailer: Engine, clock: MovableClock) -> None:
    """Due, planned for later, waiting to be tried again, being sent; the age is that of the oldest due one."""
    write(
        retailer,
        clock,
        message("due-1", MessageState.QUEUED),
        message("due-2", MessageState.QUEUED, -timedelta(minutes=5)),
        message("planned", MessageState.QUEUED, timedelta(hours=1)),
        message("again", MessageState.QUEUED),
        message("sending", MessageState.SENDING),
        message("sent", MessageState.SENT),
    )
    with transaction(retailer) as conn:
        attempts.start(conn, "again", 1, Channel.EMAIL, NOON)
        attempts.wait(conn, "again", 1, NOON + timedelta(minutes=1))
    found = values(retailer, clock)
    states = {
        state: found.get_sample_value("clienteling_outbound_messages", {"state": state})
        for state in ("due", "planned", "waiting_retry", "sending")
    }
    assert states == {"due": 2, "planned": 1, "waiting_retry": 1, "sending": 1}
    assert found.get_sample_value("clienteling_outbound_oldest_due_seconds") == 30 * 60


def test_feed_lag_and_who_holds_it_up(retailer: Engine, clock: MovableClock) -> None:
    """Committed changes without a number and their age (PostgreSQL; SQLite numbers at once), and the pid of the oldest
    transaction that is still writing."""
    on_postgresql = retailer.dialect.name != "sqlite"
    feed.sequence(retailer)
    head = values(retailer, clock).get_sample_value("clienteling_feed_head")
    write(retailer, clock, YUMI.model_copy(update={"points": 5}))
    clock.at += timedelta(seconds=90)
    found = values(retailer, clock)
    waiting = found.get_sample_value("clienteling_feed_unsequenced")
    assert (waiting or 0) > 0 if on_postgresql else waiting == 0
    assert found.get_sample_value("clienteling_feed_lag_seconds") == (90 if on_postgresql else 0)
    feed.sequence(retailer)
    found = values(retailer, clock)
    assert found.get_sample_value("clienteling_feed_unsequenced") == 0
    assert (found.get_sample_value("clienteling_feed_head") or 0) > (head or 0)
    assert found.get_sample_value("clienteling_oldest_write_pid") == 0
    if on_postgresql:
        with transaction(retailer) as conn:
            conn.execute(text("UPDATE feed_state SET head = head"))
            pid = conn.scalar(text("SELECT pg_backend_pid()"))
            found = values(retailer, clock)
            assert found.get_sample_value("clienteling_oldest_write_pid") == pid
            assert (found.get_sample_value("clienteling_oldest_write_seconds") or 0) > 0


def test_silent_shops_show(retailer: Engine, clock: MovableClock) -> None:
    """Each shop by the latest of its devices, devices by their ages; a revoked one counts for nothing."""
    seen = [
        ("ginza", timedelta(hours=3)),
        ("ginza", timedelta(minutes=2)),
        ("umeda", timedelta(days=2)),
        ("umeda", None),
    ]
    for number, (code, ago) in enumerate(seen):
        joined = enrolled(retailer, clock, Key(bytes([number + 1] * 32)), code)
        if ago is not None:
            with transaction(retailer) as conn:
                devices.seen(conn, joined.device_id, NOON - ago)
    gone = enrolled(retailer, clock, Key(b"\x63" * 32), "umeda")
    with transaction(retailer) as conn:
        devices.seen(conn, gone.device_id, NOON)
    revoke_device(retailer, gone.device_id, clock)
    found = values(retailer, clock)
    assert found.get_sample_value("clienteling_shop_contact_seconds", {"shop": GINZA.code}) == 120
    assert found.get_sample_value("clienteling_shop_contact_seconds", {"shop": UMEDA.code}) == 2 * 86400
    within = {
        name: found.get_sample_value("clienteling_devices", {"within": name})
        for name in ("5m", "1h", "1d", "7d", "older", "never")
    }
    assert within == {"5m": 1, "1h": 0, "1d": 1, "7d": 1, "older": 0, "never": 1}


def test_a_database_that_is_away_does_not_take_the_rest_along(tmp_path: Path, clock: MovableClock) -> None:
    """The scrape says so and ends; a database without tables is as good as away."""
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    try:
        found = values(engine, clock)
        assert found.get_sample_value("clienteling_database_up") == 0
        assert found.get_sample_value("clienteling_feed_head") is None
    finally:
        engine.dispose()
