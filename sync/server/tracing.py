"""OpenTelemetry traces. Needs the extra `observe`; imported only where they are switched on (`sync.server.observe`).

FastAPI's instrumentation notes the whole address of a request, its query and the caller. What leaves this process is
therefore made anew from a short list of attributes (`KEPT`): no address, query, header, id or message of an error.
"""

from collections.abc import Callable, Sequence

from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import Status

from sync.model.commands import Envelope, Outcome
from sync.protocol import Page, PullRequest

SERVICE = "clienteling-server"
EXPORT_SECONDS = 2.0
"""How long a collector may take; one that is away must not hold up the end of the server."""
KEPT = frozenset(
    {
        "http.method",
        "http.request.method",
        "http.route",
        "http.status_code",
        "http.response.status_code",
        "clienteling.first",
        "clienteling.rows",
        "clienteling.rebuilt",
        "clienteling.commands",
        "clienteling.refused",
    }
)
_NAMED_BY = ("http.method", "http.request.method", "http.route")


class Discreet(SpanExporter):
    """Hands on spans with what is `KEPT` of them; their names are made of that too."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._inner.export([_discreet(span) for span in spans])

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


class SpanMeter:
    """Notes on the span of a request how much it was about (implements `sync.server.metering.Meter`)."""

    def pulled(self, request: PullRequest, page: Page) -> None:
        span = trace.get_current_span()
        span.set_attribute("clienteling.first", request.epoch is None)
        span.set_attribute("clienteling.rows", len(page.rows))
        if request.rebuilt is not None:
            span.set_attribute("clienteling.rebuilt", request.rebuilt)

    def pushed(self, commands: Sequence[Envelope], outcomes: Sequence[Outcome]) -> None:
        span = trace.get_current_span()
        span.set_attribute("clienteling.commands", len(commands))
        span.set_attribute("clienteling.refused", sum(not outcome.accepted for outcome in outcomes))

    def snapshot_built(self, seconds: float, whole: bool) -> None:
        """Nothing: no request waits for it."""


def otlp(url: str) -> SpanExporter:
    """Return what sends spans to a collector by OTLP over HTTP, e.g. http://127.0.0.1:4318."""
    return OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS)


def trace_app(app: FastAPI, exporter: SpanExporter, share: float = 1.0) -> Callable[[], None]:
    """Trace this share of an app's requests; return what sends the last ones off and ends it."""
    provider = TracerProvider(
        # not from the environment: it would add what whoever set it thought harmless
        resource=Resource({"service.name": SERVICE}),
        # not by the caller's wish, as is usual: callers are tablets and customers, who do not decide what this costs
        sampler=TraceIdRatioBased(share),
    )
    provider.add_span_processor(BatchSpanProcessor(Discreet(exporter)))
    FastAPIInstrumentor.instrument_app(
        app, tracer_provider=provider, excluded_urls="/healthz,/readyz", exclude_spans=["receive", "send"]
    )
    return provider.shutdown


def _discreet(span: ReadableSpan) -> ReadableSpan:
    kept = {name: value for name, value in (span.attributes or {}).items() if name in KEPT}
    return ReadableSpan(
        name=" ".join(str(kept[name]) for name in _NAMED_BY if name in kept) or "request",
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=kept,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
