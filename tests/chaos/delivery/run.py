"""One run: messages trickle in, workers are killed, customers opt out; then all is let heal and judged."""

import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import Engine, func, select

from sync.clock import OffsetFileClock
from sync.model.customer import Channel
from sync.model.outreach import Message
from sync.sandbox.config import DemoConfig, Folders
from sync.sandbox.demo_env import server_env
from sync.sandbox.demo_ports import settle_ports
from sync.server.database import make_engine, reading, retrying, transaction
from sync.server.migrate import migrate
from sync.server.repository.records import Records
from sync.server.tables import messages as messages_table
from tests.chaos.delivery import sender, world
from tests.chaos.delivery.judge import Verdict, judge
from tests.chaos.delivery.opting_out import OptOuts
from tests.chaos.delivery.providers import INJECTED
from tests.chaos.processes.children import FORK, Child, Forked, Spawned
from tests.chaos.processes.postgres import Postgres
from tests.memory_disk import memory_disk
from tests.ports import free_ports

_PATIENCE = 180.0
"""Seconds after which a run that does not start, or goes no further, is given up."""
_NOON = 3
"""Hour in UTC at which the day of a run begins: noon in Tokyo, far from the quiet hours on both sides."""


@dataclass(frozen=True)
class Plan:
    """What a run is made of."""

    seed: str
    messages: int = 10_000
    kills: int = 500
    workers: int = 3
    database: str = "sqlite"
    """Or "postgresql"."""
    opt_outs: float = 0.1
    """Share of the customers who stop a channel while it runs."""
    alive: tuple[float, float] = (0.1, 1.2)
    """Seconds between two kills, at least and at most."""


@dataclass
class Result:
    """What came of it. `allowed`: attempts under way at kills and injected timeouts."""

    plan: Plan
    verdict: Verdict = field(default_factory=Verdict)
    kills: int = 0
    under_way: int = 0
    timeouts: int = 0
    faults: int = 0
    opt_outs: int = 0
    seconds: float = 0.0

    @property
    def allowed(self) -> int:
        return self.under_way + self.timeouts

    @property
    def good(self) -> bool:
        enough = self.verdict.messages >= self.plan.messages and self.kills >= self.plan.kills
        return enough and not self.verdict.sentences and self.verdict.unknown <= self.allowed

    def line(self) -> str:
        found = self.verdict
        return (
            f"{found.messages} messages, {self.kills} kills: lost {len(found.lost)}, doubled {len(found.doubled)}, "
            f"unwanted {len(found.unwanted)}, unknown {found.unknown} of at most {self.allowed}"
        )


def one_run(plan: Plan, keep: Path | None = None) -> Result:
    """Make one run. Its files are moved to `keep` where that is given and something does not hold."""
    with tempfile.TemporaryDirectory(prefix="clienteling-delivery-", dir=memory_disk()) as name, _database(plan) as url:
        folder = Path(name) / "run"
        folder.mkdir()
        run = _Run(plan, folder, url or f"sqlite:///{folder / 'clienteling.db'}")
        try:
            result = run.run()
        finally:
            run.end()
        if keep is not None and not result.good:
            keep.mkdir(parents=True, exist_ok=True)
            shutil.move(folder, keep / f"delivery-{plan.seed}-{os.getpid()}")
        return result


@contextmanager
def _database(plan: Plan) -> Iterator[str]:
    """Give the URL of an empty PostgreSQL where the plan asks for one, else nothing."""
    if plan.database == "sqlite":
        yield ""
        return
    with tempfile.TemporaryDirectory(prefix="clienteling-pg-", dir=memory_disk()) as folder:
        postgres = Postgres(Path(folder))
        postgres.start()
        try:
            postgres.make_database("clienteling")
            yield postgres.url("clienteling")
        finally:
            postgres.kill()


