"""The house's own playbook: read by the server, handed to the tablets, refused with line and key where it is wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.errors import BadSetting
from sync.policy.playbook import playbook_text
from sync.server.app import create_app
from sync.settings import ServerSettings
from tests.integration.client.house import House

SHIPPED = playbook_text()


def patient(days: int) -> str:
    """The shipped playbook, but that somebody is long away only after so many days."""
    return SHIPPED.replace("away_days = 180", f"away_days = {days}")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    house.settings = house.settings.model_copy(update={"playbook": tmp_path / "house.toml"})
    yield house
    house.stop()
    house.engine.dispose()


def test_tablets_judge_by_the_servers_playbook(house: House, tmp_path: Path) -> None:
    """It comes with the retailer's settings, and again when the server was started with another one."""
    file = tmp_path / "house.toml"
    file.write_text(patient(240), encoding="utf-8")
    house.start()
    tablet = house.enrolled("first")
    assert tablet.cache.playbook().signals.returned.away_days == 240
    house.stop()
    file.write_text(patient(300), encoding="utf-8")
    house.start()
    assert tablet.sync_once().error is None
    assert tablet.cache.playbook().signals.returned.away_days == 300
    assert house.core.tools.playbook == tablet.cache.playbook()
    tablet.close()


def test_a_server_with_a_wrong_playbook_does_not_start(tmp_path: Path) -> None:
    """It names the file, the line and the key before it touches the database."""
    file = tmp_path / "house.toml"
    file.write_text(patient(0), encoding="utf-8")
    line = next(n for n, text in enumerate(patient(0).splitlines(), 1) if text == "away_days = 0")
    with pytest.raises(BadSetting, match=rf"house\.toml:{line}: signals\.returned\.away_days is 0"):
        create_app(ServerSettings(data=tmp_path / "data", playbook=file))
    assert not (tmp_path / "data").exists()
