"""Heads of the audit's chain go outside the database: into a file, into an object store, by the worker and by hand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from clienteling.cli import app
from sync.errors import BadInput, Unavailable
from sync.server.audit_anchor import Places, anchor, read_anchors
from sync.server.database import make_engine
from sync.server.migrate import migrate
from sync.server.worker import Worker
from sync.settings import ServerSettings
from tests.integration.server.people import NOON, MovableClock
from tests.integration.server.test_audit_chain import events, tamper


class Store(ThreadingHTTPServer):
    """An object store as far as anchors need one: it keeps what is put, and replaces nothing where that is asked."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Put)
        self.status = status
        self.objects: dict[str, str] = {}
        self.tokens: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/audit"


class _Put(BaseHTTPRequestHandler):
    server: Store

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.tokens.append(self.headers["Authorization"])
        taken = self.headers["If-None-Match"] == "*" and self.path in self.server.objects
        if self.server.status == 200 and not taken:
            self.server.objects[self.path] = body
        self.send_response(412 if taken else self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def store(status: int = 200) -> Iterator[Store]:
    with Store(status) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def test_a_file_is_only_added_to(engine: Engine, clock: MovableClock, tmp_path: Path) -> None:
    """Each anchor is a line; the lines before it stay as they are."""
    file = tmp_path / "outside" / "anchors.jsonl"
    events(engine, 3)
    first = anchor(engine, clock, Places(file))
    before = file.read_bytes()
    events(engine, 2, 4)
    second = anchor(engine, clock, Places(file))
    assert file.read_bytes().startswith(before)
    assert list(read_anchors(file)) == [first, second]
    assert (first.seq, second.seq, first.at) == (3, 5, NOON)


def test_an_object_store_gets_an_object_an_anchor(engine: Engine, clock: MovableClock, tmp_path: Path) -> None:
    """Each is put under a name of its own with the token, never over another; put together they are a file of anchors."""
    with store() as kept:
        events(engine, 3)
        places = Places(None, kept.url, "a-token")
        first = anchor(engine, clock, places)
        assert anchor(engine, clock, places) == first
        events(engine, 1, 4)
        second = anchor(engine, clock, places)
        assert kept.tokens == ["Bearer a-token"] * 3
        file = tmp_path / "anchors.jsonl"
        file.write_text("".join(kept.objects[name] for name in sorted(kept.objects)))
    assert list(read_anchors(file)) == [first, second]


def test_a_store_that_does_not_take_it_is_an_error(engine: Engine, clock: MovableClock) -> None:
    """Nobody may believe that an anchor lies outside that does not."""
    with store(403) as refusing:
        with pytest.raises(Unavailable, match="403"):
            anchor(engine, clock, Places(None, refusing.url))
        gone = refusing.url
    with pytest.raises(Unavailable, match="does not answer"):
        anchor(engine, clock, Places(None, gone))


def test_a_line_that_is_no_anchor_is_named(tmp_path: Path) -> None:
    """A broken file of anchors is not taken for an empty one."""
    file = tmp_path / "anchors.jsonl"
    file.write_text('\n{"at": "never"}\n')
    with pytest.raises(BadInput, match="line 2"):
        list(read_anchors(file))


def test_the_worker_links_and_anchors(engine: Engine, clock: MovableClock, tmp_path: Path) -> None:
    """It links at each turn, and anchors as often as the settings say."""
    seconds = [0.0]
    settings = ServerSettings(data=tmp_path, audit_anchor_minutes=5)
    worker = Worker(settings, engine, clock, channels={}, monotonic=lambda: seconds[0])
    file = tmp_path / "audit" / "anchors.jsonl"
    events(engine, 2)
    worker.keep_audit()
    assert [one.seq for one in read_anchors(file)] == [2]
    seconds[0] = 299
    worker.keep_audit()
    seconds[0] = 300
    events(engine, 2, 3)
    worker.keep_audit()
    assert [one.seq for one in read_anchors(file)] == [2, 4]


def test_the_command_line_anchors_and_verifies(empty_url: str, tmp_path: Path) -> None:
    """`admin audit verify` ends with 0 over a whole chain; with 1 and the event's line where the anchors say otherwise."""
    run, data = CliRunner(env={"CLIENTELING_DATABASE_URL": empty_url}), ["--data", str(tmp_path)]
    engine = make_engine(empty_url)
    try:
        migrate(engine)
        events(engine, 5)
        assert run.invoke(app, ["admin", "audit", "anchor", *data]).exit_code == 0
        whole = run.invoke(app, ["admin", "audit", "verify", *data])
        assert (whole.exit_code, whole.stdout) == (0, "5 events in the chain, 0 not linked yet, 1 anchors\n")
        tamper(
            engine,
            "DELETE FROM audit WHERE seq = 5",
            "UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4)",
        )
        file = str(tmp_path / "audit" / "anchors.jsonl")
        cut = run.invoke(app, ["admin", "audit", "verify", *data, "--anchors", file])
        assert cut.exit_code == 1
        assert cut.stdout.startswith("truncated\t5\t")
    finally:
        engine.dispose()
