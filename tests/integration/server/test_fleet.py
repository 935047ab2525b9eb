"""Devices of a shop: codes from a manager, codes bound to a serial number, what devices tell, and taking one out."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from sync.errors import NotAllowed
from sync.model.fleet import REPORT_HEADER, DeviceReport
from sync.protocol import STAFF_HEADER, EnrolRequest
from sync.server.database import reading, transaction
from sync.server.enrolment import create_enrolment_code, enrol, list_devices, new_code
from sync.server.tables_audit import audit
from tests.integration.server.devices import HttpDevice, Key, enrolled
from tests.integration.server.people import GINZA, MANAGER, MISAKI, OSAKA_MANAGER, MovableClock

OTHER = Key(b"\x22" * 32)


def reason(retailer: Engine, clock: MovableClock, code: str, serial: str = "") -> str:
    """Return why a code does not enrol a device, or an empty text where it does."""
    try:
        enrol(retailer, clock, EnrolRequest(code=code, name="t", public_key=OTHER.jwk, serial=serial))
    except NotAllowed as error:
        return str(error.params["reason"])
    return ""


def managing(tablet: HttpDevice, method: str, path: str, staff_id: str = MANAGER.id, **options: Any) -> httpx.Response:
    """Send a signed request in which somebody asks, the manager of the shop if nothing else is said."""
    return tablet.call(method, path, headers={STAFF_HEADER: staff_id}, **options)


def noted(retailer: Engine, what: str) -> list[tuple[str, str, str]]:
    """Return who did something, from which device, and about what."""
    with reading(retailer) as conn:
        query = select(audit.c.staff_id, audit.c.device_id, audit.c.subject_id).where(audit.c.what == what)
        return [tuple(row) for row in conn.execute(query)]


def test_a_refused_code_is_said_to_be_used_run_out_or_unknown(retailer: Engine, clock: MovableClock) -> None:
    """Whoever stands there with a code hears what is wrong with it."""
    used, old = create_enrolment_code(retailer, "ginza", clock), create_enrolment_code(retailer, "ginza", clock)
    assert reason(retailer, clock, used) == ""
    assert reason(retailer, clock, used) == "used_code"
    assert reason(retailer, clock, "A" * 32) == "unknown_code"
    clock.at += timedelta(minutes=10)
    assert reason(retailer, clock, old) == "expired_code"


def test_a_code_bound_to_a_serial_number_takes_no_other_device(retailer: Engine, clock: MovableClock) -> None:
    """Another number, or none, is refused and the code stays good; the right one, in whatever case, joins under its name."""
    with transaction(retailer) as conn:
        until = clock() + timedelta(days=30)
        code = new_code(conn, GINZA.id, clock(), until, serial="DMPX-01a", name="レジ横")
    assert reason(retailer, clock, code, "DMPX-02") == "wrong_serial"
    assert reason(retailer, clock, code) == "wrong_serial"
    clock.at += timedelta(days=29)
    assert reason(retailer, clock, code, " dmpx-01A ") == ""
    (device,) = list_devices(retailer)
    assert (device.name, device.serial, device.shop_id) == ("レジ横", "dmpx-01A", GINZA.id)


def test_a_manager_makes_a_code_for_her_own_shop(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """It is good for ten minutes, for one device, in the shop of the tablet she stands at; that she made it is on record."""
    answer = managing(tablet, "POST", "/v1/fleet/codes", json={"name": "試着室"})
    assert answer.status_code == 200
    body = answer.json()
    joined = enrol(retailer, clock, EnrolRequest(code=body["code"], name="t", public_key=OTHER.jwk))
    assert joined.shop_id == body["shop_id"] == GINZA.id
    assert {each.name for each in list_devices(retailer)} == {"tablet", "試着室"}
    assert noted(retailer, "enrolment_code") == [(MANAGER.id, tablet.enrolment.device_id, GINZA.id)]
    second = managing(tablet, "POST", "/v1/fleet/codes", json={}).json()["code"]
    clock.at += timedelta(minutes=10)
    assert reason(retailer, clock, second) == "expired_code"


@pytest.mark.parametrize("staff_id", [MISAKI.id, OSAKA_MANAGER.id, "nobody"])
def test_only_a_manager_of_this_shop_may(tablet: HttpDevice, retailer: Engine, staff_id: str) -> None:
    """An associate, another shop's manager and somebody unknown get neither a code nor the list, and take nobody out."""
    device_id = tablet.enrolment.device_id
    answers = [
        managing(tablet, "POST", "/v1/fleet/codes", staff_id, json={}),
        managing(tablet, "GET", "/v1/fleet", staff_id),
        managing(tablet, "POST", f"/v1/fleet/{device_id}/revoke", staff_id),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert list_devices(retailer)[0].revoked_at is None
    assert noted(retailer, "enrolment_code") == noted(retailer, "revoke") == []


def test_nobody_asks_without_a_device(http: TestClient) -> None:
    """A manager's id alone, without a signed request, opens nothing."""
    said = {"X-Clienteling-Protocol": "2", STAFF_HEADER: MANAGER.id}
    assert http.get("/v1/fleet", headers=said).status_code == 401
    assert http.post("/v1/fleet/codes", json={}, headers=said).status_code == 401


def test_the_list_shows_what_devices_tell(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """Version, unsent work, battery and last sync come with any request; those of other shops are not in the list."""
    enrolled(retailer, clock, OTHER, "umeda")
    told = DeviceReport(version="1.4.0", unsent=3, oldest_unsent_at=clock(), battery=64, synced_at=clock())
    tablet.call("POST", "/v1/sync/pull", json={}, headers={REPORT_HEADER: told.to_header()})
    (seen,) = managing(tablet, "GET", "/v1/fleet").json()["devices"]
    assert (seen["version"], seen["unsent"], seen["battery"], seen["name"]) == ("1.4.0", 3, 64, "tablet")
    assert seen["synced_at"] == seen["oldest_unsent_at"] == seen["seen_at"]
    sent = told.model_copy(update={"unsent": 0, "oldest_unsent_at": None})
    tablet.call("POST", "/v1/sync/pull", json={}, headers={REPORT_HEADER: sent.to_header()})
    (seen,) = managing(tablet, "GET", "/v1/fleet").json()["devices"]
    assert (seen["unsent"], seen["oldest_unsent_at"]) == (0, None)


@pytest.mark.parametrize("header", ["{", '{"battery": 400}', '{"unsent": -1}', "x" * 5000, '{"version": ["a"]}'])
def test_a_report_that_is_none_harms_nothing(tablet: HttpDevice, header: str) -> None:
    """What cannot be read is passed over: the request is answered all the same."""
    assert tablet.call("POST", "/v1/sync/pull", json={}, headers={REPORT_HEADER: header}).status_code == 200
    (seen,) = managing(tablet, "GET", "/v1/fleet").json()["devices"]
    assert (seen["version"], seen["unsent"], seen["battery"]) == ("", None, None)


def test_a_manager_takes_a_device_out(
    tablet: HttpDevice, http: TestClient, retailer: Engine, clock: MovableClock
) -> None:
    """It is refused from its next request on, listed as revoked after those that take part, and who did it is on record."""
    lost = HttpDevice(http, clock, enrolled(retailer, clock, OTHER), OTHER)
    path = f"/v1/fleet/{lost.enrolment.device_id}/revoke"
    assert managing(tablet, "POST", path).json()["revoked_at"] is not None
    assert lost.call("POST", "/v1/sync/pull", json={}).json()["code"] == "device_revoked"
    listed = managing(tablet, "GET", "/v1/fleet").json()["devices"]
    assert [(each["id"], each["revoked_at"] is None) for each in listed] == [
        (tablet.enrolment.device_id, True),
        (lost.enrolment.device_id, False),
    ]
    assert noted(retailer, "revoke") == [(MANAGER.id, tablet.enrolment.device_id, lost.enrolment.device_id)]
    assert managing(tablet, "POST", path).status_code == 404


def test_another_shops_device_is_out_of_reach(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """A manager cannot take out a device of another shop, nor learn that there is one."""
    other = enrolled(retailer, clock, OTHER, "umeda").device_id
    answer = managing(tablet, "POST", f"/v1/fleet/{other}/revoke")
    unknown = managing(tablet, "POST", "/v1/fleet/nothing/revoke")
    assert answer.status_code == unknown.status_code == 404
    assert answer.json() == unknown.json()
    assert all(each.revoked_at is None for each in list_devices(retailer))
