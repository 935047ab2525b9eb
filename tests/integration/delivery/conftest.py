"""Fixtures for tests of sending."""

import pytest
from sqlalchemy import Engine

from sync.policy.playbook import load_playbook
from sync.server.repository.delivery import Delivery
from tests.integration.databases import empty_url, engine, migrated, postgresql
from tests.integration.delivery.house import MovableClock, furnish

__all__ = ["empty_url", "engine", "migrated", "postgresql"]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def enqueued() -> list[tuple[str, int]]:
    """(message id, attempt) of every workflow that was started."""
    return []


@pytest.fixture
def store(engine: Engine, clock: MovableClock, enqueued: list[tuple[str, int]]) -> Delivery:
    """The delivery store over a furnished house; starting a workflow only notes it."""
    furnish(engine, clock)

    def enqueue(_conn: object, message_id: str, number: int, *, anew: bool = False) -> None:
        enqueued.append((message_id, number))

    return Delivery(engine, clock, secret="s" * 32, playbook=load_playbook(), enqueue=enqueue)
