"""The Monday morning: thousands of tablets wake at once. A simulation of queueing and back-off over measured costs.

    python -m tests.bench.storm            # the scenarios of docs/scaling.md, from measured costs

What is simulated is the crowd; what a tablet does is its own code (`sync.client.live.back_off`, the waits of
`sync.client.remote`), and what a request costs was measured (`make bench-sync`, W8). Each server process takes one request
after the other; a tablet that waits longer than its time-out gives up and comes again, while its request is still worked on.
"""

import heapq
import random
import statistics
from dataclasses import dataclass, replace

from sync.client.live import back_off
from sync.client.remote import WORK_SECONDS
from sync.server.busy import MOST_AT_ONCE

REFUSAL = 0.0005
"""Seconds of one process that turning a request away takes."""
GIVE_UP = 3600.0
"""Seconds after which a scenario ends."""


@dataclass(frozen=True)
class Scenario:
    name: str
    tablets: int = 3000
    within: float = 300.0
    """Seconds in which all of them wake."""
    processes: int = 4
    requests: int = 2
    """Requests of one tablet's first round: its pull, and the live channel."""
    cost: float = 0.02
    """Seconds of one process that a request takes."""
    down_until: float = 0.0
    """Second at which the server comes back; before it, connections are refused."""
    jitter: bool = True
    most_at_once: int | None = MOST_AT_ONCE
    """Requests a process lets in; None lets everybody wait."""


@dataclass(frozen=True)
class Result:
    scenario: Scenario
    p50: float
    p99: float
    """Seconds from waking (or from the server's return) until a tablet was up to date."""
    last: float
    """Second at which the last one was."""
    never: int
    """Tablets that were not up to date after an hour."""
    longest_queue: int
    attempts_per_tablet: float

    def line(self) -> str:
        end = f"{self.never} never" if self.never else f"all by {self.last:.0f} s"
        return (
            f"{self.scenario.name:52s} p50 {self.p50:7.2f} s  p99 {self.p99:7.2f} s  {end:16s} "
            f"longest queue {self.longest_queue:5d}  requests a tablet {self.attempts_per_tablet:.2f}"
        )


def simulate(scenario: Scenario, seed: int = 1) -> Result:
    """Let the crowd come; deterministic for a seed."""
    chance = random.Random(seed)
    jitter = chance.random if scenario.jitter else (lambda: 1.0)
    free = [0.0] * scenario.processes
    heapq.heapify(free)
    # (time, number of the event, tablet, requests still to do, failures in a row)
    events: list[tuple[float, int, int, int, int]] = []
    woke = [chance.uniform(0, scenario.within) for _ in range(scenario.tablets)]
    for tablet, at in enumerate(woke):
        heapq.heappush(events, (at, tablet, tablet, scenario.requests, 0))
    number, attempts, longest = scenario.tablets, 0, 0
    done: dict[int, float] = {}
    while events and events[0][0] < GIVE_UP:
        now, _, tablet, left, failures = heapq.heappop(events)
        attempts, number = attempts + 1, number + 1
        waiting = round(sum(max(0.0, at - now) for at in free) / scenario.cost)
        longest = max(longest, waiting)
        if now < scenario.down_until:
            again: float | None = now
        elif scenario.most_at_once is not None and waiting >= scenario.most_at_once * scenario.processes:
            heapq.heappush(free, max(heapq.heappop(free), now) + REFUSAL)
            again = now
        else:
            ready = max(heapq.heappop(free), now) + scenario.cost
            heapq.heappush(free, ready)
            again = now + WORK_SECONDS if ready - now > WORK_SECONDS else None
            if again is None and left > 1:
                heapq.heappush(events, (ready, number, tablet, left - 1, 0))
            elif again is None:
                done[tablet] = ready
        if again is not None:
            again += back_off(failures + 1, jitter)
            heapq.heappush(events, (again, number, tablet, left, failures + 1))
    waits = sorted(done[tablet] - max(woke[tablet], scenario.down_until) for tablet in done)
    return Result(
        scenario,
        statistics.median(waits),
        waits[int(len(waits) * 0.99)],
        max(done.values()),
        scenario.tablets - len(done),
        longest,
        attempts / scenario.tablets,
    )


def scenarios(cost: float) -> list[Scenario]:
    """Return what docs/scaling.md shows, for what a request was measured to cost."""
    plain = Scenario("3,000 tablets within 5 minutes, 4 processes", cost=cost)
    return [
        plain,
        replace(plain, name="the same, 1 process", processes=1),
        replace(plain, name="all within 5 seconds, 4 processes", within=5.0),
        replace(plain, name="all within 5 seconds, 1 process", within=5.0, processes=1),
        replace(plain, name="server down for the 5 minutes, then 4 processes", down_until=300.0),
        replace(plain, name="the same without jitter", down_until=300.0, jitter=False),
        replace(
            plain,
            name="all within 5 seconds, 1 process, nobody turned away",
            within=5.0,
            processes=1,
            most_at_once=None,
        ),
        replace(plain, name="ten times the cost, all within 5 seconds", within=5.0, cost=cost * 10),
    ]


if __name__ == "__main__":
    import sys

    for one in scenarios(float(sys.argv[1]) if len(sys.argv) > 1 else 0.02):
        print(simulate(one).line())
