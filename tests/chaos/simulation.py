"""One run from one seed, in one thread and without waiting: the same seed makes the same run."""

import random
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos import check, office, staff, trouble
from tests.chaos.network import NEWEST
from tests.chaos.post import Post
from tests.chaos.server import Disk, SimServer
from tests.chaos.tablet import Tablet
from tests.chaos.world import Faults, World

STEPS = (25, 70)
_TABLETS = (("anna", "ginza"), ("berta", "ginza"), ("chika", "umeda"))
_PAUSES = (1, 2, 5, 20, 60, 600, 3_600)
HEALING_ROUNDS = 2
"""What is damaged is found by reading in the first, built anew and pushed from in the second."""
NIGHTS = 8
"""Half days that pass for messages that wait for the morning, a retry, or for somebody to look after them."""


@dataclass
class Run:
    """How a run went."""

    seed: int
    seconds: float
    violations: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)


def simulate(seed: int, disk: Disk) -> Run:
    """Make the run of a seed. Whatever the product raises that it should not is a violation of the run, too."""
    began = time.perf_counter()
    chance = random.Random(seed)
    world = World(seed, chance, Faults.drawn(chance))
    with TemporaryDirectory(dir=disk.path.parent) as folder:
        simulation = _Simulation(world, disk, Path(folder))
        try:
            simulation.play()
        except Exception as error:
            world.violated(f"{type(error).__name__}: {error}")
            world.trace += _where(error)
        finally:
            simulation.end()
    deaths = simulation.server.fuse.deaths + sum((one.fuse.deaths for one in simulation.tablets), Counter())
    world.seen.update({f"died: {where}": times for where, times in deaths.items()})
    return Run(seed, time.perf_counter() - began, world.violations, world.trace, world.seen)


class _Simulation:
    def __init__(self, world: World, disk: Disk, folder: Path) -> None:
        self.world = world
        self.server = SimServer(world, disk)
        self.post = Post(world, self.server)
        self.tablets = [Tablet(world, self.server, folder, *each) for each in _TABLETS]

    def play(self) -> None:
        world = self.world
        for tablet in self.tablets:
            tablet.enrol()
            tablet.sync()
        self.server.back_up()
        world.calm = False
        for _ in range(world.chance.randint(*STEPS)):
            world.step += 1
            self._step()
        self._heal()
        check.in_the_end(world, self.server, self.post, self.tablets)

    def end(self) -> None:
        self.world.calm = True
        for tablet in self.tablets:
            tablet.fuse.disarm()
            tablet.close()

    def _step(self) -> None:
        world = self.world
        world.pass_by(world.chance.choice(_PAUSES[: world.chance.choice((4, 5, 7))]))
        trouble.strike(world, self.server, self.post, self.tablets)
        tablet = world.chance.choice(self.tablets)
        if not self.server.up and world.chance.random() < 0.4:
            self.server.start()
        if tablet.wants_enrolling and world.chance.random() < 0.5:
            tablet.enrol()
        roll = world.chance.random()
        if roll < 0.45:
            staff.work(world, tablet)
        elif roll < 0.68:
            tablet.sync()
        elif roll < 0.8:
            office.work(world, self.server)
        elif roll < 0.82:
            office.propose(world, self.server)
        elif roll < 0.91:
            self.post.tick()
        elif roll < 0.94:
            tablet.fetch(f"customer-{world.chance.randrange(9):02d}")
        elif roll < 0.96:
            tablet.hear()
        elif roll < 0.97:
            tablet.ask_stock()
        else:
            tablet.close()
        world.deliver_late()
        for each in self.tablets:
            check.at_every_step(world, each)

    def _heal(self) -> None:
        """The network is whole, everybody is up again and has the right version, and time passes."""
        world = self.world
        world.calm = True
        world.note("everything heals")
        self.server.start()
        world.deliver_late(all_of_them=True)
        for tablet in self.tablets:
            tablet.line.out = tablet.line.back = True
            tablet.line.turned_away = False
            tablet.line.protocol = NEWEST  # an older one cannot notice that a restored server forgot to say so
            tablet.run("look", check.reads_everything)
        for _ in range(HEALING_ROUNDS):
            world.pass_by(60)  # what was held is not held any more
            for tablet in self.tablets:
                if tablet.wants_enrolling and not tablet.revoked:
                    tablet.enrol()
                tablet.sync()
                tablet.run("look", check.reads_everything)
        for _ in range(NIGHTS):
            self.post.tick()
            world.pass_by(timedelta(hours=13).total_seconds())
        for tablet in self.tablets:
            tablet.sync()
            check.at_every_step(world, tablet)


def _where(error: BaseException) -> list[str]:
    return [line.rstrip() for line in traceback.format_exception(error)]
