"""Browsers of a shop host: known by a cookie, let in by the first rule or a manager, turned out one by one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.client.browsers import MOST_WAITING, Browsers, BrowserState, new_cookie
from sync.client.device import Device
from sync.ids import new_id

NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)


class Host:
    """The file of a shop host, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.at = NOW
        self.path = folder / "device.db"
        self.device = Device(self.path, b"\x01" * 32)

    def browsers(self, *, free: bool = False) -> Browsers:
        return Browsers(self.device, lambda: self.at, new_id, free=free)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(tmp_path)
    yield made
    made.device.close()


def test_the_cookie_is_kept_nowhere(host: Host) -> None:
    """256 random bits, of which the file holds only the digest."""
    cookie = new_cookie()
    assert len(cookie) == 43
    assert host.browsers().seat(cookie, "Chrome, Android") is not None
    files = b"".join(path.read_bytes() for path in host.path.parent.iterdir())
    assert cookie.encode() not in files
    assert b"Chrome, Android" in files


@pytest.mark.parametrize("cookie", ["", "short", "x" * 44, "a" * 42 + ";"])
def test_what_is_no_cookie_of_ours_is_nobody(host: Host, cookie: str) -> None:
    """It gets no seat, and no row."""
    assert host.browsers(free=True).seat(cookie, "x") is None
    assert host.browsers().all() == []


def test_the_first_browser_of_a_host_that_joined_is_let_in_and_the_second_waits(host: Host) -> None:
    """Before the host has joined its shop nobody is; afterwards whoever asks first."""
    browsers = host.browsers()
    one, two = (browsers.seat(new_cookie(), name) for name in ("one", "two"))
    assert one is not None
    assert two is not None
    assert not browsers.is_admitted(one.id, enrolled=False)
    assert browsers.is_admitted(two.id, enrolled=True)
    assert not browsers.is_admitted(one.id, enrolled=True)
    browsers.admit(one.id, "manager-1")
    assert browsers.is_admitted(one.id, enrolled=True)


@pytest.mark.parametrize("free", [False, True])
def test_a_browser_that_was_turned_out_stays_out(host: Host, free: bool) -> None:
    """Also when it was the only one, when new ones come in freely, and after a restart; a manager lets it in again."""
    cookie = new_cookie()
    seated = host.browsers(free=free).seat(cookie, "one")
    assert seated is not None
    assert host.browsers(free=free).is_admitted(seated.id, enrolled=True)
    host.browsers(free=free).note(seated.id, staff_id="s1")
    host.browsers(free=free).revoke(seated.id, "manager-1")
    later = host.browsers(free=free)
    again = later.seat(cookie, "one")
    assert again is not None
    assert (again.id, again.state, again.staff_id, again.decided_by) == (
        seated.id,
        BrowserState.REVOKED,
        None,
        "manager-1",
    )
    assert not later.is_admitted(seated.id, enrolled=True)
    later.admit(seated.id, "manager-2")
    assert later.is_admitted(seated.id, enrolled=True)


def test_after_the_last_one_was_turned_out_the_next_one_is_not_first(host: Host) -> None:
    """Turning out the only browser must not open the door for the same person with an empty cookie jar."""
    browsers = host.browsers()
    one = browsers.seat(new_cookie(), "one")
    assert one is not None
    assert browsers.is_admitted(one.id, enrolled=True)
    browsers.revoke(one.id, "manager-1")
    fresh = browsers.seat(new_cookie(), "the same, anew")
    assert fresh is not None
    assert not browsers.is_admitted(fresh.id, enrolled=True)


def test_who_is_there_and_since_when_is_shown(host: Host) -> None:
    """First and last seen, who is signed in, and the battery stays known when it is not told each time."""
    browsers = host.browsers(free=True)
    one = browsers.seat(new_cookie(), "Chrome, Android")
    assert one is not None
    host.at += timedelta(minutes=5)
    browsers.note(one.id, staff_id="s1", battery=80)
    browsers.note(one.id, staff_id="s1")
    (seen,) = browsers.all()
    assert (seen.first_seen_at, seen.last_seen_at, seen.staff_id, seen.battery) == (NOW, host.at, "s1", 80)


def test_whoever_opens_the_page_over_and_over_fills_nothing(host: Host) -> None:
    """Only so many wait; those let in or turned out are never dropped for them."""
    browsers = host.browsers()
    first = browsers.seat(new_cookie(), "first")
    assert first is not None
    assert browsers.is_admitted(first.id, enrolled=True)
    for number in range(MOST_WAITING + 20):
        host.at += timedelta(seconds=1)
        assert browsers.seat(new_cookie(), f"n{number}") is not None
    found = browsers.all()
    assert len(found) == MOST_WAITING + 1
    assert found[0].id == first.id
    assert {one.name for one in found} >= {"n69", "n20"}
    assert "n19" not in {one.name for one in found}
