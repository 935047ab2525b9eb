"""A wrong setting names itself, its value and what is allowed, and no message or repr shows a secret."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sync.errors import BadSetting
from sync.server.serve import check_processes, listen
from sync.server.setup import open_database
from sync.settings import ServerSettings, TabletSettings, load


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("port", "abc", "valid integer"),
        ("port", "99999", "65535"),
        ("log_level", "loud", "DEBUG, INFO, WARNING, ERROR"),
        ("embedded_worker", "maybe", "boolean"),
        ("workers", "0", "greater than or equal to 1"),
        ("trace_share", "0", "greater than 0"),
        ("otlp_url", "collector:4318", "https://"),
        ("public_url", "shop.example.jp", "https://shop.example.jp"),
        ("public_url", "https://shop.example.jp/?a=b", "without a query"),
        ("line_api", "foo", "https://"),
        ("twilio_api", "ftp://x", "https://"),
        ("mail_from", "nobody", "shop@example.jp"),
        ("mail_from", "a@b.jp\r\nBcc: c@d.jp", "shop@example.jp"),
        ("mail_reply_domain", "a b", "reply.example.jp"),
    ],
)
def test_a_wrong_setting_names_itself(monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str) -> None:
    """As it comes from the environment: the variable, what it says, and what is allowed, with what it is for."""
    monkeypatch.setenv(f"CLIENTELING_{name.upper()}", value)
    with pytest.raises(BadSetting) as caught:
        load(ServerSettings)
    said = str(caught.value)
    assert said.startswith(f"CLIENTELING_{name.upper()} is {value!r}: ")
    assert allowed in said
    assert said.endswith(f"({ServerSettings.model_fields[name].description})")


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to start three times to learn of three mistakes."""
    monkeypatch.setenv("CLIENTELING_PORT", "x")
    monkeypatch.setenv("CLIENTELING_LANGUAGE", "fr")
    with pytest.raises(BadSetting) as caught:
        load(TabletSettings)
    assert [line.partition(" ")[0] for line in str(caught.value).splitlines()] == [
        "CLIENTELING_PORT",
        "CLIENTELING_LANGUAGE",
    ]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "allowed are sqlite"),
        ("mysql://u:hunter2@localhost/x", "allowed are sqlite"),
        ("sqlite://", "allowed are sqlite"),
        ("sqlite:////proc/none/x.db", "cannot be opened"),
        ("postgresql://u:hunter2@127.0.0.1:1/x", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_used_is_named(tmp_path: Path, url: str, words: str) -> None:
    """An address of another kind, a folder that cannot be made, nobody listening: one sentence, and no password in it."""
    with pytest.raises(BadSetting) as caught:
        open_database(ServerSettings(data=tmp_path, database_url=url))
    said = str(caught.value)
    assert "CLIENTELING_DATABASE_URL" in said
    assert words in said
    assert "hunter2" not in said


def test_a_data_folder_that_cannot_be_made_is_named() -> None:
    """Without a database of its own the server keeps one in the data folder."""
    with pytest.raises(BadSetting, match="CLIENTELING_DATA cannot be opened"):
        open_database(ServerSettings(data=Path("/proc/none")))


def test_a_port_that_is_taken_is_named() -> None:
    """The setting, its value and the system's own reason."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(BadSetting, match=f"CLIENTELING_PORT is {port}: .* already in use"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "CLIENTELING_WORKERS is 2: SQLite is for one process"),
        (
            {"database_url": "postgresql://u:p@127.0.0.1:1/x"},
            "CLIENTELING_EMBEDDED_WORKER is True: .* `clienteling worker`",
        ),
    ],
)
def test_processes_that_cannot_be_are_refused(tmp_path: Path, given: dict[str, str], words: str) -> None:
    """Several over SQLite, or each with a worker inside: said before anything is opened or listened on."""
    with pytest.raises(BadSetting, match=words):
        check_processes(ServerSettings(data=tmp_path / "none", workers=2, **given))  # type: ignore[arg-type]
    assert not (tmp_path / "none").exists()


def test_a_metrics_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """The setting and its value, before the server serves."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environment = os.environ | {"CLIENTELING_METRICS_PORT": str(port), "CLIENTELING_PORT": "0"}
        command = [sys.executable, "-m", "clienteling.cli", "server", "--data", str(tmp_path)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert f"CLIENTELING_METRICS_PORT is {port}: 127.0.0.1 port {port} cannot be listened on" in done.stderr


def test_a_host_that_is_none_is_named() -> None:
    """A name that means no address of this machine."""
    with pytest.raises(BadSetting, match=r"CLIENTELING_HOST is 192\.0\.2\.1: "):
        listen("192.0.2.1", 0)


def test_no_repr_shows_a_secret(tmp_path: Path) -> None:
    """Settings may be printed by whoever looks for a mistake."""
    secrets = ("segment_write_key", "line_channel_token", "line_channel_secret", "twilio_auth_token", "smtp_password")
    values = dict.fromkeys((*secrets, "secret"), "hunter2")
    settings = load(ServerSettings, data=tmp_path, database_url="postgresql://u:hunter2@db/x", **values)
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in repr(load(TabletSettings, data=tmp_path, enrol_code="hunter2"))
