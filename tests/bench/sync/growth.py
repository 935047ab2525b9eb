"""`make bench-growth`: how cost grows with the retailer, and what more server processes bring.

The retailer grows from 10,000 customers to a million, in shops of 10,000 each; what one shop's tablet asks for is measured at
each size, with the real client over HTTP. Then notes are pushed at one to four server processes over one PostgreSQL, which
share this machine with it and with those who push. Prints two tables, writes `growth.json` and `growth.svg`.
"""

import argparse
import json
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
import structlog
from sqlalchemy import Engine

from sync.client import Client
from sync.clock import system_clock
from sync.ids import imported_id, new_id
from sync.model.commands import Envelope, LogInteraction
from sync.model.customer import Customer
from sync.model.shop import Shop
from sync.protocol import EnrolRequest, PushRequest
from sync.server.database import make_engine, transaction
from sync.server.enrolment import create_enrolment_code, enrol
from sync.server.migrate import migrate
from sync.server.repository.records import Records
from tests.acceptance.retail import ServerProcess
from tests.bench.live import house as postgresql_house
from tests.bench.sync import workload
from tests.bench.sync.growth_chart import growth_chart
from tests.bench.sync.house import House, fill, sync
from tests.bench.sync.peers.base import Processes
from tests.bench.sync.report import machine
from tests.integration.server.devices import HttpDevice, Key
from tests.integration.server.people import GINZA, MISAKI, YUMI

OUT = Path("build/bench")
SIZES = (10_000, 100_000, 1_000_000)
PROCESSES = (1, 2, 3, 4)
A_SHOP = 10_000
"""Customers of each shop: what a tablet holds stays the same while the retailer grows."""
_AT_ONCE = 5_000
_REPEATS = 5
_NOTES, _BATCH = 500, 100
_CHANGED = 1_000
_PUSHERS, _BATCHES_EACH = 8, 10

_changes = count(1)

log = structlog.get_logger(__name__)

Figures = Mapping[str, float]


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m tests.bench.sync.growth", description=__doc__)
    ask.add_argument("--customers", type=int, nargs="*", default=SIZES)
    ask.add_argument("--processes", type=int, nargs="*", default=PROCESSES)
    asked = ask.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    by_size = dict(grown(asked.customers))
    by_processes = {count: pushed_at(count) for count in asked.processes}
    _print("customers of the retailer", by_size)
    _print("server processes", by_processes)
    print(f"load average: {os.getloadavg()[0]:.1f}")
    document = {"machine": machine(), "customers": by_size, "processes": by_processes}
    (OUT / "growth.json").write_text(json.dumps(document, indent=1))
    (OUT / "growth.svg").write_text(growth_chart(by_size, by_processes), encoding="utf-8")


# -- more customers


def grown(sizes: Sequence[int]) -> Iterator[tuple[int, Figures]]:
    """Grow one retailer to each size in turn and yield what a tablet of its first shop then costs."""
    with TemporaryDirectory(prefix="growth-", dir=OUT) as name, ExitStack() as stack:
        folder = Path(name).resolve()
        engine, processes = make_engine(f"sqlite:///{folder / 'server.db'}"), Processes()
        stack.callback(engine.dispose)
        stack.callback(processes.close)
        migrate(engine)
        fill(engine, 0, 0)
        place, there = House(folder, engine, processes), 0
        for size in sizes:
            seconds = _seconds(partial(_import, engine, there, size))
            figures = {"import, ms a customer": seconds / (size - there) * 1e3, **_of_a_tablet(place)}
            there = size
            log.info("growth.measured", customers=size, **{name: round(value, 4) for name, value in figures.items()})
            yield size, figures


def _import(engine: Engine, first: int, end: int) -> None:
    for start in range(first, end, _AT_ONCE):
        with transaction(engine) as conn:
            Records(conn, system_clock).put_many(_people(start, min(end, start + _AT_ONCE)))


def _people(first: int, end: int) -> Iterator[Customer | Shop]:
    for number in range(first, end):
        shop = workload.SHOP if number < A_SHOP else imported_id("shop", f"bench-{number // A_SHOP}")
        if number >= A_SHOP and number % A_SHOP == 0:
            code = f"bench-{number // A_SHOP}"
            yield Shop(id=shop, code=code, name=f"{number // A_SHOP}号店", brand="Mirai", controller="Mirai K.K.")
        yield Customer.model_validate(workload.customer(number) | {"home_shop_id": shop, "person_in_charge_id": None})


