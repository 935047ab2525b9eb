"""How long it takes to find what goes next, over a queue as a campaign leaves it, on both databases.

    python -m tests.bench.due [MESSAGES]        # 100,000 queued by default, and as many that went before

Prints for each database the median of seven looks at the next 500, and beside it what reading the key of every queued
message takes.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, insert, select, text

from sync.model.customer import Channel, Customer
from sync.model.outreach import Cause, Message, MessageState
from sync.policy.gate import purpose_of
from sync.policy.playbook import load_playbook
from sync.server.database import make_engine, reading, transaction
from sync.server.migrate import migrate
from sync.server.repository.delivery import Delivery
from sync.server.repository.rows import row_of
from sync.server.tables import customers, messages
from sync.server.tables_edges import attempts
from sync.server.turns import LOOK_AHEAD
from tests.integration.databases import empty_postgresql, running_postgresql

NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
SHOPS, CUSTOMERS = 40, 1000
TRIED = 0.05
"""Share of what waits that was tried before; half of that is to be tried again only later."""
ROUNDS = 7


def fill(engine: Engine, count: int) -> None:
    """Write customers, `count` messages that wait, in unequal numbers for each shop, and `count` that went before."""
    chance = random.Random(count)
    people = [Customer(id=f"customer-{n:04}", member_number=f"{n:06}", family_name="佐々木") for n in range(CUSTOMERS)]
    with transaction(engine) as conn:
        conn.execute(insert(customers), [row_of(each, each.to_wire()) for each in people])
    for start in range(0, 2 * count, 5000):
        made = [_message(n, chance, sent=n >= count) for n in range(start, min(start + 5000, 2 * count))]
        tried = [each for each in made if each.state is MessageState.SENT or chance.random() < TRIED]
        with transaction(engine) as conn:
            conn.execute(insert(messages), [row_of(each, each.to_wire()) for each in made])
            conn.execute(insert(attempts), [_attempt(each, chance) for each in tried])
    if engine.dialect.name != "sqlite":  # there it happens by itself; SQLite has no statistics in a shop either
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM ANALYZE"))


def _message(number: int, chance: random.Random, *, sent: bool) -> Message:
    at = NOW - timedelta(hours=30 if sent else 3, seconds=chance.randrange(7200))
    return Message(
        id=f"message-{chance.getrandbits(64):016x}", customer_id=f"customer-{number % CUSTOMERS:04}",
        channel=chance.choice(tuple(Channel)), cause=Cause.ORDER, purpose=purpose_of(Cause.ORDER),
        shop_id=f"shop-{int(SHOPS * chance.random() ** 3):02}", staff_id="staff", subject="ご用意ができました", at=at, state_at=at,
        body="ご注文のお品物が届きました。ご都合のよいときにお立ち寄りください。" * 4,
        state=MessageState.SENT if sent else MessageState.QUEUED,
        send_after=NOW + timedelta(hours=chance.choice((-2, 5))) if chance.random() < 0.1 else None,
    )  # fmt: skip


def _attempt(message: Message, chance: random.Random) -> dict[str, Any]:
    again = None if message.state is MessageState.SENT else NOW + timedelta(minutes=chance.choice((-5, 5)))
    return {
        "id": f"attempt-{message.id}", "message_id": message.id, "number": 1, "channel": message.channel.value,
        "started_at": message.at, "finished_at": message.at, "state": message.state.value, "retry_at": again,
    }  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """Return the median."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


@contextmanager
def databases() -> Iterator[Iterator[tuple[str, str]]]:
    with TemporaryDirectory() as folder, running_postgresql() as maintenance, empty_postgresql(maintenance) as url:
        yield iter([("sqlite", f"sqlite:///{Path(folder) / 'clienteling.db'}"), ("postgresql", url)])


def main(count: int) -> None:
    with databases() as found:
        for name, url in found:
            engine = make_engine(url)
            migrate(engine)
            fill(engine, count)
            store = Delivery(engine, lambda: NOW, secret="s" * 32, playbook=load_playbook())
            keys = select(messages.c.id).where(messages.c.state == MessageState.QUEUED.value)

            def bare(engine: Engine = engine, keys: Any = keys) -> None:
                with reading(engine) as conn:
                    conn.execute(keys).all()

            look, paused = seconds(lambda store=store: store.waiting(LOOK_AHEAD)), seconds(store.paused)  # type: ignore[misc]
            print(
                f"{name}, {count:,} queued: the next {LOOK_AHEAD} in {look * 1000:,.0f} ms, providers' pauses in "
                f"{paused * 1000:,.1f} ms (the bare ids of the queue: {seconds(bare) * 1000:,.0f} ms)",
                flush=True,
            )
            engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
