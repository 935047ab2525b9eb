"""The device client against the real server: real HTTP on a free port, SQLite behind it, nothing stood in for."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync.client import Client, IdentifyOutcome
from sync.errors import NotAllowed, NotFound, Offline
from sync.model.commands import CheckIn, LogInteraction, QueueMessage, RegisterCustomer
from sync.model.customer import Channel, Interaction
from sync.model.outreach import Cause, Message
from sync.policy.membership import make_code
from sync.server.database import reading
from sync.server.enrolment import create_enrolment_code, list_devices, revoke_device
from sync.server.repository import audit
from tests.integration.client.house import APP, APP_BEYOND, BEYOND, KEY, House, until
from tests.integration.server.people import GINZA, MISAKI, YUMI, MovableClock, customer


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    house.start()
    yield house
    house.stop()
    house.engine.dispose()


def _note(number: int, text: str) -> LogInteraction:
    return LogInteraction(interaction_id=f"note-{number}", customer_id=YUMI.id, shop_id=GINZA.id, text=text)


def _notes(client: Client) -> list[str]:
    return [one.text for one in client.cache.customer_range(YUMI.id) if isinstance(one, Interaction)]


def test_enrol_pull_scan_push(house: House) -> None:
    """A new tablet enrols, pulls its shop, tells a customer by her code, and its note comes to another tablet."""
    first, second = house.enrolled("first"), house.enrolled("second")
    assert first.cache.record("customer", YUMI.id) == YUMI
    assert first.cache.record("customer", BEYOND.id) is None
    retailer = first.cache.retailer()
    assert retailer is not None
    assert retailer.number == 7
    assert first.cache.staff_pin(MISAKI.id) is not None
    found = first.identify(house.code(APP))
    assert (found.outcome, found.customer_id) == (IdentifyOutcome.FOUND, YUMI.id)
    visit = CheckIn(
        visit_id="visit-1", customer_id=YUMI.id, shop_id=GINZA.id, source="scan", code_digest=found.code_digest
    )
    first.submit(visit, MISAKI.id)
    first.submit(_note(1, "紺がお好き"), MISAKI.id)
    report = first.sync_once()
    assert (report.error, report.pushed, report.refused) == (None, 2, 0)
    assert second.sync_once().error is None
    assert _notes(second) == ["紺がお好き"]
    assert second.cache.record("visit", "visit-1") == first.cache.record("visit", "visit-1")
    assert first.cache.overlay.customers() == set()
    first.close()
    second.close()


def test_a_code_used_on_two_tablets_is_a_replay(house: House) -> None:
    """The server hears of the second use and says so; that tablet turns the code away from then on."""
    clients = [house.enrolled("first"), house.enrolled("second")]
    code = house.code(APP)
    for number, client in enumerate(clients):
        found = client.identify(code)
        assert found.outcome is IdentifyOutcome.FOUND
        visit = f"visit-{number}"
        client.submit(
            CheckIn(
                visit_id=visit, customer_id=YUMI.id, shop_id=GINZA.id, source="scan", code_digest=found.code_digest
            ),
            MISAKI.id,
        )
        assert client.sync_once().error is None
    assert clients[0].identify(code).outcome is IdentifyOutcome.FOUND
    assert clients[1].identify(code).outcome is IdentifyOutcome.REPLAYED
    assert [one.reason and one.reason.code for one in clients[1].status().notices] == ["replayed"]
    for client in clients:
        client.close()


def test_a_customer_of_another_shop_stays_for_the_day(house: House) -> None:
    """Once fetched she can be opened without the network, as of when she was fetched; who never was asks for the network."""
    client = house.enrolled()
    assert client.fetch_customer(BEYOND.id)
    fetched_at = client.cache.fetched_at(BEYOND.id)
    house.stop()
    house.clock.at += timedelta(hours=3)
    assert [one.id for one in client.fetch_customer(BEYOND.id) if one.kind == "customer"] == [BEYOND.id]
    assert client.cache.fetched_at(BEYOND.id) == fetched_at
    with pytest.raises(Offline):
        client.fetch_customer("never-here")
    client.close()


def test_the_record_names_who_asked(house: House) -> None:
    """A search, a look-up and a scan beyond the tablet are on record with the member of staff; somebody whom the server does
    not know is given nothing, and a look-up without a name is the device's alone."""
    client = house.enrolled()
    client.search_beyond("井上", staff_id=MISAKI.id)
    scanned = client.identify(house.code(APP_BEYOND), staff_id=MISAKI.id)
    assert scanned.customer_id == BEYOND.id
    client.fetch_customer(BEYOND.id, staff_id=MISAKI.id)
    with pytest.raises(NotAllowed):
        client.fetch_customer(BEYOND.id, staff_id="nobody")
    client.fetch_customer(BEYOND.id)
    with reading(house.engine) as conn:
        entries = audit.of_customer(conn, BEYOND.id)
    said = [(one.what, one.how, one.staff_id) for one in entries if one.device_id == client.device_id]
    assert said == [
        ("search", "search", MISAKI.id),
        ("lookup", "app", MISAKI.id),
        ("lookup", "id", MISAKI.id),
        ("lookup", "id", None),
    ]
    client.close()


