"""Every signal has its case in the demo: the cases' files and events, through the doors, under the demo's playbook."""

import csv
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sync.connectors.files import FolderReader
from sync.connectors.segment import SegmentConnector
from sync.identity.match import IdentityResolver
from sync.ids import imported_id
from sync.model.customer import AppointmentState, Customer
from sync.model.outreach import Cause, FollowUp
from sync.policy.playbook import load_playbook
from sync.policy.signals import SIGNALS
from sync.sandbox.retailer.world import World
from sync.server.database import reading
from sync.server.file_import import import_folder
from sync.server.ingest import IngestService
from sync.server.migrate import migrate
from sync.server.proposals import propose_for
from sync.server.repository.records import Records
from sync.server.setup import open_database
from sync.settings import ServerSettings
from tests.unit.retailer.conftest import NOW

WHOLE = ("retailer", "shops", "staff", "products", "variants")
OF_CUSTOMERS = ("customers", "consents", "appointments", "visits", "interactions", "messages", "contacts")


@pytest.fixture(scope="module")
def known(folder: Path, world: World, bodies: Any, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What a server knows that took in those of whom the cases tell, with the follow-ups that it opened."""
    path = tmp_path_factory.mktemp("cases")
    people = {case.customer.number: case.customer for case in world.cases}
    users = {customer.user_id for customer in people.values()}
    wished = {sku for sku, _ in world.lies}
    part = path / "retailer"
    part.mkdir()
    for name in WHOLE:
        (part / f"{name}.csv").write_bytes((folder / f"{name}.csv").read_bytes())
    for name in OF_CUSTOMERS:
        _cut(folder, part, name, lambda row: row["member_number"] in people)
    _cut(folder, part, "stock", lambda row: row["sku"] in wished)
    settings = ServerSettings(data=path / "data")
    engine = open_database(settings)
    migrate(engine)
    reports = import_folder(
        engine, lambda: NOW, settings, part, "all", lambda *_: None, reader=FolderReader(), resolver=IdentityResolver()
    )
    assert [report.as_text() for report in reports if report.errors] == []
    events = [event for _, batch in bodies for event in batch if event.get("userId") in users]
    ingest, connector = IngestService(engine, lambda: NOW, IdentityResolver()), SegmentConnector("key", lambda: NOW)
    for start in range(0, len(events), 500):
        parsed = connector.parse("/v1/batch", {}, json.dumps({"batch": events[start : start + 500]}).encode())
        ingest.apply(parsed.facts)
    tills: dict[str, datetime] = {}
    for order in world.orders:
        shop = imported_id("shop", order.shop)
        tills[shop] = max(order.at, tills.get(shop, order.at))
    with reading(engine) as conn:
        ids = [one.id for one in Records(conn).of_kind(Customer)]
    propose_for(engine, lambda: NOW, load_playbook(folder / "playbook.toml"), ids, tills=tills)
    with reading(engine) as conn:
        records = Records(conn)
        both = [*records.of_kind(Customer), *records.of_kind(FollowUp)]
    engine.dispose()
    return both


def _cut(folder: Path, part: Path, name: str, keep: Any) -> None:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        with (part / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, rows.fieldnames or ())
            writer.writeheader()
            writer.writerows(filter(keep, rows))


def test_every_signal_has_its_case(known: list[Any]) -> None:
    """All sixteen open at least one follow-up among those of whom the cases tell."""
    opened = Counter(one.cause for one in known if isinstance(one, FollowUp))
    signals = {Cause(signal.__module__.rpartition(".")[2]) for signal in SIGNALS}
    assert len(signals) == 16
    assert {cause for cause in signals if not opened[cause]} == set()


def test_whose_appointment_lies_behind(known: list[Any], world: World) -> None:
    """Each who came and did not buy is thanked for it; who did not come hears nothing about it."""
    numbers = {one.id: one.member_number for one in known if isinstance(one, Customer)}
    thanked = {
        numbers[one.customer_id] for one in known if isinstance(one, FollowUp) and one.cause is Cause.AFTER_APPOINTMENT
    }
    past = {a.customer.number: a.state for a in world.appointments if a.state}
    assert thanked == {number for number, state in past.items() if state in ("done", "arrived")}
    assert set(past.values()) == {AppointmentState.DONE, AppointmentState.ARRIVED, AppointmentState.NO_SHOW}
    missed = next(number for number, state in past.items() if state == AppointmentState.NO_SHOW)
    assert not any(isinstance(one, FollowUp) and numbers[one.customer_id] == missed for one in known)
