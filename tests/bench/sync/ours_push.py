"""W5: commands pushed in batches of 100, one batch in five sent again, through our whole HTTP server, beside a bare endpoint.

Both servers write into an SQLite database of their own on the same disk, by the same code of ours for connections, each in
a process of its own; both are asked by our own client. The endpoint checks nothing: see `push_server.py`.
"""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from sync.client.device import Device
from sync.client.keys import DeviceKeys
from sync.client.remote import HttpRemote
from sync.client.server_clock import ServerClock
from sync.clock import system_clock
from sync.ids import new_id
from sync.model.commands import Envelope, LogInteraction
from sync.model.customer import Customer
from sync.model.shop import Shop, Staff
from sync.protocol import EnrolRequest, PushRequest
from sync.server.database import make_engine, reading, transaction
from sync.server.enrolment import create_enrolment_code, enrol
from sync.server.migrate import migrate
from sync.server.repository.records import Records
from sync.server.tables import interactions
from tests.bench.sync import workload
from tests.bench.sync.measure import Measure, Run
from tests.bench.sync.peers.base import Processes, free_port, wait_for_port
from tests.bench.sync.rivals import BATCH, COMMANDS

_CUSTOMERS = 5_000
_REPLAYED = 5
"""Each batch of this number is sent a second time, as after an answer that was lost."""
_TEXT = "袖丈を2cm詰めてお渡し。ご旅行が多く、しわになりにくいものをお探しです。"


class _Side(NamedTuple):
    url: str
    remote: HttpRemote


@contextmanager
def push(run: Run) -> Iterator[Sequence[Measure]]:
    """Start both servers over a database of 5,000 customers each."""
    processes = Processes()
    try:
        sides = {which: _start(processes, run.folder, which) for which in ("ours", "bare")}
        yield [Measure("W5", which, partial(_once, side)) for which, side in sides.items()]
    finally:
        processes.close()


def _start(processes: Processes, folder: Path, which: str) -> _Side:
    keys = DeviceKeys(secret=bytes(32), signing=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    url, port, log = f"sqlite:///{folder / which}.db", free_port(), folder / f"{which}.log"
    clock = ServerClock(system_clock, Device(folder / f"{which}-device.db", keys.own_key))
    remote = HttpRemote(f"http://127.0.0.1:{port}", keys, clock, new_id)
    remote.sign_in(_fill(url, keys))
    command = [sys.executable, "-m", "tests.bench.sync.push_server", which, url, str(folder / which), str(port)]
    wait_for_port(port, processes.start(command, log, os.environ), log)
    return _Side(url, remote)


def _fill(url: str, keys: DeviceKeys) -> str:
    """Write a shop with customers, and return the token of a device that was enrolled there."""
    engine = make_engine(url)
    try:
        migrate(engine)
        with transaction(engine) as conn:
            records = Records(conn, system_clock)
            records.put(Shop(id=workload.SHOP, code="bench", name="銀座店", brand="Mirai", controller="Mirai K.K."))
            people = enumerate(workload.STAFF)
            records.put_many(
                Staff(id=one, code=f"s{place}", family_name="高橋", given_name="美咲", shop_id=workload.SHOP)
                for place, one in people
            )
            records.put_many(Customer.model_validate(one) for one in workload.customers(_CUSTOMERS))
        code = create_enrolment_code(engine, "bench", system_clock)
        asked = EnrolRequest(code=code, name="bench", public_key=keys.public_jwk())
        return enrol(engine, system_clock, asked).token
    finally:
        engine.dispose()


def _once(side: _Side) -> Mapping[str, float]:
    """Push everything and check that each command has one outcome and the database each note once."""
    requests = _requests()
    before = _notes(side.url)
    start = time.perf_counter()
    answers = [side.remote.push(request) for request in requests]
    seconds = time.perf_counter() - start
    refused = [one for answer in answers for one in answer.outcomes if not one.accepted]
    assert not refused, refused[0]
    assert _notes(side.url) - before == COMMANDS
    return {"push": seconds}


def _requests() -> list[PushRequest]:
    """Make fresh notes about customers in turn, a batch in five repeated."""
    people = [workload.customer(number)["id"] for number in range(_CUSTOMERS)]
    requests = []
    for first in range(0, COMMANDS, BATCH):
        commands = tuple(
            Envelope(
                id=new_id(),
                seq=number + 1,
                staff_id=workload.STAFF[number % len(workload.STAFF)],
                device_time=system_clock(),
                command=LogInteraction(
                    interaction_id=new_id(),
                    customer_id=people[number * 7 % _CUSTOMERS],
                    shop_id=workload.SHOP,
                    text=_TEXT,
                    tags=("alteration",),
                ),
            )
            for number in range(first, first + BATCH)
        )
        again = 2 if (first // BATCH) % _REPLAYED == 0 else 1
        requests += [PushRequest(commands=commands)] * again
    return requests


def _notes(url: str) -> int:
    engine = make_engine(url)
    try:
        with reading(engine) as conn:
            return conn.scalar(select(func.count()).select_from(interactions)) or 0
    finally:
        engine.dispose()
