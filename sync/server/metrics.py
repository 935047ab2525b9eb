"""Prometheus metrics. Needs the extra `observe`; imported only where they are switched on (`sync.server.observe`).

`Metrics` is what a server process counts, `DatabaseCollector` what the database says at each scrape. No label holds an
id, a name, an address or anything else of a person: labels are routes' templates, codes of ours, and codes of shops.
docs/operations.md says of each metric what it means and what to do.
"""

import os
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.clock import Clock
from sync.errors import BadProof, ClientelingError
from sync.model.commands import Envelope, Outcome
from sync.protocol import Page, PullRequest
from sync.server import feed
from sync.server.database import reading
from sync.server.repository import watch

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
BUILD_SECONDS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
SNAPSHOT_ROUTE = "/v1/sync/snapshots/{name}"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
WITHIN = {"5m": timedelta(minutes=5), "1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7)}
QUESTION_SECONDS = 5
"""How long a scrape may keep the database busy with one question (PostgreSQL)."""

log = structlog.get_logger(__name__)


class Metrics:
    """What one server process counts (implements `sync.server.metering.Meter`).

    Without a registry the figures are only written to the folder that `observe` has set, from which they are served.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._requests = Histogram(
            "clienteling_request_seconds",
            "Time from a request to the end of its answer, event streams not counted.",
            ("route", "method", "status"),
            buckets=SECONDS,
            registry=registry,
        )
        self._live = Gauge(
            "clienteling_live_devices",
            "Devices that listen to the live channel now.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._pulls = Counter(
            "clienteling_pulls", "Pages of the feed that were handed out.", ("kind",), registry=registry
        )
        self._rows = Counter("clienteling_rows", "Rows in pages of the feed that were handed out.", registry=registry)
        self._pushes = Counter("clienteling_pushes", "Batches of commands that were answered.", registry=registry)
        self._commands = Counter(
            "clienteling_commands",
            "Commands answered, by what they are and what came of them, repeated ones each time.",
            ("type", "outcome", "code"),
            registry=registry,
        )
        self._rebuilds = Counter(
            "clienteling_cache_rebuilds", "Caches built anew, as devices report.", ("cause",), registry=registry
        )
        self._builds = Counter(
            "clienteling_snapshot_builds", "Snapshots that were built, or failed.", ("outcome",), registry=registry
        )
        self._build_seconds = Histogram(
            "clienteling_snapshot_build_seconds",
            "Time that building a snapshot took, failed ones not counted.",
            buckets=BUILD_SECONDS,
            registry=registry,
        )
        self._downloads = Counter(
            "clienteling_snapshot_downloads",
            "Requests for a snapshot's bytes: from its beginning, or from where a line broke.",
            ("kind",),
            registry=registry,
        )
        self._bytes = Counter(
            "clienteling_snapshot_bytes", "Bytes of snapshots that were handed out.", registry=registry
        )
        self._busy = Counter(
            "clienteling_turned_away",
            "Requests turned away at once, because too many were being answered.",
            registry=registry,
        )
        self._problems = Counter(
            "clienteling_problems", "Requests answered with an error of ours.", ("code",), registry=registry
        )
        self._proofs = Counter(
            "clienteling_proofs_refused", "Requests whose proof did not hold.", ("reason",), registry=registry
        )

    def pulled(self, request: PullRequest, page: Page) -> None:
        self._pulls.labels("first" if request.epoch is None else "later").inc()
        self._rows.inc(len(page.rows))
        if request.rebuilt is not None:
            self._rebuilds.labels(request.rebuilt).inc()

    def pushed(self, commands: Sequence[Envelope], outcomes: Sequence[Outcome]) -> None:
        self._pushes.inc()
        for envelope, outcome in zip(commands, outcomes, strict=True):
            code = outcome.reason.code if outcome.reason is not None else ""
            said = "accepted" if outcome.accepted else "refused"
            self._commands.labels(envelope.command.type, said, code).inc()

    def snapshot_built(self, seconds: float, whole: bool) -> None:
        self._builds.labels("built" if whole else "failed").inc()
        if whole:
            self._build_seconds.observe(seconds)

    def snapshot_asked(self, content_range: bytes) -> None:
        """Count a download that begins, by the `Content-Range` of its answer (empty: the whole file)."""
        resumed = content_range and not content_range.startswith(b"bytes 0-")
        self._downloads.labels("resumed" if resumed else "whole").inc()

    def snapshot_sent(self, size: int) -> None:
        """Count bytes of a snapshot that have gone out."""
        self._bytes.inc(size)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that has been answered."""
        known = method if method in METHODS else "other"
        self._requests.labels(route or "(none)", known, str(status)).observe(seconds)

    def refused(self, problem: ClientelingError) -> None:
        """Count an error that was answered."""
        self._problems.labels(problem.code).inc()
        if problem.params.get("reason") == "busy":
            self._busy.inc()
        if isinstance(problem, BadProof):
            self._proofs.labels(str(problem.params.get("reason", ""))).inc()

    def listening(self, change: int) -> None:
        """Note that an event stream begins (1) or ends (-1)."""
        self._live.inc(change)


class Metered:
    """Middleware around everything else: times each request, and sees event streams begin and end."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        began, streams, downloads = time.perf_counter(), False, False
        status = 500  # nothing answered: an error is, further out

        async def watch_answer(message: Message) -> None:
            nonlocal status, streams, downloads
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = {name.lower(): value for name, value in message.get("headers", ())}
                if headers.get(b"content-type", b"").partition(b";")[0] == b"text/event-stream":
                    streams = True
                    self._metrics.listening(1)
                if _route(scope) == SNAPSHOT_ROUTE and status in {200, 206}:
                    downloads = True
                    self._metrics.snapshot_asked(headers.get(b"content-range", b""))
            await send(message)
            if downloads:
                self._metrics.snapshot_sent(len(message.get("body", b"")))

        try:
            await self._app(scope, receive, watch_answer)
        finally:
            if streams:
                self._metrics.listening(-1)
            else:
                self._metrics.answered(scope["method"], _route(scope), status, time.perf_counter() - began)
            if "problem" in state:
                self._metrics.refused(state["problem"])


def _route(scope: Scope) -> str:
    """Return the template of the route that a request was led to."""
    return str(getattr(scope.get("route"), "path", ""))


class ProcessesCollector(Collector):
    """What all server processes of this host have counted, from the folder they write to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        for path in self._folder.glob("gauge_live*.db"):
            pid = int(path.stem.rpartition("_")[2])
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                mark_process_dead(pid, str(self._folder))  # type: ignore[no-untyped-call]
        yield from MultiProcessCollector(None, str(self._folder)).collect()  # type: ignore[no-untyped-call]


class DatabaseCollector(Collector):
    """What the database says. All hosts say the same, so a rule takes the highest of them."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def collect(self) -> Iterator[Metric]:
        try:
            with reading(self._engine) as conn:
                if conn.dialect.name != "sqlite":
                    conn.execute(text(f"SET LOCAL statement_timeout = '{QUESTION_SECONDS}s'"))
                found = list(self._ask(conn, self._clock()))
            up = 1
        except SQLAlchemyError as error:  # what the processes counted is still worth having
            log.warning("metrics.database_away", error=type(error).__name__)
            found, up = [], 0
        yield GaugeMetricFamily("clienteling_database_up", "Whether the database answered this scrape.", up)
        yield from found

    def _ask(self, conn: Connection, now: datetime) -> Iterator[Metric]:
        waiting, write, queue = watch.unsequenced(conn), watch.oldest_write(conn), watch.outbound(conn, now)
        for name, said, value in (
            ("feed_head", "The last cursor that was given in the change feed.", feed.whole_head(conn)),
            ("feed_unsequenced", "Committed changes without a place in the feed yet.", waiting.changes),
            ("feed_lag_seconds", "Age of the oldest of them.", _age(waiting.oldest, now)),
            ("oldest_write_seconds", "Age of the oldest open write transaction.", write.seconds if write else 0),
            ("oldest_write_pid", "Pid of its PostgreSQL process, 0 where there is none.", write.pid if write else 0),
            ("outbound_oldest_due_seconds", "How long the oldest due message waits.", _age(queue.oldest_due, now)),
        ):
            yield GaugeMetricFamily(f"clienteling_{name}", said, value)
        states = GaugeMetricFamily(
            "clienteling_outbound_messages", "Messages to customers on their way, by state.", labels=("state",)
        )
        for state in ("due", "planned", "waiting_retry", "sending"):
            states.add_metric((state,), getattr(queue, state))
        yield states
        yield from _contact_metrics(watch.contacts(conn), now)


def _contact_metrics(contacts: Sequence[watch.Contact], now: datetime) -> Iterator[Metric]:
    ages = GaugeMetricFamily(
        "clienteling_shop_contact_seconds",
        "How long ago any device of a shop was last heard of, to a minute.",
        labels=("shop",),
    )
    latest: dict[str, datetime] = {}
    within = dict.fromkeys((*WITHIN, "older", "never"), 0)
    for shop, at in contacts:
        if at is None:
            within["never"] += 1
            continue
        latest[shop] = max(at, latest.get(shop, at))
        within[next((name for name, span in WITHIN.items() if now - at <= span), "older")] += 1
    for shop, at in sorted(latest.items()):
        ages.add_metric((shop,), _age(at, now))
    yield ages
    devices = GaugeMetricFamily(
        "clienteling_devices", "Devices that are not revoked, by when they were last heard of.", labels=("within",)
    )
    for name, count in within.items():
        devices.add_metric((name,), count)
    yield devices


def _age(at: datetime | None, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds()) if at is not None else 0.0