def _of_a_tablet(place: House) -> Figures:
    place.forget_snapshots()
    client = place.tablet()
    built = _seconds(lambda: sync(client))
    place.put_away(client)
    client = place.tablet()
    try:
        return {
            "snapshot built and fetched, s": built,
            "first sync, s": _seconds(lambda: sync(client)),
            "catch-up of 1,000 rows, s": _median(lambda: _catch_up(place, client), _REPEATS),
            "push, ms a command": _median(lambda: _push(client), _REPEATS) / _NOTES * 1e3,
            "search on the server, ms": _median(lambda: _seconds(lambda: client.search_beyond("佐藤 さくら")), 30)
            * 1e3,
        }
    finally:
        place.put_away(client)


def _catch_up(place: House, client: Client) -> float:
    """Change customers of the shop; return the seconds that its tablet takes to have them."""
    change = next(_changes)
    rows = [Customer.model_validate(one) for one in workload.changed(A_SHOP, _CHANGED, change=change)]
    with transaction(place.engine) as conn:
        Records(conn, system_clock).put_many(rows)
    seconds = _seconds(lambda: sync(client))
    assert client.cache.record("customer", rows[-1].id) == rows[-1]
    return seconds


def _push(client: Client) -> float:
    """Take notes and return the seconds until the server has answered each."""
    for number in range(_NOTES):
        client.submit(_note(workload.customer(number)["id"], workload.SHOP), workload.STAFF[0])
    seconds = _seconds(lambda: sync(client))
    status = client.status()
    assert (status.waiting, len(status.refused)) == (0, 0)
    return seconds


def _note(customer_id: str, shop_id: str) -> LogInteraction:
    return LogInteraction(
        interaction_id=new_id(), customer_id=customer_id, shop_id=shop_id, text="袖丈を2cm詰めてお渡し。"
    )


# -- more processes


def pushed_at(processes: int) -> Figures:
    """Push notes from eight devices in turns at so many server processes, until each has sent its batches."""
    with TemporaryDirectory() as folder, postgresql_house(Path(folder), processes) as (engine, servers):
        devices = [_device(engine, servers[number % processes].url) for number in range(_PUSHERS)]
        before, busy = _cpu(servers), threading.Barrier(_PUSHERS + 1)
        threads = [threading.Thread(target=_send, args=(device, busy)) for device in devices]
        for thread in threads:
            thread.start()
        busy.wait()
        seconds = _seconds(lambda: _joined(threads))
        commands = _PUSHERS * _BATCHES_EACH * _BATCH
        for device in devices:
            device.http.close()
        return {"commands/s": commands / seconds, "server CPU, ms a command": (_cpu(servers) - before) / commands * 1e3}


def _device(engine: Engine, url: str) -> HttpDevice:
    key = Key(os.urandom(32))
    code = create_enrolment_code(engine, "ginza", system_clock)
    enrolment = enrol(engine, system_clock, EnrolRequest(code=code, name="pusher", public_key=key.jwk))
    return HttpDevice(httpx.Client(base_url=url, timeout=120), system_clock, enrolment, key)


def _send(device: HttpDevice, ready: threading.Barrier) -> None:
    bodies = []
    for first in range(0, _BATCHES_EACH * _BATCH, _BATCH):
        commands = tuple(
            Envelope(
                id=new_id(),
                seq=number + 1,
                staff_id=MISAKI.id,
                device_time=system_clock(),
                command=_note(YUMI.id, GINZA.id),
            )
            for number in range(first, first + _BATCH)
        )
        bodies.append(PushRequest(commands=commands).model_dump(mode="json", exclude_none=True))
    ready.wait()
    for body in bodies:
        answer = device.call("POST", "/v1/sync/push", json=body).raise_for_status()
        assert all(one["accepted"] for one in answer.json()["outcomes"])


def _joined(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.join()


def _cpu(servers: Sequence[ServerProcess]) -> float:
    times = [psutil.Process(server.process.pid).cpu_times() for server in servers if server.process is not None]
    return sum(one.user + one.system for one in times)


# -- below


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(measure: Callable[[], float], times: int) -> float:
    return statistics.median(measure() for _ in range(times))


def _print(what: str, measured: Mapping[int, Figures]) -> None:
    names = list(next(iter(measured.values()), {}))
    print(f"| {what} | {' | '.join(names)} |")
    print(f"| ---: |{' ---: |' * len(names)}")
    for number, figures in measured.items():
        print(f"| {number:,} | {' | '.join(f'{figures[name]:.3g}' for name in names)} |")
    print()


if __name__ == "__main__":
    main()
