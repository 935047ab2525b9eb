"""A signature drawn at registration: kept with each consent that it stands below, and in her copy."""

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from sync.model.commands import RegisterCustomer
from sync.model.customer import Channel, Consent
from sync.server.database import reading
from sync.server.personal_document import words_for
from sync.server.repository.records import Records
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MISAKI, MovableClock

DRAWN = "100,50 200,100;500,25"


def registration(signature: str) -> RegisterCustomer:
    return RegisterCustomer(
        customer_id="new", shop_id=GINZA.id, family_name="新田", phone="09012345678", email="n@example.jp",
        consents=(Channel.SMS, Channel.EMAIL), wording_version="registration/2026-11/ja", signature=signature,
    )  # fmt: skip


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_it_stands_below_each_consent(device: Device, retailer: Engine, clock: MovableClock) -> None:
    """The lines are the entry's evidence, beside the words; without one nothing is kept of it."""
    assert device.do(registration(DRAWN), MISAKI.id).accepted
    with reading(retailer) as conn:
        consents = Records(conn, clock).find(Consent, customer_id="new")
    assert {one.channel: one.signature for one in consents} == {Channel.SMS: DRAWN, Channel.EMAIL: DRAWN}
    assert "signature" not in consents[0].model_copy(update={"signature": ""}).model_dump(mode="json")
    assert {words_for(each)("field.signature") for each in ("ja", "en")} == {"署名", "Signature"}


@pytest.mark.parametrize("bad", ["<svg/>", "1,2 3", "12345,1", "1,2;;3,4", "1,2 " * 2000])
def test_nothing_else_is_taken_for_one(bad: str) -> None:
    """Only numbers in pairs, and not too many."""
    with pytest.raises(ValidationError):
        registration(bad)
