"""Parts of the demo's supervisor that need no other process of ours."""

import asyncio
import base64
import io
import json
import os
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from sync.errors import BadSetting, Unavailable
from sync.sandbox.children import Child, run_step
from sync.sandbox.config import DemoConfig, Folders
from sync.sandbox.demo import run_demo
from sync.sandbox.demo_env import server_env, tablet_env
from sync.sandbox.demo_ports import settle_ports
from sync.sandbox.demo_words import WORDS, terminal_language
from sync.sandbox.loading import first_shop, post_events
from sync.sandbox.supervisor import is_of_today
from sync.sandbox.teller import Teller

ENV = dict(os.environ)


def test_config_keeps_its_secrets_and_its_file_to_itself(tmp_path: Path) -> None:
    """Every data folder gets secrets of its own, read back as written, readable by the owner only, hidden in repr."""
    one, other = DemoConfig(), DemoConfig()
    assert one.line_channel_token != other.line_channel_token
    one.write(tmp_path / "demo.json")
    assert DemoConfig.read(tmp_path / "demo.json") == one
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0
    assert one.line_channel_token not in repr(one)
    (tmp_path / "demo.json").write_text("{}}")
    with pytest.raises(BadSetting, match=r"demo\.json"):
        DemoConfig.read(tmp_path / "demo.json")


def test_ports_are_kept_or_taken_anew() -> None:
    """Inner ports stay the same while they are free, are all different, and give way where they are taken."""
    first = settle_ports(DemoConfig(), "127.0.0.1", 29010)
    assert (first.tablet_port, first.world_port, first.server_port) == (29010, 29011, 29012)
    inner = [first.relay_port, first.smtp_port, first.inbound_mail_port]
    assert len({*inner, 29010, 29011, 29012}) == 6
    assert settle_ports(first, "127.0.0.1", 29010) == first
    with socket.create_server(("127.0.0.1", first.relay_port)):
        again = settle_ports(first, "127.0.0.1", 29010)
    assert again.relay_port != first.relay_port
    assert again.smtp_port == first.smtp_port


@pytest.mark.parametrize(("taken", "name"), [(29020, "tablet"), (29021, "world"), (29022, "server")])
def test_taken_port_is_named_with_what_to_do(taken: int, name: str) -> None:
    """The message says which port, whose, and what to type instead."""
    with (
        socket.create_server(("127.0.0.1", taken)),
        pytest.raises(BadSetting, match=rf"Port {taken} \({name}\).*make demo PORT=29120"),
    ):
        settle_ports(DemoConfig(), "127.0.0.1", 29020)


@pytest.mark.parametrize("port", [0, -1, 65534])
def test_port_without_room_for_three_is_refused(port: int) -> None:
    """Three ports in a row are needed."""
    with pytest.raises(BadSetting, match="1 to 65533"):
        settle_ports(DemoConfig(), "127.0.0.1", port)


_SHOW_SETTINGS = """
import json
from sync.settings import ServerSettings, TabletSettings, load
server, tablet = load(ServerSettings), load(TabletSettings)
print(json.dumps({**server.model_dump(mode="json"), "enrol_code": tablet.enrol_code.get_secret_value(),
    "key_file": str(tablet.key_file), "server_url": tablet.server_url}))
"""


def test_children_get_settings_that_the_product_understands(tmp_path: Path) -> None:
    """What the demo hands over loads as the product's own settings; the reader's own installation is left out."""
    config, folders = settle_ports(DemoConfig(), "127.0.0.1", 29030), Folders(tmp_path)
    outer = {**ENV, "CLIENTELING_DATABASE_URL": "postgresql://mine", "CLIENTELING_SMTP_USER": "me"}
    environment = tablet_env(config, folders, outer, "CODE") | server_env(config, folders, outer)
    shown = json.loads(asyncio.run(run_step("settings", (sys.executable, "-c", _SHOW_SETTINGS), environment)))
    assert (shown["database_url"], shown["smtp_user"], shown["smtp_starttls"]) == ("", "", False)
    assert shown["line_api"] == "http://127.0.0.1:29031/line"
    assert shown["public_url"] == "http://127.0.0.1:29032"
    assert shown["server_url"] == f"http://127.0.0.1:{config.relay_port}"
    assert shown["enrol_code"] == "CODE"
    assert not Path(shown["key_file"]).is_relative_to(folders.tablet.resolve())


