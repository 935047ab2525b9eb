"""By which playbook a tablet judges."""

from pathlib import Path

from structlog.testing import capture_logs

from sync.client.playbooks import LastPlaybook
from sync.model.shop import RetailerSettings
from sync.policy.playbook import load_playbook, playbook_text
from tests.unit.policy.build import retailer

SHIPPED = playbook_text()
OURS = SHIPPED.replace("away_days = 180", "away_days = 240")
NEWER = OURS.replace("version = 1", "version = 9")


def told(text: str) -> RetailerSettings:
    return retailer(playbook=text)


def test_before_a_server_told_there_is_the_shipped_one(tmp_path: Path) -> None:
    """Without a retailer, or with one of a server that tells none."""
    playbooks = LastPlaybook(tmp_path / "playbook.toml")
    assert playbooks.of(None) == playbooks.of(told("")) == load_playbook()


def test_the_servers_playbook_is_in_force_and_kept(tmp_path: Path) -> None:
    """What the server judges by, the tablet judges by; after a restart too, before anything is read anew."""
    path = tmp_path / "playbook.toml"
    playbooks = LastPlaybook(path)
    found = playbooks.of(told(OURS))
    assert found.signals.returned.away_days == 240
    assert playbooks.of(told(OURS)) is found
    assert LastPlaybook(path).of(None).signals.returned.away_days == 240
    assert playbooks.of(told(SHIPPED)).signals.returned.away_days == 180


def test_one_that_cannot_be_read_leaves_the_last_good_one(tmp_path: Path) -> None:
    """A newer server's playbook is told in the log, once, with line and key; the last good one stays in force."""
    path = tmp_path / "playbook.toml"
    playbooks = LastPlaybook(path)
    playbooks.of(told(OURS))
    with capture_logs() as logs:
        assert playbooks.of(told(NEWER)).signals.returned.away_days == 240
        assert playbooks.of(told(NEWER)).signals.returned.away_days == 240
    [line] = logs
    assert line["event"] == "playbook_unreadable"
    assert "version" in line["problem"]
    assert LastPlaybook(path).of(told(NEWER)).signals.returned.away_days == 240


def test_a_damaged_file_is_no_playbook(tmp_path: Path) -> None:
    """What was kept and cannot be read any more is passed over."""
    path = tmp_path / "playbook.toml"
    path.write_bytes(b"\xff\xfe broken")
    assert LastPlaybook(path).of(None) == load_playbook()