def test_offline_and_back(house: House) -> None:
    """The server stops; scan, search, note and registration go on; it starts again, and everything arrives once."""
    client = house.enrolled()
    house.stop()
    assert client.identify(house.code(APP)).outcome is IdentifyOutcome.FOUND
    assert client.identify(house.code(APP_BEYOND)).outcome is IdentifyOutcome.NOT_ON_TABLET
    assert [one.id for one in client.cache.search_customers("さとう ゆみ")] == [YUMI.id]
    with pytest.raises(Offline):
        client.search_beyond("井上")
    newcomer = RegisterCustomer(
        customer_id="new-1", shop_id=GINZA.id, family_name="新垣", phone="090-5555-6666", consents=(Channel.SMS,)
    )
    client.submit(newcomer, MISAKI.id)
    for number in range(3):
        client.submit(_note(number, f"メモ{number}"), MISAKI.id)
        assert isinstance(client.sync_once().error, Offline)
    assert (client.status().online, client.status().waiting) == (False, 4)
    house.start()
    report = client.sync_once()
    assert (report.error, report.pushed, report.refused) == (None, 4, 0)
    assert client.status().waiting == 0
    assert sorted(_notes(client)) == ["メモ0", "メモ1", "メモ2"]
    other = house.enrolled("other")
    assert sorted(_notes(other)) == ["メモ0", "メモ1", "メモ2"]
    assert [one.kind for one in other.cache.customer_range("new-1")] == ["consent", "customer"]
    assert other.cache.customer_range("new-1") == client.cache.customer_range("new-1")
    client.close()
    other.close()


def test_beyond_the_tablet(house: House) -> None:
    """A customer of another shop is found by search and by her code while the network is there."""
    client = house.enrolled()
    assert [hit.customer_id for hit in client.search_beyond("井上")] == [BEYOND.id]
    assert client.identify(house.code(APP_BEYOND)).customer_id == BEYOND.id
    assert BEYOND in client.fetch_customer(BEYOND.id)
    assert client.cache.fetched_at(BEYOND.id) is not None
    assert client.identify(make_code(KEY, 7, "0000000000000000ff", house.clock())).outcome is IdentifyOutcome.UNKNOWN
    with pytest.raises(NotFound):
        client.fetch_customer("nobody")
    client.close()


def test_a_message_is_judged_by_the_server(house: House) -> None:
    """A message by a channel she did not agree to is refused, and gone from her timeline; one that may go stays."""
    client = house.enrolled()
    plain = {"customer_id": YUMI.id, "shop_id": GINZA.id, "cause": Cause.AFTER_VISIT, "body": "お礼"}
    good = QueueMessage.model_validate({"message_id": "mail", "channel": "email", **plain})
    bad = QueueMessage.model_validate({"message_id": "sms", "channel": "sms", **plain})
    client.submit(good, MISAKI.id)
    client.submit(bad, MISAKI.id)
    report = client.sync_once()
    assert (report.error, report.pushed, report.refused) == (None, 2, 1)
    assert isinstance(client.cache.record("message", "mail"), Message)
    assert client.cache.record("message", "sms") is None
    (refused,) = client.status().refused
    assert refused.type == "queue_message"
    client.close()


def test_live_and_a_server_that_comes_and_goes(house: House) -> None:
    """With the threads running a change on the server arrives by itself, before and after the server was away."""
    client = house.enrolled()
    client.start()
    until(lambda: client.status().online)
    house.write(customer("3003", family_name="小林"))
    until(lambda: bool(client.cache.search_customers("小林")))
    house.stop()
    until(lambda: not client.status().online)
    client.submit(_note(1, "停電中のメモ"), MISAKI.id)
    house.write(customer("3004", family_name="加藤"))
    house.start()
    until(lambda: bool(client.cache.search_customers("加藤")) and client.status().waiting == 0, 45)
    started = time.monotonic()
    client.close()
    assert time.monotonic() - started < 5


def test_a_clock_that_is_wrong_is_corrected(house: House) -> None:
    """A tablet that is two hours slow still gets in: the server's first refusal tells it the time."""
    slow = MovableClock(house.clock())
    client = house.tablet(clock=slow)
    client.enrol(create_enrolment_code(house.engine, "ginza", house.clock))
    house.clock.at += timedelta(hours=2)
    assert client.sync_once().error is None
    assert client.status().skew_seconds == pytest.approx(7200, abs=5)
    assert client.identify(house.code(APP)).outcome is IdentifyOutcome.FOUND
    client.close()


def test_pictures_come_from_the_server(house: House) -> None:
    """A picture of the catalogue is fetched and kept; what is not there is None."""
    client = house.enrolled()
    found = client.fetch_picture("products/p1.webp")
    assert found is not None
    assert found.read_bytes() == b"RIFF picture"
    assert client.fetch_picture("products/none.webp") is None
    assert client.fetch_picture("../test.db") is None
    client.close()


def test_a_revoked_device_is_told(house: House) -> None:
    """A device taken out stops syncing and says so; a used code does not enrol another."""
    client = house.enrolled()
    (device,) = list_devices(house.engine)
    revoke_device(house.engine, device.id, house.clock)
    report = client.sync_once()
    assert report.error is not None
    assert report.error.code == "device_revoked"
    assert "revoked" in client.status().messages
    code = create_enrolment_code(house.engine, "ginza", house.clock)
    client.enrol(code)
    assert client.sync_once().error is None
    other = house.tablet("other")
    with pytest.raises(NotAllowed):
        other.enrol(code)
    client.close()
    other.close()