def test_step_reports_progress_and_returns_output() -> None:
    """Lines ended by a carriage return count as progress too."""
    script = "import sys; sys.stderr.write('a 1\\ra 2\\rb\\n'); print('CODE')"
    heard: list[str] = []
    output = asyncio.run(run_step("step", (sys.executable, "-c", script), ENV, heard.append))
    assert (output.strip(), heard) == ("CODE", ["a 1", "a 2", "b"])


def test_failed_step_raises_with_its_last_words() -> None:
    """A step that fails says its name, its status and what it said itself."""
    script = "import sys; print('row 7: price'); sys.exit(2)"
    with pytest.raises(Unavailable, match=r"(?s)the import ended with status 2.*row 7: price"):
        asyncio.run(run_step("the import", (sys.executable, "-c", script), ENV))


def test_cancelled_step_takes_its_process_with_it() -> None:
    """Ctrl-C during a step leaves nothing running."""
    pids: list[int] = []

    async def cancel_in_the_middle() -> None:
        script = "import os, sys, time; print(os.getpid(), file=sys.stderr, flush=True); time.sleep(60)"
        heard = asyncio.Event()

        def hear(line: str) -> None:
            pids.append(int(line))
            heard.set()

        step = asyncio.create_task(run_step("step", (sys.executable, "-c", script), ENV, hear))
        await heard.wait()
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step

    asyncio.run(cancel_in_the_middle())
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import time; print('ready', flush=True); time.sleep(60)", -15),
        ("import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)", -9),
    ],
)
def test_child_is_asked_first_and_ended_if_deaf(tmp_path: Path, script: str, code: int) -> None:
    """SIGTERM, a grace period, then SIGKILL; the log keeps what it said."""

    async def run() -> Child:
        child = Child("c", (sys.executable, "-c", script), ENV, tmp_path / "logs" / "c.log")
        await child.start()
        assert child.running
        await asyncio.to_thread(_wait_for_word, child, "ready")
        await child.stop(grace=0.3)
        return child

    child = asyncio.run(run())
    assert (child.running, child.exit_code, child.pid) == (False, code, None)


def _wait_for_word(child: Child, word: str) -> None:
    end = time.monotonic() + 20
    while word not in child.tail():
        assert time.monotonic() < end
        time.sleep(0.02)


def _events(folder: Path, *bodies: str) -> Path:
    folder.mkdir(parents=True)
    for number, body in enumerate(bodies):
        (folder / f"2026-{number:02}.jsonl").write_text(body)
    return folder


def _send(folder: Path, answers: httpx.MockTransport, heard: list[str]) -> int:
    async def run() -> int:
        async with httpx.AsyncClient(transport=answers) as http:
            return await post_events(folder, "http://server", "key", http, heard.append)

    return asyncio.run(run())


def test_events_are_posted_in_order_as_segment_clients_do(tmp_path: Path) -> None:
    """Each line is one body for /v1/batch, files in order of name, with the write key as Basic user."""
    folder = _events(tmp_path / "events", '{"batch":[1]}\n{"batch":[2]}\n', '{"batch":[3]}\n\n')
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"success": True})

    heard: list[str] = []
    assert _send(folder, httpx.MockTransport(answer), heard) == 3
    assert [request.content.strip() for request in seen] == [b'{"batch":[1]}', b'{"batch":[2]}', b'{"batch":[3]}']
    assert {str(request.url) for request in seen} == {"http://server/v1/batch"}
    assert seen[0].headers["authorization"] == "Basic " + base64.b64encode(b"key:").decode()
    assert heard[-1] == "98%"


