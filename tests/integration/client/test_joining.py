"""A device joins through the real server: by QR code, once, and what it then tells and may do."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from sync.client import Client
from sync.errors import Conflict, NotAllowed, NotFound, Offline
from sync.policy.invitation import link, read
from sync.server.enrolment import create_enrolment_code, list_devices
from sync.settings import TabletSettings
from tests.integration.client.house import House
from tests.integration.server.people import GINZA, MANAGER, MISAKI, OSAKA_MANAGER
from tests.integration.server.test_quarantine import Left, note
from tests.ports import free_port


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    made.start()
    yield made
    made.stop()


def unset(house: House, name: str = "fresh", transport: httpx.BaseTransport | None = None) -> Client:
    """A device that nobody told which server it belongs to."""
    settings = TabletSettings(data=house.folder / name, key_file=house.folder / f"{name}.key", _env_file=None)
    client = Client(settings, house.clock, transport=transport)
    client.open()
    return client


def test_a_qr_code_brings_a_device_to_its_server(house: House) -> None:
    """It takes the address from the code, joins, and finds it again after a restart."""
    server = f"http://127.0.0.1:{house.port}"
    found = read(link(server, create_enrolment_code(house.engine, "ginza", house.clock)))
    client = unset(house)
    assert client.server_url != server
    client.enrol(found.code, server=found.server)
    assert client.sync_once().error is None
    client.close()
    again = unset(house)
    assert (again.server_url, again.shop_id) == (server, GINZA.id)
    assert again.sync_once().error is None
    again.close()


def test_a_code_that_failed_leaves_the_device_where_it_was(house: House) -> None:
    """Neither an unknown code nor a server that is not there moves it to another address."""
    client = unset(house)
    before = client.server_url
    with pytest.raises(NotAllowed):
        client.enrol("A" * 32, server=f"http://127.0.0.1:{house.port}")
    with pytest.raises(Offline):
        client.enrol("A" * 32, server=f"http://127.0.0.1:{free_port()}")
    assert client.server_url == before
    client.close()
    again = unset(house)
    assert again.server_url == before
    again.close()


def test_a_device_that_was_set_to_a_server_goes_to_no_other(house: House) -> None:
    """A forged QR code cannot bring a shop's tablet to somebody else's server: it is not even asked."""
    client = house.tablet()
    with pytest.raises(NotAllowed) as caught:
        client.enrol(create_enrolment_code(house.engine, "ginza", house.clock), server="https://evil.example")
    assert caught.value.params["reason"] == "other_server"
    assert not client.enrolled
    client.close()


def test_its_serial_number_goes_along(house: House) -> None:
    """What the device was told of itself is stated; what somebody types comes before it."""
    settings = TabletSettings(
        data=house.folder / "s",
        key_file=house.folder / "s.key",
        server_url=f"http://127.0.0.1:{house.port}",
        serial="A-1",
    )
    client = Client(settings, house.clock)
    client.open()
    client.enrol(create_enrolment_code(house.engine, "ginza", house.clock))
    assert list_devices(house.engine)[0].serial == "A-1"
    client.close()


def test_a_manager_makes_a_code_sees_the_devices_and_takes_one_out(house: House) -> None:
    """From her tablet: another one joins with her code, shows up with what it told, and is refused after she took it out."""
    mine = house.enrolled()
    code = mine.managing.new_code(MANAGER.id, "2階")
    assert code.expires_at - code.server_time == timedelta(minutes=10)
    other = house.tablet("other")
    other.note_battery(55)
    other.enrol(code.code)
    assert other.sync_once().error is None
    assert other.sync_once().error is None
    seen = {device.name: device for device in mine.managing.fleet(MANAGER.id).devices}
    assert set(seen) == {"tablet", "2階"}
    assert (seen["2階"].battery, seen["2階"].unsent) == (55, 0)
    assert seen["2階"].version
    mine.managing.revoke_device(seen["2階"].id, MANAGER.id)
    report = other.sync_once()
    assert report.error is not None
    assert report.error.code == "device_revoked"
    with pytest.raises(NotFound):
        mine.managing.revoke_device(seen["2階"].id, MANAGER.id)
    mine.close()
    other.close()


def test_a_manager_decides_on_what_a_lost_device_handed_in(house: House) -> None:
    """From her tablet, through the real server: she reads it, lets one count and turns one down, each only once."""
    left = Left(house.engine, house.clock, note(1), note(2))
    mine = house.enrolled()
    (kept,) = mine.managing.fleet(MANAGER.id).quarantined
    work = mine.managing.unsent_work(kept.device_id, MANAGER.id)
    assert [(one.command_id, one.text) for one in work.entries] == [("command-1", "メモ1"), ("command-2", "メモ2")]
    first, second = (one.command_id for one in work.entries)
    assert mine.managing.decide_unsent(left.id, first, MANAGER.id, accept=True).state == "accepted"
    assert mine.managing.decide_unsent(left.id, second, MANAGER.id, accept=False).state == "dismissed"
    assert left.notes() == ["メモ1"]
    with pytest.raises(Conflict):
        mine.managing.decide_unsent(left.id, first, MANAGER.id, accept=False)
    with pytest.raises(NotAllowed):
        mine.managing.unsent_work(left.id, MISAKI.id)
    mine.close()


def test_others_may_not(house: House) -> None:
    """The server refuses an associate and another shop's manager; about its browsers the device itself does."""
    client = house.enrolled()
    browser = client.browsers.seat("a" * 43, "Chrome")
    assert browser is not None
    for staff_id in (MISAKI.id, OSAKA_MANAGER.id, "nobody"):
        for attempt in (
            lambda who=staff_id: client.managing.new_code(who),
            lambda who=staff_id: client.managing.fleet(who),
            lambda who=staff_id: client.managing.revoke_browser(browser.id, who),
            lambda who=staff_id: client.managing.let_browser_in(browser.id, who),
            lambda who=staff_id: client.managing.admit_browser(browser.id, who, "000000"),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    client.managing.revoke_browser(browser.id, MANAGER.id)
    assert not client.browsers.is_admitted(browser.id, enrolled=True)
    client.close()


class Watched(httpx.HTTPTransport):
    """The network, with what went over it written down."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        return super().handle_request(request)


def test_a_token_is_shown_to_its_own_server_only(house: House) -> None:
    """A device that joins another server tells that one nothing of before; where it fails it goes on with its own."""
    network = Watched()
    client = unset(house, transport=network)
    mine, other = f"http://127.0.0.1:{house.port}", f"http://127.0.0.1:{free_port()}"
    client.enrol(create_enrolment_code(house.engine, "ginza", house.clock), server=mine)
    assert client.sync_once().error is None
    with pytest.raises(Offline):
        client.enrol("A" * 32, server=other)
    asked = [request for request in network.seen if str(request.url).startswith(other)]
    assert asked
    assert all("authorization" not in request.headers for request in asked)
    assert client.sync_once().error is None
    client.close()
