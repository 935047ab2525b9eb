"""The rules over everybody find what the rules for one customer find."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pytest

from sync.insight.everybody import Everybody
from sync.insight.load import Rows, fill, flat
from sync.insight.signals import SIGNALS, proposed
from sync.insight.tables import tables_of
from sync.model.outreach import Purpose
from sync.policy import signals as policy
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts
from sync.policy.gate import purpose_of
from sync.policy.playbook import Playbook, load_playbook
from sync.policy.playbook_rules import Rank
from sync.policy.signals import wanted_in_stock
from sync.policy.signals.proposal import Proposal
from tests.integration.databases import empty_postgresql, postgresql
from tests.unit.insight.people import people
from tests.unit.policy import build as b

__all__ = ["postgresql"]

MANY = 800
MOMENTS = {
    "a Friday noon in Tokyo": datetime(2026, 11, 20, 4, 0, tzinfo=UTC),
    "the night in which New York's clocks go back": datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    "the season for coats": datetime(2027, 4, 1, 4, 0, tzinfo=UTC),
    "the turn of the year": datetime(2026, 12, 31, 15, 0, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 28, 15, 0, tzinfo=UTC),
}
Tills = dict[str, datetime] | None
People = list[tuple[CustomerFacts, str]]
Found = dict[tuple[str, str, str], float]
"""Customer, cause, and by what: how strongly."""

_ABOUT = {
    "reply": "message_id",
    "returned": "id",
    "appointment": "appointment_id",
    "after_appointment": "appointment_id",
    "first_purchase": "order_id",
    "after_purchase": "order_id",
    "after_visit": "visit_id",
    "due_again": "order_id",
}
_DAY = {
    "returned": "last_at",
    "birthday": "day",
    "anniversary": "day",
    "points_expire": "day",
    "lapsed": "last_at",
    "rank": "until",
}
_ONE_BY_ONE = {wanted_in_stock.propose}
"""What needs the shelf, which is looked at for the few who want something."""


def playbook() -> Playbook:
    """The shipped one, with ranks."""
    shipped = load_playbook()
    rules = Rank(
        days=365,
        spend={"": 0, "silver": 100_000, "gold": 300_000},
        near_share=0.4,
        ahead_days=30,
        fresh_days=200,
        quiet_days=10,
    )
    return shipped.model_copy(update={"signals": shipped.signals.model_copy(update={"rank": rules})})


@pytest.fixture(params=["duckdb", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[ibis.BaseBackend]:
    if request.param == "duckdb":
        yield ibis.duckdb.connect()
        return
    with empty_postgresql(request.getfixturevalue("postgresql")) as url:
        connection = ibis.connect(url.replace("postgresql+psycopg", "postgresql"))
        yield connection
        connection.disconnect()


def one_by_one(everyone: People, now: datetime, tills: Tills) -> Found:
    found: Found = {}
    rules = playbook()
    for facts, zone in everyone:
        around = replace(facts, tills_until=tills)
        for signal in set(policy.SIGNALS) - _ONE_BY_ONE:
            proposal = signal(around, now=now, zone=ZoneInfo(zone), playbook=rules)
            if proposal is None or now >= proposal.stale_after:
                continue
            if policy.campaigns_reach(facts) or purpose_of(proposal.cause) is not Purpose.CAMPAIGN:
                found[facts.customer.id, proposal.cause.value, _by(proposal)] = proposal.strength
    return found


def _by(proposal: Proposal) -> str:
    cause, params = proposal.cause.value, proposal.evidence.params
    if cause == "cart_left":
        return f"{proposal.episode.split(':')[1]} "
    if cause == "web_up":
        return f" {proposal.episode.split(':')[1].replace('never', '')}"
    return f"{params.get(_ABOUT.get(cause, ''), '')} {params.get(_DAY.get(cause, ''), '')}"


@cache
def expected(moment: str, looked: bool) -> tuple[Tills, Rows, Found]:
    """Up to when the tills have reported, the tables' rows, and what is found one by one: the same on both engines."""
    now = MOMENTS[moment]
    everyone = list(people(MANY, 1, now))
    tills = {b.GINZA: now - timedelta(days=2), WEB_SHOP_ID: now} if looked else None
    return tills, flat(everyone, tills), one_by_one(everyone, now, tills)


def all_at_once(engine: ibis.BaseBackend, rows: Rows, now: datetime, tills: Tills) -> Found:
    fill(engine, rows)
    found = proposed(Everybody(tables_of(engine), now, playbook(), tills is not None)).to_pyarrow().to_pylist()
    return {
        (row["customer_id"], row["cause"], f"{row['about'] or ''} {_iso(row['day'])}"): row["strength"] for row in found
    }


def _iso(day: Any) -> str:
    return day.isoformat() if isinstance(day, date) else ""


@pytest.mark.parametrize(
    ("moment", "looked"),
    [*((moment, True) for moment in MOMENTS), ("a leap day", False)],
)
def test_everybody_at_once_as_one_by_one(engine: ibis.BaseBackend, moment: str, looked: bool) -> None:
    """Over generated customers in zones with and without summer time: the same customers, causes, records and days, and
    the same strength, on each engine."""
    now = MOMENTS[moment]
    tills, rows, wanted = expected(moment, looked)
    found = all_at_once(engine, rows, now, tills)
    assert {key[1] for key in wanted} == set(SIGNALS), "every rule has its cases"
    assert (sorted(set(found) - set(wanted)), sorted(set(wanted) - set(found))) == ([], [])
    assert all(abs(found[key] - strength) < 0.001 for key, strength in wanted.items())


def test_an_empty_house_has_nobody_to_speak_for(engine: ibis.BaseBackend) -> None:
    """Before the first customer there is nothing to find, and nothing fails."""
    fill(engine, {})
    assert proposed(Everybody(tables_of(engine), MOMENTS["a leap day"], playbook())).count().to_pyarrow().as_py() == 0