def test_refused_events_stop_the_demo_with_the_servers_words(tmp_path: Path) -> None:
    """A batch that is not taken is an error that quotes the server."""
    folder = _events(tmp_path / "events", '{"batch":[1]}\n')
    refusing = httpx.MockTransport(lambda _: httpx.Response(422, text="batch.0.event is missing"))
    with pytest.raises(Unavailable, match=r"422 batch\.0\.event is missing"):
        _send(folder, refusing, [])


def test_tablet_stands_in_ginza_or_the_first_real_shop(tmp_path: Path) -> None:
    """The web shop has no tablet."""
    (tmp_path / "shops.csv").write_text("code,shop_kind\nweb,web\nkobe,own\n")
    assert first_shop(tmp_path) == "kobe"
    (tmp_path / "shops.csv").write_text("\ufeffcode,shop_kind\nkobe,own\nginza,own\n", encoding="utf-8")
    assert first_shop(tmp_path) == "ginza"


def test_retailer_is_reused_only_on_its_day_and_for_its_seed() -> None:
    """Another day in Japan, another seed, or a load that was broken off: it is made again."""

    def clock() -> datetime:
        return datetime(2026, 11, 4, 16, 0, tzinfo=UTC)  # already the 5th in Japan

    whole = DemoConfig(seed=7, loaded=True, generated_on="2026-11-05")
    assert is_of_today(whole, clock, 7)
    assert not is_of_today(whole, clock, 8)
    assert not is_of_today(whole.model_copy(update={"generated_on": "2026-11-04"}), clock, 7)
    assert not is_of_today(whole.model_copy(update={"loaded": False}), clock, 7)


def test_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder with something of somebody else's in it is refused, and nothing in it is touched."""
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "mine.txt").write_text("precious")
    with pytest.raises(BadSetting, match="was not made by the demo"):
        run_demo(port=29040, data=tmp_path, language="en")
    assert (tmp_path / "server" / "mine.txt").read_text() == "precious"


def test_taken_port_keeps_the_data_of_the_last_start(tmp_path: Path) -> None:
    """An old retailer is only thrown away once it is sure that the demo can start."""
    DemoConfig(seed=7, loaded=True, generated_on="2020-01-01").write(tmp_path / "demo.json")
    (tmp_path / "server").mkdir()
    with socket.create_server(("127.0.0.1", 29051)), pytest.raises(BadSetting, match="Port 29051"):
        run_demo(port=29050, data=tmp_path, language="en")
    assert (tmp_path / "server").exists()


def test_teller_counts_seconds_and_keeps_progress_rare() -> None:
    """Progress of a step shows at most every two seconds; ready stands on a line of its own."""
    now, out = [100.0], io.StringIO()
    teller = Teller(WORDS["en"], out, lambda: now[0])
    teller.say("importing")
    for _ in range(30):
        now[0] += 0.1
        teller.progress("stock 1")
    teller.welcome(DemoConfig())
    lines = out.getvalue().splitlines()
    assert lines[0] == "   0.0 s  Importing catalogue, stock and customers"
    assert len([line for line in lines if "stock 1" in line]) == 1
    assert "  http://127.0.0.1:8551/phone  Customers' phones" in lines
    assert lines[-1] == "ready"


def test_words_are_complete_in_both_languages() -> None:
    """Both languages have the same words with the same blanks."""
    assert WORDS["ja"].keys() == WORDS["en"].keys()
    for name in WORDS["ja"]:
        blanks = [sorted(part for part in WORDS[one][name].split("{")[1:]) for one in WORDS]
        assert {part.split("}")[0] for part in blanks[0]} == {part.split("}")[0] for part in blanks[1]}
    assert (terminal_language({"LANG": "ja_JP.UTF-8"}), terminal_language({})) == ("ja", "en")
