"""Of many customers the worker asks the rules over everybody first, and finds the same follow-ups."""

from pathlib import Path

from sqlalchemy import Engine

from sync.model.base import Record
from sync.model.outreach import FollowUp
from sync.policy.playbook import load_playbook
from sync.server.database import reading, transaction
from sync.server.proposals import propose_all
from sync.server.repository.records import Records
from sync.server.worker import Worker
from sync.settings import ServerSettings
from tests.integration.delivery.house import NOON, RETAILER, SHOP, STAFF, MovableClock
from tests.unit.insight.people import people
from tests.unit.policy import build as b

MANY = 150


def follow_ups(engine: Engine) -> dict[str, FollowUp]:
    with reading(engine) as conn:
        return {one.id: one for one in Records(conn, lambda: NOON).of_kind(FollowUp)}


def test_the_same_follow_ups(engine: Engine, clock: MovableClock, tmp_path: Path) -> None:
    """What was narrowed leaves nothing for a run over everybody one by one to open, update or dismiss; also a day later,
    when what was open has become stale."""
    house: list[Record] = [RETAILER, SHOP, STAFF, b.shop(id=b.GINZA, code="g2")]
    for n, (facts, zone) in enumerate(people(MANY, 9, NOON)):
        house.append(
            facts.customer.model_copy(update={"time_zone": zone, "member_number": str(n), "home_shop_id": SHOP.id})
        )
        for hers in (
            facts.orders,
            facts.visits,
            facts.appointments,
            facts.interactions,
            facts.messages,
            facts.web,
            facts.consents,
        ):
            house.extend(hers)
    with transaction(engine) as conn:
        Records(conn, clock).put_many(house)
    settings = ServerSettings(data=tmp_path / "data", public_url="https://shop.example.jp")
    worker = Worker(settings, engine, clock, channels={}, at_once_from=1)
    for _day in range(2):
        assert 0 < worker.propose_due() < MANY
        found = follow_ups(engine)
        assert found
        again = propose_all(engine, clock, load_playbook())
        assert (again.customers, again.opened, again.updated, again.dismissed) == (MANY, 0, 0, 0)
        assert follow_ups(engine) == found
        clock.pass_by(hours=24)
