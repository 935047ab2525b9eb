"""What not every role may see stays on the server, and comes to whoever may see it only when it is asked for."""

import sqlite3
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from sync.ids import imported_id, new_id
from sync.model.commands import LogInteraction, StopContact
from sync.model.customer import Consent, Interaction
from sync.model.shop import Role, Staff
from sync.protocol import STAFF_HEADER
from sync.sealed.vault import Vault
from sync.server.convergence import differences
from sync.server.database import reading
from sync.server.feed import shop_scope
from sync.server.repository import audit
from sync.server.repository.records import Records
from sync.server.snapshot.build import build
from tests.integration.server.devices import Device, HttpDevice, Key, enrolled
from tests.integration.server.people import (
    GINZA,
    MANAGER,
    MISAKI,
    NOON,
    OSAKA,
    OSAKA_MANAGER,
    PART_TIMER,
    STYLIST,
    YUMI,
    MovableClock,
    person,
    write,
)

SECRET = "ご主人の入院で落ち着かないとのこと"
WHY = "ご家族にご不幸があったため"
HEAD_OFFICE = person("hq", GINZA.id, Role.HEAD_OFFICE)


@pytest.fixture
def told(device: Device, retailer: Engine, clock: MovableClock) -> tuple[str, str]:
    """A confidential note and a stop with its reason, both by Misaki; gives their ids."""
    write(retailer, clock, HEAD_OFFICE)
    note = LogInteraction(
        interaction_id=new_id(), customer_id=YUMI.id, shop_id=GINZA.id, text=SECRET, tags=("gift",), confidential=True
    )
    stop = StopContact(stop_id=new_id(), customer_id=YUMI.id, shop_id=GINZA.id, why=WHY)
    assert all(device.do(one, MISAKI.id).accepted for one in (note, stop))
    return note.interaction_id, stop.stop_id


def test_no_page_and_no_look_up_has_it(device: Device, told: tuple[str, str]) -> None:
    """A tablet learns that there is such a note and such a stop, its tags and who wrote it, and not the words."""
    device.pull()
    note, stop = device.rows["interaction", told[0]], device.rows["consent", told[1]]
    assert (note["confidential"], note["tags"], note["staff_id"]) == (True, ["gift"], MISAKI.id)
    assert "text" not in note
    assert "wording" not in stop
    looked = {row.id: row.data for row in device.service.customer(YUMI.id).rows}
    assert (looked[told[0]], looked[told[1]]) == (note, stop)
    assert SECRET not in str(device.seen)


def test_the_server_keeps_all_of_it(
    retailer: Engine, device: Device, told: tuple[str, str], clock: MovableClock
) -> None:
    """Nothing is lost on the server, also what a newer version wrote; and that travels as it did."""
    newer = Interaction.model_validate(
        {"id": told[0], "customer_id": YUMI.id, "shop_id": GINZA.id, "staff_id": MISAKI.id, "at": NOON, "text": SECRET,
         "confidential": True, "of_a_newer_version": [1]}
    )  # fmt: skip
    write(retailer, clock, newer)
    with reading(retailer) as conn:
        kept = Records(conn).get(Interaction, told[0])
        stop = Records(conn).get(Consent, told[1])
    assert kept == newer
    assert stop is not None
    assert stop.wording == WHY
    device.pull()
    assert device.rows["interaction", told[0]]["of_a_newer_version"] == [1]
    assert "text" not in device.rows["interaction", told[0]]


def test_devices_still_converge(device: Device, retailer: Engine, told: tuple[str, str], clock: MovableClock) -> None:
    """What a tablet holds comes to the server's digests, before and after only withheld words change; the tag says nothing
    of them, or a tablet could try reasons until one fits."""
    page = device.pull()
    assert page.digests == device.digests()
    tag = device.tags["interaction", told[0]]
    with reading(retailer) as conn:
        kept = Records(conn).get(Interaction, told[0])
    assert kept is not None
    write(retailer, clock, kept.model_copy(update={"text": "別の言葉"}))
    page = device.pull()
    assert page.digests == device.digests()
    assert device.tags["interaction", told[0]] == tag
    assert differences(retailer) == []


