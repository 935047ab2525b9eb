"""`python -m tests.bench.live`: how soon a change is on another tablet (W3), and on a thousand of them (W4).

Real server processes over a PostgreSQL of their own, real HTTP, the real client with sealing on. Nothing is asserted: a
benchmark measures. Reads /proc, so it needs Linux.
"""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from sqlalchemy import Engine

from sync.client import Client
from sync.clock import system_clock
from sync.ids import new_id
from sync.model.commands import Envelope, LogInteraction
from sync.protocol import EnrolRequest, PushRequest
from sync.server.database import make_engine, transaction
from sync.server.enrolment import create_enrolment_code, enrol, secret_hash
from sync.server.migrate import migrate
from sync.server.repository import devices
from sync.settings import TabletSettings
from tests.acceptance.retail import ServerProcess
from tests.bench.audience import PATIENCE, THE_KEY
from tests.integration.databases import running_postgresql
from tests.integration.server.devices import HttpDevice, Key
from tests.integration.server.people import GINZA, MISAKI, YUMI, open_shop

_TEXT = "袖丈を2cm詰めてお渡し。ご旅行が多く、しわになりにくいものをお探しです。"


@dataclass(frozen=True)
class Visible:
    """W3. Milliseconds from the moment a writer sends a command to server process A."""

    answer_p50: float
    """Until the writer has its answer."""
    visible_p50: float
    """Until the record is in the cache of a tablet on process B, and its screens have been told."""
    visible_p99: float
    writes: int
    pulls: int
    """Requests that the reading tablet made meanwhile: with small changes inside the live channel, next to none."""

    @property
    def ratio_p50(self) -> float:
        """Target: at most 2.0."""
        return self.visible_p50 / self.answer_p50

    @property
    def ratio_p99(self) -> float:
        """Target: at most 4 of the p50."""
        return self.visible_p99 / self.visible_p50


@dataclass(frozen=True)
class Crowd:
    """W4. Milliseconds from the moment a writer sends a command until a tablet has the change on its line."""

    tablets: int
    one_p50: float
    """With one tablet alone."""
    p50: float
    p99: float
    kilobytes: float
    """By which the server process grew for each tablet."""
    answer_p50: float
    missed: int
    """Changes that a tablet did not get within the patience; 0 or the figures mean nothing."""

    @property
    def ratio_p99(self) -> float:
        """Target: at most 12 of the p50 of one."""
        return self.p99 / self.one_p50


def live_visible(writes: int = 300, warm: int = 30) -> Visible:
    """W3: write through one server process, wait for it in the cache of a tablet on another; print and return it."""
    with TemporaryDirectory() as folder, house(Path(folder), 2) as (engine, servers):
        writer = _writer(engine, servers[0].url)
        line = _CountedTransport()
        reader = Client(
            TabletSettings(
                data=Path(folder) / "tablet", key_file=Path(folder) / "tablet.key", server_url=servers[1].url
            ),
            system_clock,
            transport=line,
        )
        reader.open()
        wanted, seen = [""], threading.Event()
        seen_at = [0.0]

        def look() -> None:
            if wanted[0] and reader.cache.base_record("interaction", wanted[0]) is not None:
                seen_at[0], wanted[0] = time.perf_counter(), ""
                seen.set()

        try:
            reader.enrol(create_enrolment_code(engine, "ginza", system_clock))
            assert reader.sync_once().error is None
            reader.subscribe(look)
            reader.start()
            line.live.wait(PATIENCE)
            answers, visibles = [], []
            for number in range(warm + writes):
                if number == warm:
                    line.others = 0
                seen.clear()
                wanted[0] = new_id()
                began = time.perf_counter()
                _push(writer, wanted[0])
                answered = time.perf_counter()
                if not seen.wait(PATIENCE):
                    raise RuntimeError("the change did not arrive")
                if number >= warm:
                    answers.append((answered - began) * 1e3)
                    visibles.append((seen_at[0] - began) * 1e3)
        finally:
            reader.close()
            writer.http.close()
    found = Visible(
        answer_p50=statistics.median(answers),
        visible_p50=statistics.median(visibles),
        visible_p99=_quantile(visibles, 0.99),
        writes=writes,
        pulls=line.others,
    )
    print(
        f"W3 writer's answer p50 {found.answer_p50:.1f} ms; visible on another process p50 {found.visible_p50:.1f} ms"
        f" ({found.ratio_p50:.2f} x), p99 {found.visible_p99:.1f} ms ({found.ratio_p99:.2f} x p50);"
        f" {found.pulls} pulls in {writes} writes; load {os.getloadavg()[0]:.1f}"
    )
    return found


