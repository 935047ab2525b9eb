"""Clock, server switch and shop hours of the demo."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.clock import OffsetFileClock
from sync.errors import BadField
from sync.sandbox.control import ServerSwitch
from sync.sandbox.shop_time import JAPAN, first_offset, in_shop_hours, next_offset, next_time, read_offset, read_time
from tests.unit.sandbox.outside import Outside


def japan(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAPAN).astimezone(UTC)


@pytest.mark.parametrize(
    ("real", "shown"),
    [
        ("2026-11-05T11:00", "2026-11-05T11:00"),
        ("2026-11-05T18:59", "2026-11-05T18:59"),
        ("2026-11-05T19:00", "2026-11-05T14:00"),
        ("2026-11-05T03:00", "2026-11-05T14:00"),
        ("2026-11-05T23:59", "2026-11-05T14:00"),
    ],
)
def test_fresh_demo_stands_in_shop_hours_of_its_own_day(real: str, shown: str) -> None:
    """From 11:00 to 19:00 the real time holds, else it is 14:00 of the same day in Japan."""
    assert japan(real) + first_offset(japan(real)) == japan(shown)


@pytest.mark.parametrize(
    ("shown_before", "shown_after"),
    [
        ("2026-11-05T15:30", "2026-11-05T15:30"),
        ("2026-11-05T22:00", "2026-11-06T14:00"),
        ("2026-11-06T02:00", "2026-11-06T14:00"),
    ],
)
def test_restarted_demo_goes_on_and_never_back(shown_before: str, shown_after: str) -> None:
    """A second start keeps its time in shop hours and else goes on to the next 14:00."""
    real, before = japan("2026-11-05T22:10"), japan(shown_before)
    assert real + next_offset(real, before - real) == japan(shown_after)
    assert in_shop_hours(japan(shown_after))


@pytest.mark.parametrize(("now", "at", "then"), [("T14:00", "21:30", "05T21:30"), ("T22:00", "21:30", "06T21:30")])
def test_time_of_day_means_its_next_occurrence(now: str, at: str, then: str) -> None:
    """The clock only goes forward: 21:30 asked for at 22:00 is tomorrow's."""
    assert next_time(japan(f"2026-11-05{now}"), read_time(at)) == japan(f"2026-11-{then}")


@pytest.mark.parametrize("text", ["", "24:00", "21:60", "9pm", "21:30:00", "２１:３０"])
def test_other_texts_are_no_time(text: str) -> None:
    """Anything but HH:MM is refused with an example."""
    with pytest.raises(BadField, match="21:30"):
        read_time(text)
    assert read_time("9:05") == time(9, 5)


def test_clock_is_moved_by_http_for_every_process(outside: Outside) -> None:
    """Moving it writes the file that all processes read; the answer tells the new time at once."""
    said = outside.request("POST", "/demo/clock", json={"offset_seconds": 3600}).json()
    assert said["offset_seconds"] == 3600
    path = outside.data / "clock.json"
    assert json.loads(path.read_text()) == {"offset_seconds": 3600.0}
    assert abs(OffsetFileClock(path)() - datetime.fromisoformat(said["now"])) < timedelta(seconds=5)
    later = outside.request("POST", "/demo/clock", json={"at": "21:30"}).json()
    assert later["local"][11:16] == "21:30"
    assert later["shop_hours"] is False
    assert datetime.fromisoformat(later["now"]) > datetime.fromisoformat(said["now"])
    day = outside.request("POST", "/demo/clock", json={"add_hours": 24}).json()
    assert abs(day["offset_seconds"] - later["offset_seconds"] - 86400) < 1
    assert outside.request("GET", "/demo/clock").json()["offset_seconds"] == day["offset_seconds"]


@pytest.mark.parametrize(
    "body", [{}, {"at": "25:00"}, {"offset_seconds": "soon"}, {"offset_seconds": 1e12}, {"at": "9:00", "add_hours": 1}]
)
def test_wrong_times_move_nothing(outside: Outside, body: dict[str, Any]) -> None:
    """A request that cannot be understood is refused and leaves the clock alone."""
    assert outside.request("POST", "/demo/clock", json=body).status_code == 422
    assert read_offset(outside.data / "clock.json") == timedelta()


def test_server_switch_goes_through_files(outside: Outside) -> None:
    """The control page writes what is wanted, the supervisor reads it and writes what is."""
    switch = ServerSwitch(outside.data / "control")
    assert switch.wanted() == (True, False)
    outside.request("POST", "/demo/server", json={"run": False, "kill": True})
    assert switch.wanted() == (False, True)
    switch.report(running=False, exit_code=-9, pids={})
    assert outside.request("GET", "/demo/server").json() == {
        "run": False,
        "running": False,
        "exit_code": -9,
        "pids": {},
    }
    assert outside.request("GET", "/demo/state").json()["server"]["wanted"] is False


def test_torn_control_files_are_no_harm(tmp_path: Path) -> None:
    """Half a file reads as nothing said."""
    (tmp_path / "server.json").write_text('{"run": fal')
    (tmp_path / "state.json").write_text("[1]")
    assert ServerSwitch(tmp_path).wanted() == (True, False)
    assert ServerSwitch(tmp_path).state() == {}
