"""The rules over everybody find what the rules for one customer find."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pytest

from sync.insight.everybody import Everybody
from sync.insight.load import fill, flat
from sync.insight.signals import SIGNALS, proposed
from sync.insight.tables import tables_of
from sync.policy import signals as policy
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import load_playbook
from sync.policy.signals.proposal import Proposal
from tests.integration.databases import empty_postgresql, postgresql
from tests.unit.insight.people import people

__all__ = ["postgresql"]

MANY = 800
MOMENTS = {
    "a Friday noon in Tokyo": datetime(2026, 11, 20, 4, 0, tzinfo=UTC),
    "the night in which New York's clocks go back": datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    "the turn of the year": datetime(2026, 12, 31, 15, 0, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 28, 15, 0, tzinfo=UTC),
}
People = list[tuple[CustomerFacts, str]]
Found = dict[tuple[str, str, str], float]
"""Customer, cause, and by what: how strongly."""

_ABOUT = {
    "reply": "message_id",
    "returned": "id",
    "appointment": "appointment_id",
    "first_purchase": "order_id",
    "after_purchase": "order_id",
    "after_visit": "visit_id",
}
_DAY = {"returned": "last_at", "birthday": "day", "lapsed": "last_at"}


@pytest.fixture(params=["duckdb", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[ibis.BaseBackend]:
    if request.param == "duckdb":
        yield ibis.duckdb.connect()
        return
    with empty_postgresql(request.getfixturevalue("postgresql")) as url:
        connection = ibis.connect(url.replace("postgresql+psycopg", "postgresql"))
        yield connection
        connection.disconnect()


def one_by_one(everyone: People, now: datetime) -> Found:
    found: Found = {}
    playbook = load_playbook()
    for facts, zone in everyone:
        for signal in policy.SIGNALS:
            proposal = signal(facts, now=now, zone=ZoneInfo(zone), playbook=playbook)
            if proposal is not None and now < proposal.stale_after:
                found[facts.customer.id, proposal.cause.value, _by(proposal)] = proposal.strength
    return found


def _by(proposal: Proposal) -> str:
    cause, params = proposal.cause.value, proposal.evidence.params
    if cause == "web_up":
        return f" {proposal.episode.split(':')[1].replace('never', '')}"
    return f"{params.get(_ABOUT.get(cause, ''), '')} {params.get(_DAY.get(cause, ''), '')}"


def all_at_once(engine: ibis.BaseBackend, everyone: People, now: datetime) -> Found:
    fill(engine, flat(everyone))
    rows = proposed(Everybody(tables_of(engine), now, load_playbook())).to_pyarrow().to_pylist()
    return {
        (row["customer_id"], row["cause"], f"{row['about'] or ''} {_iso(row['day'])}"): row["strength"] for row in rows
    }


def _iso(day: Any) -> str:
    return day.isoformat() if isinstance(day, date) else ""


@pytest.mark.parametrize("moment", MOMENTS)
def test_everybody_at_once_as_one_by_one(engine: ibis.BaseBackend, moment: str) -> None:
    """Over generated customers in zones with and without summer time: the same customers, causes, records and days, and
    the same strength, on each engine."""
    now = MOMENTS[moment]
    everyone = list(people(MANY, 1, now))
    wanted, found = one_by_one(everyone, now), all_at_once(engine, everyone, now)
    assert {key[1] for key in wanted} == set(SIGNALS), "every rule has its cases"
    assert (sorted(set(found) - set(wanted)), sorted(set(wanted) - set(found))) == ([], [])
    assert all(abs(found[key] - strength) < 0.001 for key, strength in wanted.items())


def test_an_empty_house_has_nobody_to_speak_for(engine: ibis.BaseBackend) -> None:
    """Before the first customer there is nothing to find, and nothing fails."""
    fill(engine, {})
    assert (
        proposed(Everybody(tables_of(engine), MOMENTS["a leap day"], load_playbook())).count().to_pyarrow().as_py() == 0
    )
