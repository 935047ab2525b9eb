"""The queue of everything that the outside world sends to the server."""

import asyncio
from typing import Any

from sync.sandbox.post import MAX_REFUSALS, Outcome, Post
from sync.sandbox.store import Store


def test_a_parcel_that_cannot_be_carried_holds_up_nobody_else() -> None:
    """Its carrier breaks each time: the other lanes get theirs at once, and it is given up in the end."""
    now = 0.0
    arrived: list[dict[str, Any]] = []

    async def broken(_payload: dict[str, Any], _attempts: int) -> Outcome:
        raise ValueError("half a character")

    async def sound(payload: dict[str, Any], _attempts: int) -> Outcome:
        arrived.append(payload)
        return Outcome.DONE

    post = Post(Store(None), lambda: now)
    post.carry("broken", broken)
    post.carry("sound", sound)
    post.enqueue("broken", "a", {"n": 1})
    post.enqueue("sound", "b", {"n": 2})
    for _ in range(MAX_REFUSALS):
        asyncio.run(post.deliver_due())
        now += 60
    assert arrived == [{"n": 2}]
    assert post.waiting() == 0