def test_no_snapshot_has_it(retailer: Engine, told: tuple[str, str], clock: MovableClock, tmp_path: Path) -> None:
    """The file of the shop, opened with its key, has the note and the stop without their words."""
    vault = Vault(shop_scope(GINZA.id), {1: bytes(range(32))})
    path = tmp_path / "snapshot.db"
    build(retailer, shop_scope(GINZA.id), vault, path, clock, lambda _share: None)
    with sqlite3.connect(path) as file:
        found = file.execute("SELECT kind, id, sealed FROM customer_range WHERE id IN (?, ?)", told).fetchall()
    opened = {record_id: vault.open(kind, record_id, blob).decode() for kind, record_id, blob in found}
    assert opened.keys() == set(told)
    assert "confidential" in opened[told[0]]
    assert SECRET not in opened[told[0]]
    assert WHY not in opened[told[1]]


def ask(
    tablet: HttpDevice, staff: Staff | None, kind: str, record_id: str, customer_id: str = YUMI.id
) -> httpx.Response:
    headers = {STAFF_HEADER: staff.id} if staff is not None else {}
    return tablet.call(
        "POST", f"/v1/customers/{customer_id}/reveal", json={"kind": kind, "id": record_id}, headers=headers
    )


def revealed(engine: Engine) -> list[tuple[str, str | None, str | None, str]]:
    with reading(engine) as conn:
        entries = audit.of_customer(conn, YUMI.id)
    return [(one.what, one.staff_id, one.subject_id, one.how) for one in entries if "reveal" in one.what]


def test_who_may_see_it(tablet: HttpDevice, retailer: Engine, told: tuple[str, str]) -> None:
    """Its writer, managers in whose scope the customer is, and head office; nobody else. Every look is on record, refused
    ones too."""
    note, stop = told
    seen = {one.code for one in (MISAKI, MANAGER, HEAD_OFFICE, PART_TIMER, STYLIST, OSAKA_MANAGER) if ask(tablet, one, "interaction", note).json() == {"fields": {"text": SECRET}}}  # fmt: skip
    assert seen == {"misaki", "manager", "hq"}
    assert ask(tablet, MANAGER, "consent", stop).json() == {"fields": {"wording": WHY}}
    for refused in (PART_TIMER, STYLIST, OSAKA_MANAGER, None):
        answer = ask(tablet, refused, "consent", stop)
        assert (answer.status_code, answer.json()["params"]) == (403, {"reason": "role"})
        assert WHY not in answer.text
    assert ("reveal", MANAGER.id, stop, "consent.wording") in revealed(retailer)
    assert ("refused:reveal", STYLIST.id, stop, "consent.wording") in revealed(retailer)
    assert ("refused:reveal", None, stop, "consent.wording") in revealed(retailer)


def test_what_is_not_there_and_what_is_not_hers(tablet: HttpDevice, told: tuple[str, str], retailer: Engine) -> None:
    """Another customer's id, another kind, nothing withheld and nothing there look alike: nobody learns what there is."""
    with reading(retailer) as conn:
        granted = next(one for one in Records(conn).find(Consent, customer_id=YUMI.id) if one.source == "import")
    tries: tuple[tuple[str, str, str], ...] = (
        ("interaction", told[0], "nobody"),
        ("consent", told[0], YUMI.id),
        ("interaction", "none", YUMI.id),
    )
    tries += (("consent", granted.id, YUMI.id), ("staff_pin", imported_id("staff_pin", "manager"), YUMI.id))
    answers = [ask(tablet, MANAGER, *one) for one in tries]
    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}


def test_another_shops_tablet(http: TestClient, retailer: Engine, clock: MovableClock, told: tuple[str, str]) -> None:
    """From Umeda the customer of Ginza is not there; once looked up, she is, and still no manager of Umeda sees the words."""
    key = Key(b"\x08" * 32)
    umeda = HttpDevice(http, clock, enrolled(retailer, clock, key, "umeda"), key)
    assert ask(umeda, OSAKA_MANAGER, "interaction", told[0]).status_code == 404
    assert umeda.call("GET", f"/v1/customers/{YUMI.id}", headers={STAFF_HEADER: OSAKA.id}).status_code == 200
    assert ask(umeda, OSAKA_MANAGER, "interaction", told[0]).status_code == 403
    assert ask(umeda, HEAD_OFFICE, "interaction", told[0]).status_code == 200
