"""Switches metrics and traces on where the settings say so; without them nothing of either is even imported.

Metrics have a port of their own rather than a route of the public one: it is bound to an inner address and no proxy
leads to it, so that there is no token to keep, and each host is asked by itself. With several processes it is served by
the one that watches them, from files to which all of them write.
"""

import importlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.clock import Clock
from sync.errors import BadSetting
from sync.server.setup import open_database
from sync.settings import ServerSettings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from sync.server.core import Core

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Read by prometheus-client when it is first imported."""


def observe(app: "FastAPI", core: "Core", settings: ServerSettings) -> Callable[[], None]:
    """Have this process counted and traced as the settings say; return what ends that."""
    ends: list[Callable[[], None]] = []
    if settings.metrics_port:
        module = _needed("sync.server.metrics", "CLIENTELING_METRICS_PORT", settings.metrics_port)
        metrics = module.Metrics()
        core.meters += (metrics,)
        app.add_middleware(module.Metered, metrics=metrics)
    if settings.otlp_url:
        module = _needed("sync.server.tracing", "CLIENTELING_OTLP_URL", settings.otlp_url)
        core.meters += (module.SpanMeter(),)
        ends.append(module.trace_app(app, module.otlp(settings.otlp_url), settings.trace_share))

    def end() -> None:
        for each in ends:
            each()

    return end


@contextmanager
def metrics_served(settings: ServerSettings, clock: Clock) -> Iterator[None]:
    """Serve the metrics of this host meanwhile, where they are switched on. Raises BadSetting where that cannot be.

    To be entered before the app is made, here or in another process: it says where all of them write.
    """
    if not settings.metrics_port:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="clienteling-metrics-") as folder:
        os.environ[_FOLDER] = folder
        metrics = _needed("sync.server.metrics", "CLIENTELING_METRICS_PORT", settings.metrics_port)
        from prometheus_client import CollectorRegistry, start_http_server

        registry = CollectorRegistry()
        engine = open_database(settings)
        registry.register(metrics.ProcessesCollector(Path(folder)))
        registry.register(metrics.DatabaseCollector(engine, clock))
        try:
            server, thread = start_http_server(settings.metrics_port, settings.metrics_host, registry)
        except OSError as error:
            engine.dispose()
            raise BadSetting(
                f"CLIENTELING_METRICS_PORT is {settings.metrics_port}: {settings.metrics_host} port "
                f"{settings.metrics_port} cannot be listened on: {error.strerror}."
            ) from error
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            engine.dispose()
            os.environ.pop(_FOLDER, None)


def _needed(module: str, setting: str, value: object) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise BadSetting(
            f"{setting} is {value}: that needs {error.name}; try: pip install 'clienteling[observe]'."
        ) from error
