"""One run: a fresh retailer, chaos until enough was killed and done, healing, and what does not hold afterwards."""

import json
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from sync.clock import system_clock
from sync.server.database import make_engine, reading
from sync.server.enrolment import create_enrolment_code
from sync.server.feed import EVERYWHERE, shop_scope, stock_scope
from sync.server.migrate import migrate
from tests.chaos.processes.checks import acknowledged, violations
from tests.chaos.processes.children import Child, Database, Forked, Spawned
from tests.chaos.processes.conductor import Conductor
from tests.chaos.processes.postgres import Postgres
from tests.chaos.processes.tablet import Tablet
from tests.chaos.processes.tablet import run as run_tablet
from tests.chaos.processes.world import SHOPS, fill, staff_of
from tests.integration.server.people import WEB
from tests.ports import free_port

_PATIENCE = 180.0
"""Seconds after which a run that does not start, or does not heal, is given up."""


@dataclass(frozen=True)
class Plan:
    """What a run is made of."""

    seed: str
    kills: int = 200
    commands: int = 5_000
    tablets: int = 10
    servers: int = 3
    pace: float = 8.0
    """Commands a second and tablet."""
    bursts_a_second: float = 2.0
    worker: bool = True
    converge_seconds: float = 30.0
    """How soon after the last kill everything must be everywhere."""


@dataclass
class Result:
    seed: str
    commands: int = 0
    seconds: float = 0.0
    """Of chaos: from the first kill to the last."""
    converged: float = 0.0
    """Seconds from the last kill until no tablet had anything to send and each held what was on the server by then; the
    processes that were down started within them."""
    kills: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def one_run(plan: Plan, keep: Path | None = None) -> Result:
    """Make one run. What lay on its disks is moved to `keep` where it is given and something does not hold."""
    with tempfile.TemporaryDirectory(prefix="clienteling-chaos-") as name:
        folder = Path(name)
        with _house(plan, folder) as house:
            result = house.run()
        if keep is not None and result.violations:
            keep.mkdir(parents=True, exist_ok=True)
            (folder / "processes" / "violations").write_text("\n".join(result.violations) + "\n")
            shutil.move(folder / "processes", keep / plan.seed.replace("/", "-"))
        return result


@contextmanager
def _house(plan: Plan, folder: Path) -> Iterator["House"]:
    (folder / "postgresql").mkdir()
    (folder / "processes").mkdir()
    postgres = Postgres(folder / "postgresql")
    postgres.start()
    house = None
    try:
        postgres.make_database("clienteling")
        house = House(plan, folder / "processes", postgres)
        yield house
    finally:
        if house is not None:
            house.end()
        postgres.kill()


