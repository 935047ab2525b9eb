"""Registering on her own phone: the code that a tablet shows, the page behind it, and what becomes of the form."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from sync.model.customer import Channel, Consent, Customer
from sync.model.own_phone import OwnPhoneLink
from sync.protocol import STAFF_HEADER
from sync.server.database import reading, transaction
from sync.server.enrolment import cut_off
from sync.server.repository.records import Records
from sync.server.routes.own_phone import router as own_phone
from sync.server.web.pages import router as pages
from tests.integration.server.devices import HttpDevice
from tests.integration.server.people import GINZA, MISAKI, MovableClock

SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
FORM = {"name": "新田　葵", "phone": "０９０-1234-5678", "sms": "yes"}
JA = {"Accept-Language": "ja"}


@pytest.fixture
def link(app: FastAPI, tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> OwnPhoneLink:
    """What Misaki's tablet in Ginza shows."""
    app.include_router(own_phone("secret", "http://server.test"))
    app.include_router(pages(retailer, clock, "secret"))
    answer = tablet.call("POST", "/v1/invitations", headers={STAFF_HEADER: MISAKI.id})
    return OwnPhoneLink.model_validate_json(answer.content)


def her(engine: Engine, clock: MovableClock, link: OwnPhoneLink) -> tuple[Customer | None, list[Consent]]:
    """Return what is known of her."""
    with reading(engine) as conn:
        records = Records(conn, clock)
        return records.get(Customer, link.customer_id), records.find(Consent, customer_id=link.customer_id)


def test_two_fields_register_her(http: TestClient, link: OwnPhoneLink, retailer: Engine, clock: MovableClock) -> None:
    """Name, number and a box: she belongs to the shop whose tablet it was, and the ledger says that she said it herself."""
    assert http.get(urlsplit(link.url).path, headers=JA).status_code == 200
    assert her(retailer, clock, link)[0] is None, "looking changes nothing"
    done = http.post(urlsplit(link.url).path, data=FORM, headers=JA)
    assert "ご登録ありがとうございます" in done.text
    customer, consents = her(retailer, clock, link)
    assert customer is not None
    assert (customer.name, customer.phone, customer.language) == ("新田 葵", "+819012345678", "ja")
    assert (customer.home_shop_id, customer.registered_by) == (GINZA.id, MISAKI.id)
    [said] = consents
    assert (said.channel, said.source, said.recorded_by) == (Channel.SMS, "own_phone", None)
    assert said.wording.endswith("SMSでご連絡を受け取ることに同意します。")


@SQLITE
def test_her_language(http: TestClient, link: OwnPhoneLink, retailer: Engine, clock: MovableClock) -> None:
    """The page in English makes a customer who is written to in English, and agreed to English words; no box, no consent."""
    path = urlsplit(link.url).path
    assert "?lang=en" in http.get(path, headers=JA).text
    assert "Register with" in http.get(f"{path}?lang=en", headers=JA).text
    http.post(f"{path}?lang=en", data={"name": "Nitta", "phone": "09012345678"}, headers=JA)
    customer, consents = her(retailer, clock, link)
    assert customer is not None
    assert (customer.family_name, customer.given_name, customer.language, consents) == ("Nitta", "", "en", [])


def test_a_code_is_good_once(http: TestClient, link: OwnPhoneLink, retailer: Engine, clock: MovableClock) -> None:
    """The same form again (a second tap, a page loaded anew) is the same registration; anybody else hears that it is used."""
    path = urlsplit(link.url).path
    http.post(path, data=FORM, headers=JA)
    assert "ご登録ありがとうございます" in http.post(path, data=FORM, headers=JA).text
    other = http.post(path, data=FORM | {"name": "別の人"}, headers=JA)
    assert (other.status_code, "使用済み" in other.text) == (410, True)
    assert http.get(path, headers=JA).status_code == 410
    customer, _ = her(retailer, clock, link)
    assert customer is not None
    assert customer.name == "新田 葵"


@SQLITE
def test_a_code_that_ran_out_or_was_made_up(
    http: TestClient, link: OwnPhoneLink, retailer: Engine, clock: MovableClock
) -> None:
    """Each gets the page that says so, and nothing is written."""
    path = urlsplit(link.url).path
    forged = path[:40] + ("A" if path[40] != "A" else "B") + path[41:]
    for bad in (forged, path[:-8], "/join/x", "/join/%E3%81%82"):
        answer = http.post(bad, data=FORM, headers=JA)
        assert (answer.status_code, "お使いになれません" in answer.text) == (404, True), bad
    clock.at += timedelta(minutes=10)
    late = http.post(path, data=FORM, headers=JA)
    assert (late.status_code, "有効期限" in late.text) == (410, True)
    assert her(retailer, clock, link)[0] is None


@SQLITE
@pytest.mark.parametrize("wrong", [{"name": ""}, {"phone": ""}, {"phone": "12345"}, {"name": "あ" * 61}])
def test_what_is_missing_is_marked(
    wrong: dict[str, str], http: TestClient, link: OwnPhoneLink, retailer: Engine, clock: MovableClock
) -> None:
    """The form comes back with what she typed, and says what is not right; nothing is written."""
    answer = http.post(urlsplit(link.url).path, data=FORM | wrong, headers=JA)
    assert (answer.status_code, answer.text.count('aria-invalid="true"')) == (422, 1)
    assert "checked" in answer.text
    assert her(retailer, clock, link)[0] is None


@SQLITE
def test_who_is_known_already_is_not_told_to_her(
    http: TestClient, app: FastAPI, link: OwnPhoneLink, tablet: HttpDevice, retailer: Engine, clock: MovableClock
) -> None:
    """A second registration with the same number gets the very same page; nobody is merged, a person is asked."""
    first = http.post(urlsplit(link.url).path, data=FORM, headers=JA)
    answer = tablet.call("POST", "/v1/invitations", headers={STAFF_HEADER: MISAKI.id})
    again = OwnPhoneLink.model_validate_json(answer.content)
    second = http.post(urlsplit(again.url).path, data=FORM, headers=JA)
    assert first.text == second.text
    assert her(retailer, clock, link)[0] is not None
    assert her(retailer, clock, again)[0] is not None


@SQLITE
def test_a_code_of_a_tablet_that_was_taken_out(
    http: TestClient, link: OwnPhoneLink, tablet: HttpDevice, retailer: Engine, clock: MovableClock
) -> None:
    """It registers nobody any more, and she is sent to the staff."""
    with transaction(retailer) as conn:
        assert cut_off(conn, clock, tablet.enrolment.device_id)
    answer = http.post(urlsplit(link.url).path, data=FORM, headers=JA)
    assert (answer.status_code, "スタッフにお声がけ" in answer.text) == (410, True)
    assert her(retailer, clock, link)[0] is None