class _Run:
    def __init__(self, plan: Plan, folder: Path, url: str) -> None:
        self._plan, self._folder = plan, folder
        self._folders = Folders(folder / "outside")
        self._rng = random.Random(plan.seed)
        self._config = settle_ports(DemoConfig(), "127.0.0.1", free_ports(3))
        self._config.write(self._folders.config)
        start = datetime.now(UTC)
        self._offset = start.replace(hour=_NOON, minute=0, second=0) - start
        self._evening = self._offset + timedelta(hours=4)
        self._set_clock()
        self._clock = OffsetFileClock(self._folders.clock)
        self._engine: Engine = make_engine(url, pool_size=4)
        migrate(self._engine)
        customers = -(-plan.messages // 3)
        secret = self._config.server_secret
        world.fill(self._engine, self._folders.data, secret, customers, self._clock)
        own = server_env(self._config, self._folders, {}) | {
            "CLIENTELING_DATABASE_URL": url,
            "CLIENTELING_EMBEDDED_WORKER": "false",
            "CLIENTELING_MAIL_INBOUND_PORT": "0",
            "CLIENTELING_LOG_LEVEL": "WARNING",
        }
        words = ["tests.chaos.delivery.providers", str(self._folders.data), plan.seed]
        self._providers = Spawned("providers", "providers", words, {}, folder / "providers.log")
        self._server = Spawned("server", "server", ["clienteling.cli", "server"], own, folder / "server.log")
        FORK.set_forkserver_preload([sender.__name__, "httpcore"])  # which httpx imports at its first client
        self._workers = [
            Forked("worker", f"worker-{n}", sender.run, lambda life, n=n: (own, self._journal(n, life), self._log(n)))  # type: ignore[misc]
            for n in range(plan.workers)
        ]
        self._lives = [0] * plan.workers
        self._queued: list[Message] = []
        self._http = httpx.Client(timeout=30.0, trust_env=False)
        self._opt_outs = OptOuts(self._config, self._engine, self._clock, self._http)

    def run(self) -> Result:
        plan, result, began = self._plan, Result(self._plan), time.monotonic()
        self._providers.start()
        self._server.start()
        self._wait(
            lambda: (
                self._answers(self._config.world_url, "/demo/state")
                and self._answers(self._config.server_url, "/healthz")
            )
        )
        for number in range(plan.workers):
            self._start(number)
        stopping = self._who_stops()
        while result.kills < plan.kills:
            self._queue(round(plan.messages * (result.kills + 1) / plan.kills))
            for each in stopping.get(result.kills, ()):
                self._opt_outs.stop(*each)
            time.sleep(self._rng.uniform(*plan.alive))
            self._opt_outs.look()
            number = self._rng.randrange(plan.workers)
            journal = self._journal(number, self._lives[number] - 1)
            self._wait(lambda journal=journal: sender.ready(journal))  # type: ignore[misc]
            self._workers[number].kill()
            result.kills += 1
            result.under_way += len(sender.under_way(journal))
            self._start(number)
        self._queue(plan.messages)
        self._heal()
        result.seconds = time.monotonic() - began
        result.opt_outs = len(self._opt_outs.since)
        faults = (self._folders.data / INJECTED).read_text().split("\n")
        result.faults, result.timeouts = len(faults) - 1, sum("timeout" in each for each in faults)
        result.verdict = judge(self._engine, self._folders.data, self._queued, self._opt_outs.since)
        if result.verdict.sentences:
            (self._folder / "violations").write_text("\n".join(result.verdict.sentences) + "\n")
        return result

    def end(self) -> None:
        children: list[Child] = [*self._workers, self._server, self._providers]
        for child in children:
            child.kill()
        self._http.close()
        self._engine.dispose()

    def _heal(self) -> None:
        """Kill no longer; let time run fast until nothing waits to be sent and no callback is on its way."""
        self._wait(self._opt_outs.look)
        time.sleep(sender.TIMEOUT + 1 if self._open() else 0.0)
        fewest, since = self._left(), time.monotonic()
        while fewest and time.monotonic() - since < _PATIENCE:
            if self._offset < self._evening:
                self._offset += timedelta(seconds=20)  # what is to be tried again waits for minutes
                self._set_clock()
            time.sleep(0.5)
            left = self._left()
            if left < fewest:
                fewest, since = left, time.monotonic()
        for worker in self._workers:
            worker.kill()

    def _who_stops(self) -> dict[int, list[tuple[str, Channel]]]:
        """Draw who stops which channel, and after which kill: half of them about when their messages are queued."""
        customers = self._plan.messages // 3
        found: dict[int, list[tuple[str, Channel]]] = {}
        for number in self._rng.sample(range(customers), round(customers * self._plan.opt_outs)):
            theirs = number * self._plan.kills // max(1, customers)
            when = theirs if self._rng.random() < 0.5 else self._rng.randrange(self._plan.kills)
            found.setdefault(when, []).append((str(number), self._rng.choice(world.CHANNELS)))
        return found

    def _queue(self, until: int) -> None:
        fresh = [world.message(n, self._plan.seed, self._clock()) for n in range(len(self._queued), until)]

        def put() -> None:
            with transaction(self._engine) as conn:
                Records(conn, self._clock).put_many(fresh)

        retrying(put)
        self._queued += fresh

    def _left(self) -> int:
        """Return how many messages and callbacks are on their way."""
        return self._open() + self._parcels()

    def _open(self) -> int:
        waiting = select(func.count()).where(messages_table.c.state.in_(["queued", "sending"]))
        with reading(self._engine) as conn:
            return conn.scalar(waiting) or 0

    def _parcels(self) -> int:
        """Return how many callbacks are on their way."""
        return int(self._http.get(f"{self._config.world_url}/demo/state").json()["waiting"])

    def _start(self, number: int) -> None:
        self._lives[number] += 1
        self._workers[number].start()

    def _journal(self, number: int, life: int) -> Path:
        return self._folder / f"journal-{number}-{life}"

    def _log(self, number: int) -> Path:
        return self._folder / f"worker-{number}.log"

    def _set_clock(self) -> None:
        OffsetFileClock.write(self._folders.clock, self._offset)

    def _answers(self, url: str, path: str) -> bool:
        try:
            return self._http.get(f"{url}{path}").status_code < 500
        except httpx.HTTPError:
            return False

    def _wait(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not done():
            if time.monotonic() > deadline:
                raise RuntimeError("this run goes no further")
            time.sleep(0.02)