def live_crowd(tablets: int = 1000, writes: int = 40) -> Crowd:
    """W4: the same write heard by one tablet, then by a thousand of one shop on one server process; print and return it."""
    with TemporaryDirectory() as folder, house(Path(folder), 1) as (engine, servers):
        server = servers[0]
        writer = _writer(engine, server.url)
        try:
            with _audience(engine, server.url, 1) as hear:
                one, _, _ = _write_to(writer, hear, writes * 4, warm=30)
            before = _resident(server)
            with _audience(engine, server.url, tablets) as hear:
                grown = _resident(server) - before
                many, answers, missed = _write_to(writer, hear, writes, warm=5)
        finally:
            writer.http.close()
    found = Crowd(
        tablets=tablets,
        one_p50=statistics.median(one),
        p50=statistics.median(many),
        p99=_quantile(many, 0.99),
        kilobytes=grown / 1024 / tablets,
        answer_p50=statistics.median(answers),
        missed=missed,
    )
    print(
        f"W4 {tablets} tablets: p50 {found.p50:.1f} ms, p99 {found.p99:.1f} ms ({found.ratio_p99:.1f} x the p50 of one,"
        f" {found.one_p50:.1f} ms); {found.kilobytes:.1f} KB each; {missed} missed; load {os.getloadavg()[0]:.1f}"
    )
    return found


# -- the house


@contextmanager
def house(folder: Path, processes: int) -> Iterator[tuple[Engine, list[ServerProcess]]]:
    """Run a PostgreSQL with a small retailer in it, and so many server processes over it."""
    with running_postgresql() as url, ExitStack() as stack:
        engine = make_engine(url)
        stack.callback(engine.dispose)
        migrate(engine)
        open_shop(engine, system_clock)
        servers = []
        for number in range(processes):
            data = folder / f"server-{number}"
            data.mkdir()
            server = ServerProcess(
                data,
                CLIENTELING_DATABASE_URL=url,
                CLIENTELING_EMBEDDED_WORKER="false",
                CLIENTELING_LOG_LEVEL="WARNING",
            )
            server.start()
            stack.callback(server.stop)
            servers.append(server)
        yield engine, servers


def _writer(engine: Engine, url: str) -> HttpDevice:
    key = Key()
    code = create_enrolment_code(engine, "ginza", system_clock)
    enrolment = enrol(engine, system_clock, EnrolRequest(code=code, name="writer", public_key=key.jwk))
    return HttpDevice(httpx.Client(base_url=url, timeout=PATIENCE), system_clock, enrolment, key)


def _push(writer: HttpDevice, interaction_id: str) -> None:
    command = LogInteraction(interaction_id=interaction_id, customer_id=YUMI.id, shop_id=GINZA.id, text=_TEXT)
    envelope = Envelope(
        id=new_id(), seq=next(_numbers), staff_id=MISAKI.id, device_time=system_clock(), command=command
    )
    body = PushRequest(commands=(envelope,)).model_dump(mode="json", exclude_none=True)
    answer = writer.call("POST", "/v1/sync/push", json=body)
    answer.raise_for_status()
    if not answer.json()["outcomes"][0]["accepted"]:
        raise RuntimeError(answer.text)


def _count() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_numbers = _count()


class _CountedTransport(httpx.HTTPTransport):
    """The real transport; says when the live channel is open, and how many other requests there were."""

    def __init__(self) -> None:
        super().__init__()
        self.live = threading.Event()
        self.others = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if request.url.path.endswith("/events"):
            self.live.set()
        else:
            self.others += 1
        return answer


# -- the crowd: a process of its own, so that it does not share an interpreter with the writer

Hear = Callable[[str], list[float]]
"""Takes what was written; returns when (`time.perf_counter`) each tablet had it that got it in time."""


@contextmanager
def _audience(engine: Engine, url: str, tablets: int) -> Iterator[Hear]:
    key = Key(THE_KEY)
    tokens = [new_id() for _ in range(tablets)]
    now = system_clock()
    thumb = enrol(
        engine,
        system_clock,
        EnrolRequest(
            code=create_enrolment_code(engine, "ginza", system_clock), name="first of the crowd", public_key=key.jwk
        ),
    )
    with transaction(engine) as conn:
        found = next(each for each in devices.all_devices(conn) if each.id == thumb.device_id)
        for token in tokens:
            device = found.model_copy(update={"id": new_id(), "enrolled_at": now})
            devices.add(conn, device, key.jwk, secret_hash(token))
    command = [sys.executable, "-m", "tests.bench.audience", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        to, back = process.stdin, process.stdout

        def say(line: str) -> str:
            to.write(line + "\n")
            to.flush()
            return back.readline()

        def hear(written: str) -> list[float]:
            answer: list[float] = json.loads(say(written))
            return answer

        try:
            if say(json.dumps(tokens)).strip() != "ready":
                raise RuntimeError("the crowd did not get its lines")
            yield hear
        finally:
            to.close()
            process.wait(PATIENCE)


def _write_to(writer: HttpDevice, hear: Hear, writes: int, warm: int) -> tuple[list[float], list[float], int]:
    """Write and let the crowd say when it had it; return milliseconds until heard, until answered, and how many missed."""
    heard, answers, missed = [], [], 0
    for number in range(warm + writes):
        written = new_id()
        began = time.perf_counter()
        _push(writer, written)
        answered = time.perf_counter()
        times = hear(written)
        if number >= warm:
            heard += [(at - began) * 1e3 for at in times if at > 0]
            missed += sum(at <= 0 for at in times)
            answers.append((answered - began) * 1e3)
    return heard, answers, missed


def _resident(server: ServerProcess) -> int:
    """Return the bytes of memory that a server process holds now."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) * 1024


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> None:
    found = {"W3": asdict(live_visible()), "W4": asdict(live_crowd())}
    out = Path("build/bench")
    out.mkdir(parents=True, exist_ok=True)
    (out / "live.json").write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
