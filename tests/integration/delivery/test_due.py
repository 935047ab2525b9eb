"""What is found to be due, against a plain re-reading of everything that waits."""

import random
from collections import Counter
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from sync.ids import derived_id
from sync.model.customer import Channel
from sync.model.outreach import Message, MessageState
from sync.server.database import transaction
from sync.server.repository.delivery import Delivery
from sync.server.tables_edges import attempts
from tests.integration.delivery.house import NOON, SHOP, MovableClock, message, put

SHOPS = [f"shop-{number:02}" for number in range(40)]
SPANS = [timedelta(minutes=each) for each in (-90, -30, -10, -10, 0, 10, 60)]
"""Ties among them."""


def queue(chance: random.Random, count: int) -> tuple[list[Message], list[dict[str, Any]]]:
    """Make messages, most of them in few shops, and attempts that were made of some."""
    made = [
        message(
            chance.choice(tuple(Channel)),
            id=derived_id("due", str(chance.random())),
            shop_id=SHOPS[int(len(SHOPS) * chance.random() ** 3)],
            at=NOON + chance.choice(SPANS),
            send_after=NOON + chance.choice(SPANS) if chance.random() < 0.4 else None,
            state=MessageState.SENT if chance.random() < 0.1 else MessageState.QUEUED,
        )
        for _ in range(count)
    ]
    tried = [
        {
            "id": derived_id("attempt", each.id, "1"), "message_id": each.id, "number": 1, "channel": each.channel.value,
            "started_at": NOON + chance.choice(SPANS), "state": "queued", "retry_at": NOON + chance.choice(SPANS),
        }
        for each in made
        if chance.random() < 0.3
    ]  # fmt: skip
    return made, tried


def read_again(made: list[Message], tried: list[dict[str, Any]], now: datetime, but_not: set[Channel]) -> list[str]:
    slack = now + timedelta(minutes=5)
    put_back = {each["message_id"] for each in tried if each["started_at"] > slack}
    later = {each["message_id"] for each in tried if each["retry_at"] > now and each["started_at"] <= slack}
    due = [
        (each.send_after or each.at, each.id, each.shop_id, each.channel)
        for each in made
        if each.state is MessageState.QUEUED and each.channel not in but_not and each.id not in later
        if each.send_after is None or each.send_after <= now or each.id in put_back
    ]  # fmt: skip
    turns: Counter[tuple[str, Channel]] = Counter()
    rounds = []
    for time, message_id, shop_id, channel in sorted(due, key=itemgetter(0, 1)):
        turns[shop_id, channel] += 1
        rounds.append((turns[shop_id, channel], time, message_id))
    return [message_id for _, _, message_id in sorted(rounds)]


@pytest.mark.parametrize("seed", range(2))
def test_what_is_due_is_what_a_plain_reading_finds(
    store: Delivery, engine: Engine, clock: MovableClock, seed: int
) -> None:
    """Shops with many and with few, times of their own, attempts to be repeated and a clock that was put back: the same
    messages in the same rounds, whether few are asked for or more than there are."""
    made, tried = queue(random.Random(seed), 400)
    put(engine, clock, *(SHOP.model_copy(update={"id": each, "code": each}) for each in SHOPS), *made)
    with transaction(engine) as conn:
        conn.execute(insert(attempts), tried)
    for now in (NOON, NOON + timedelta(minutes=30), NOON - timedelta(minutes=45)):
        clock.now = now
        for but_not in (set(), {Channel.SMS}):
            wanted = read_again(made, tried, now, but_not)
            for limit in (1, 7, 150, 1000):
                assert [each.id for each in store.waiting(limit, but_not)] == wanted[:limit]
    assert store.waiting(10, list(Channel)) == []