class House:
    """The processes of a run and what they share."""

    def __init__(self, plan: Plan, folder: Path, postgres: Postgres) -> None:
        self._plan = plan
        self._folder = folder
        self._url = postgres.url("clienteling")
        self._engine: Engine = make_engine(self._url, pool_size=2)
        migrate(self._engine)
        fill(self._engine, plan.tablets)
        self._rng = random.Random(plan.seed)
        self._ports = tuple(free_port() for _ in range(plan.servers))
        self._closing = folder / "closing-time"
        self._tablets = [self._tablet(number) for number in range(plan.tablets)]
        self._tablet_processes = [
            Forked("tablet", f"tablet-{one.number}", run_tablet, lambda life, one=one: (one, life, self._closing))  # type: ignore[misc]
            for one in self._tablets
        ]
        self._servers = [
            self._spawned("server", f"server-{port}", ["clienteling.cli", "server"], CLIENTELING_PORT=str(port))
            for port in self._ports
        ]
        self._office = self._spawned("office", "office", ["tests.chaos.processes.office", plan.seed, "1.5"])
        self._workers = [self._spawned("worker", "worker", ["clienteling.cli", "worker"])] if plan.worker else []
        self._children: list[Child] = [
            Database(postgres),
            *self._servers,
            *self._workers,
            self._office,
            *self._tablet_processes,
        ]

    def run(self) -> Result:
        """Start everything, let it be killed, heal, end the tablets and look at what is left."""
        plan, result = self._plan, Result(self._plan.seed)
        conductor = Conductor(self._children, self._rng, plan.bursts_a_second)
        for child in self._children[1:]:
            child.start()
        self._wait(lambda: all(each["synced"] for each in self._said(0.0)), conductor)

        began = time.monotonic()
        conductor.one_of_each()
        conductor.chaos(plan.kills, lambda: acknowledged(self._tablets) / plan.commands)
        healing, healing_from = time.monotonic(), time.time()
        result.seconds = healing - began

        self._closing.touch()
        self._end(conductor, self._office)
        conductor.heal()
        # The worker goes on and moves the feed: what counts is its end once the last command was answered.
        sent = self._wait(lambda: self._sent(healing_from), conductor)
        heads = self._heads()
        while heads is None and sent:
            time.sleep(0.1)
            heads = self._heads()
        healed = sent and self._wait(lambda: self._level(heads, healing_from), conductor)
        result.converged = time.monotonic() - healing
        if not healed or result.converged > plan.converge_seconds:
            result.violations.append(f"not converged after {result.converged:.1f} s: {self._said(0.0)}")
        for worker in self._workers:
            worker.stop()
            self._end(conductor, worker)
        settled_from = time.time()
        self._wait(lambda: self._level(self._heads(), settled_from), conductor)
        for tablet in self._tablet_processes:
            self._end(conductor, tablet)

        killed = conductor.killed
        result.kills, result.restarts, result.ended = killed.kills, killed.restarts, killed.ended
        result.commands = acknowledged(self._tablets)
        result.violations += [f"a {each} by itself" for each in result.ended if each.startswith("tablet")]
        result.violations += violations(self._engine, self._tablets)
        return result

    def end(self) -> None:
        for child in self._children[1:]:
            child.kill()
        self._engine.dispose()

    def _tablet(self, number: int) -> Tablet:
        staff = staff_of(number)
        folder = self._folder / f"tablet-{number}"
        folder.mkdir()
        code = next(each.code for each in SHOPS if each.id == staff.shop_id)
        return Tablet(
            number=number,
            folder=folder,
            ports=self._ports,
            code=create_enrolment_code(self._engine, code, system_clock),
            shop_id=staff.shop_id,
            staff_id=staff.id,
            pace=self._plan.pace,
            seed=self._plan.seed,
        )

    def _spawned(self, kind: str, name: str, words: list[str], **more: str) -> Spawned:
        folder = self._folder / name
        folder.mkdir()
        environment = {
            "CLIENTELING_DATABASE_URL": self._url,
            "CLIENTELING_DATA": str(folder),
            "CLIENTELING_SECRET": "known to every process of this retailer",
            "CLIENTELING_PUBLIC_URL": "http://shop.example.jp",
            "CLIENTELING_EMBEDDED_WORKER": "false",
            "CLIENTELING_LOG_LEVEL": "WARNING",
            "CLIENTELING_MAIL_FROM": "shop@example.jp",
            "CLIENTELING_SMTP_PORT": "9",  # nobody listens there: every attempt to send is made again later
        }
        return Spawned(kind, name, words, environment | more, folder / "log")

    def _end(self, conductor: Conductor, child: Child) -> None:
        conductor.retire(child)
        child.kill()

    def _said(self, since: float) -> list[dict[str, Any]]:
        """Return what each tablet last said of itself; of one that has said nothing since a moment, that it waits."""
        found = []
        for tablet in self._tablets:
            try:
                fresh = tablet.status.stat().st_mtime >= since
                found.append(json.loads(tablet.status.read_text()) if fresh else _SILENT)
            except OSError:
                found.append(_SILENT)
        return found

    def _sent(self, since: float) -> bool:
        """Say whether no tablet has anything left to send."""
        return not any(each["waiting"] or each["held"] for each in self._said(since))

    def _heads(self) -> dict[str, int] | None:
        """Return the end of each scope's feed; None while the database is away or something has no number yet."""
        try:
            with reading(self._engine) as conn:
                if conn.scalar(text("SELECT EXISTS (SELECT 1 FROM changes WHERE seq IS NULL)")):
                    return None
                found = conn.execute(text("SELECT scope, max(seq) AS head FROM changes GROUP BY scope"))
                return {row.scope: row.head for row in found}
        except DBAPIError:
            return None

    def _level(self, heads: dict[str, int] | None, since: float) -> bool:
        """Say whether every tablet has taken in its scope's feed up to there."""
        return heads is not None and all(
            each["cursor"] >= max(heads.get(scope, 0) for scope in (EVERYWHERE, shop_scope(tablet.shop_id), *_STOCK))
            for tablet, each in zip(self._tablets, self._said(since), strict=True)
        )

    def _wait(self, done: Callable[[], bool], conductor: Conductor) -> bool:
        deadline = time.monotonic() + _PATIENCE
        with (self._folder / "waits").open("a") as told:
            while not (over := done()) and time.monotonic() < deadline:
                conductor.tend()
                said = [(each["waiting"], each["held"], each["cursor"]) for each in self._said(0.0)]
                print(f"{time.time():.1f}", *said, file=told, flush=True)
                time.sleep(0.1)
        return over


_STOCK = [stock_scope(each.id) for each in (*SHOPS, WEB)]
"""So few shops that every tablet holds the stock of all."""
_SILENT = {"waiting": 1, "held": 0, "synced": False, "cursor": 0}
