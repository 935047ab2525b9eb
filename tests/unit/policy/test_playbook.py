"""Reading the playbook."""

from pathlib import Path

import pytest

from sync.errors import BadSetting
from sync.model.customer import Pace
from sync.policy.assets import assets_folder
from sync.policy.playbook import Playbook, load_playbook
from sync.policy.signals import SIGNALS

SHIPPED = (assets_folder() / "playbook" / "default.toml").read_text(encoding="utf-8")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert old in SHIPPED
    path = tmp_path / "house.toml"
    path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    return path


def line_of(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def test_the_shipped_playbook_can_be_used_as_it_is() -> None:
    """Caps, hours, both languages' words: everything a shop needs on its first day."""
    playbook = load_playbook()
    assert [(cap.days, cap.most) for cap in playbook.contact.caps] == [(7, 1), (30, 2)]
    assert playbook.contact.gap_days[Pace.MODEST] == 14
    assert playbook.words_of("ja").watched
    assert playbook.words_of("en").watched
    assert playbook.words_of("zh").watched == ()
    assert load_playbook() is playbook


def test_every_signal_has_its_rules() -> None:
    """Each signal has a section of its name, and no section stands without a signal; the shipped one says nothing of
    ranks, which are each house's own."""
    sections = Playbook.model_fields["signals"].annotation.model_fields  # type: ignore[union-attr]
    assert {signal.__module__.rpartition(".")[2] for signal in SIGNALS} == set(sections)
    assert load_playbook().signals.rank is None


@pytest.mark.parametrize(
    ("old", "new", "key", "on_line", "said"),
    [
        (
            "away_days = 180",
            "away_days = 0",
            "signals.returned.away_days",
            "away_days = 0",
            "greater than or equal to 1",
        ),
        ("away_days = 180", "", "signals.returned.away_days", "[signals.returned]", "required"),
        ("away_days = 180", "awaydays = 180", "signals.returned.awaydays", "awaydays", "not permitted"),
        ("rhythm_factor = 2.0", 'rhythm_factor = "often"', "signals.lapsed.rhythm_factor", "rhythm_factor", "'often'"),
        ('from = "07:00"', 'from = "22:00"', "hours.reply", "reply = ", "`from` must lie before `until`"),
        ('"01-02"', '"13-02"', "calendar", "[calendar]", "'13-02' is no day of the calendar"),
        ('"01-02"', '"January"', "calendar.closed.1", "closed = ", "pattern"),
        ('"JP"\nholidays_quiet = false', '"ZZ"\nholidays_quiet = true', "calendar", "[calendar]", "'ZZ' are not known"),
        ("modest = 14", "slow = 14", "contact.gap_days.slow", "gap_days", "'modest'"),
        ('["line", "email", "sms"]', '["fax"]', "contact.channel_order.0", "channel_order", "'fax'"),
        ('word = "必ず"', 'word = ""', "words.ja.watched.0", "[[words.ja.watched]]", "`word` or `pattern`"),
        ('from = "03-15"', 'from = "15-03"', "signals.due_again.care.0.from", 'from = "15-03"', "pattern"),
        ('until = "04-20"', 'until = "02-20"', "signals.due_again.care.0", "[[signals.due_again.care]]", "two"),
        ("least_views = 3", "least_views = 1", "signals.wanted_in_stock.least_views", "least_views = 1", "equal to 2"),
        ('tone = "formal"', 'tone = "chummy"', "stage.branches.4.tone", 'tone = "chummy"', "'warm'"),
        ("closeness = 0.3", "closeness = 3", "stage.branches.1.closeness", "closeness = 3", "less than or equal to 1"),
        ("happy = 0.5", "glad = 0.5", "stage.weights.glad", "glad = 0.5", "not permitted"),
        ("bereavement_days = 90", "", "restraint.bereavement_days", "[restraint]", "required"),
        ("emoji_most = 1", "emoji_most = -1", "words.ja.guide.emoji_most", "emoji_most", "greater than or equal to 0"),
        ("# line_extra_yen = 3", "line_extra_yen = -1", "line_extra_yen", "line_extra_yen = -1", "or equal to 0"),
        ("version = 1", "version = 2", "version", "version = 2", "less than or equal to 1"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, old: str, new: str, key: str, on_line: str, said: str) -> None:
    """The error says file, line, key, what stands there and what is allowed."""
    path = changed(tmp_path, old, new)
    with pytest.raises(BadSetting) as caught:
        load_playbook(path)
    message = str(caught.value)
    assert any(k.startswith(key) for k in caught.value.params["keys"])
    assert f"house.toml:{line_of(path, on_line)}: {key}" in message
    assert said in message


def test_all_wrong_keys_are_named_at_once(tmp_path: Path) -> None:
    """Nobody has to start three times to hear of three mistakes."""
    path = changed(tmp_path, "away_days = 180", "away_days = -1\nhome_days = 3")
    with pytest.raises(BadSetting) as caught:
        load_playbook(path)
    assert set(caught.value.params["keys"]) == {"signals.returned.away_days", "signals.returned.home_days"}


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    """A slip of the pen is found by its line; a missing file by its name."""
    path = changed(tmp_path, "version = 1", "version = ")
    with pytest.raises(BadSetting, match=rf"house\.toml: is no TOML: .*line {line_of(path, 'version = ')}"):
        load_playbook(path)
    with pytest.raises(BadSetting, match=r"none\.toml: cannot be read"):
        load_playbook(tmp_path / "none.toml")


def test_a_pattern_that_is_none_is_named(tmp_path: Path) -> None:
    """A broken regular expression is found when the playbook is read, not while somebody types."""
    path = changed(tmp_path, "'(ご来店|", "'((ご来店|")
    with pytest.raises(BadSetting, match="is no regular expression"):
        load_playbook(path)
