"""The state of a device is read from its files as they lie: exact, in words of both languages, and leaving no trace."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import httpx
import pytest

from clienteling.sync_status import lines, show
from sync.client.look import Names, Report, look
from sync.errors import BadFile, DeviceRevoked, NotFound, Offline, Unavailable, WrongProtocol
from sync.settings import TabletSettings
from tests.unit.client.build import World, ground, history, message, note, world
from tests.unit.client.fake import START

NOBODY = "http://127.0.0.1:9"
"""Nothing listens at the discard port of a test machine."""


def answering(status: int = 200, body: object = {"status": "ok"}) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _request: httpx.Response(status, json=body))


def seen(world: World, transport: httpx.BaseTransport | None = None) -> Report:
    return look(world.settings(), world.clock, transport or answering())[0]


@pytest.fixture
def synced(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def test_it_says_what_the_running_device_says(synced: World) -> None:
    """The same figures as the app shows, while the app has the files open: waiting, held, refused, notices, times."""
    synced.server.refuse = {"log_interaction": "unknown"}
    synced.server.remark = {"queue_message": "unusable_fields"}
    synced.client.submit(note(1), "staff-1")
    synced.client.submit(message(1), "staff-1")
    assert synced.client.sync_once().error is None
    synced.clock.advance(minutes=5)
    synced.client.submit(note(2), "staff-1")
    synced.client.submit(message(2), "staff-1", hold_seconds=600)
    report, status = seen(synced), synced.client.status()
    assert (report.waiting, report.held) == (status.waiting, status.held) == (1, 1)
    assert report.last_synced_at == status.last_synced_at == START
    assert report.oldest_waiting_at == status.oldest_waiting_at == START + timedelta(minutes=5)
    assert [one.command_id for one in report.refused] == [one.command_id for one in status.refused] != []
    assert [one.command_id for one in report.notices] == [one.command_id for one in status.notices] != []
    assert report.refused[0].reason == status.refused[0].reason
    assert report.messages == status.messages == ()
    assert report.enrolled
    assert report.needs_attention


def test_all_well_needs_nobody(synced: World) -> None:
    """Nothing refused, the server there; sizes are of files that are there."""
    report = seen(synced)
    assert not report.needs_attention
    assert report.server.reachable
    sizes = {one.name: one.bytes for one in report.files}
    assert sizes["device.db"] > 0
    assert sizes["cache.db"] > 0


@pytest.mark.parametrize(
    ("transport", "problem"),
    [(None, "no_answer"), (answering(503), "not_understood"), (answering(200, ["portal"]), "not_understood")],
)
def test_an_absent_server_is_said(synced: World, transport: httpx.BaseTransport | None, problem: str) -> None:
    """Nobody listening, an error, and the page of a captive portal are no server of ours."""
    settings = synced.settings().model_copy(update={"server_url": NOBODY})
    report, _ = look(settings, synced.clock, transport)
    assert (report.server.reachable, report.server.problem) == (False, problem)
    assert report.needs_attention


def test_the_first_sync_shows_how_far_it_is(tmp_path: Path) -> None:
    """Rows done and in all, as long as it goes on."""
    made = World(tmp_path)
    made.server.put(*ground(), *history(1))
    made.client.enrol("CODE-CODE")
    made.server.page_size = 4
    made.server.fail_pull = lambda request: Offline() if request.cursor else None
    assert made.client.sync_once().error is not None
    report = seen(made)
    assert report.first_sync is not None
    assert (report.first_sync.done, report.first_sync.total) == (4, made.client.status().progress[1])  # type: ignore[index]
    assert (report.first_sync.unit, report.first_sync.seconds_left) == ("rows", None)
    assert report.first_sync.share == round(4 / report.first_sync.total, 4)
    assert "first_sync" in report.messages
    made.client.close()


def test_why_it_is_stuck_is_remembered(synced: World) -> None:
    """What ended the last round is in the files: here the device was revoked, and its cache is gone."""
    synced.server.fail_push = lambda _request: DeviceRevoked()
    synced.client.submit(note(1), "staff-1")
    synced.client.sync_once()
    report = seen(synced)
    assert (report.last_error, report.enrolled, report.waiting) == ("device_revoked", False, 1)
    assert {"revoked", "not_enrolled"} <= set(report.messages)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_looking_leaves_no_trace(synced: World) -> None:
    """Of a device that is off, every file is afterwards as before and none is new; nor is a key made where there is none."""
    synced.client.submit(note(1), "staff-1")
    synced.client.close()
    before = contents(synced.folder)
    assert seen(synced).waiting == 1
    assert contents(synced.folder) == before
    synced.settings().key_file.unlink()  # type: ignore[union-attr]
    assert not seen(synced).enrolled
    assert not synced.settings().key_file.exists()  # type: ignore[union-attr]
    synced.client = synced._client()


def test_a_running_device_goes_on(synced: World) -> None:
    """Its next command and sync are as if nobody had looked, and the next look sees them."""
    assert seen(synced).waiting == 0
    synced.client.submit(note(1), "staff-1")
    assert seen(synced).waiting == 1
    assert synced.client.sync_once().pushed == 1
    assert seen(synced).waiting == 0


def test_a_damaged_cache_is_no_reason_to_say_nothing(synced: World) -> None:
    """The outbox is read all the same; the cache is going to be built anew."""
    synced.client.submit(note(1), "staff-1")
    synced.client.close()
    synced.cache_file.write_bytes(b"no database" * 1000)
    report = seen(synced)
    assert report.waiting == 1
    assert {"rebuilding", "first_sync"} <= set(report.messages)
    synced.client = synced._client()


def test_no_device_here(tmp_path: Path) -> None:
    """A folder that does not exist, or is empty, is said to be none, and none is made."""
    with pytest.raises(NotFound, match="no tablet's data"):
        look(TabletSettings(data=tmp_path / "nowhere", key_file=tmp_path / "key"), lambda: START)
    assert not (tmp_path / "nowhere").exists()


def locked(world: World) -> sqlite3.Connection:
    """Lock the device's file as a program would that has it for itself."""
    world.client.close()
    conn = sqlite3.connect(world.settings().data / "device.db", isolation_level=None)
    conn.execute("PRAGMA locking_mode = EXCLUSIVE")
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("INSERT OR REPLACE INTO meta VALUES ('x', 'y')")
    conn.execute("COMMIT")
    return conn


def test_a_locked_file_is_said_to_be_locked(synced: World) -> None:
    """Not damaged: it can be read later."""
    conn = locked(synced)
    with pytest.raises(Unavailable, match="locked"):
        seen(synced)
    conn.close()
    assert seen(synced).waiting == 0
    synced.client = synced._client()


@pytest.mark.parametrize("how", ["overwritten", "empty", "newer"])
def test_a_file_that_cannot_be_used_is_said_to_be_so(synced: World, how: str) -> None:
    """Overwritten, empty, or written by a newer program; the file stays as it is for the app to salvage."""
    path = synced.settings().data / "device.db"
    synced.client.close()
    if how == "newer":
        with sqlite3.connect(path) as conn:
            conn.execute("PRAGMA user_version = 99")
        conn.close()
    else:
        path.write_bytes(b"x" * 8192 if how == "overwritten" else b"")
    before = path.read_bytes()
    with pytest.raises(WrongProtocol if how == "newer" else BadFile):
        seen(synced)
    assert path.read_bytes() == before
    path.unlink()
    synced.client = synced._client()


def test_the_words_are_those_of_the_app(synced: World) -> None:
    """Japanese and English, with reasons and times as the screens say them."""
    synced.server.refuse = {"log_interaction": "unknown"}
    synced.client.submit(note(1), "staff-1")
    synced.client.sync_once()
    synced.clock.advance(minutes=5)
    synced.client.submit(note(2), "staff-1")
    report, names = look(synced.settings(), synced.clock, answering())
    japanese, english = ("\n".join(lines(report, names, language, UTC)) for language in ("ja", "en"))
    assert "最後の同期 今日 13:00" in japanese  # the shop's zone: 04:00 UTC
    assert "この端末に保存した1件が、接続を待っています" in japanese
    assert "受け付けられなかったもの" in japanese
    assert "Last synced today 13:00" in english
    assert "note: It is no longer there" in english
    assert "answers" in english
    assert "00-0" not in english, "no ids"


def test_without_a_cache_times_are_local(synced: World) -> None:
    """The zone is the machine's where the shop's is not known."""
    report = seen(synced)
    assert "Last synced today 04:00" in list(lines(report, Names(), "en", UTC))


def test_exit_statuses_tell_scripts(synced: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1 needs a person (here no server answers), 2 no device, 3 locked, 4 damaged; as JSON every answer is one object."""

    def shown(settings: TabletSettings) -> tuple[int, str]:
        status = show(settings, synced.clock, "ja", UTC, as_json=True)
        answer = json.loads(capsys.readouterr().out)
        return status, answer["error"]["code"] if "error" in answer else Report.model_validate(answer).server.problem

    here = synced.settings().model_copy(update={"server_url": NOBODY})
    assert shown(here) == (1, "no_answer")
    assert shown(here.model_copy(update={"data": tmp_path / "nowhere"})) == (2, "not_found")
    conn = locked(synced)
    assert shown(here) == (3, "unavailable")
    conn.close()
    (here.data / "device.db").write_bytes(b"x" * 8192)
    assert shown(here) == (4, "bad_file")
    assert show(here, synced.clock, "ja", UTC, as_json=False) == 4
    assert "壊れています" in capsys.readouterr().err
    (here.data / "device.db").unlink()
    synced.client = synced._client()


def test_the_server_hears_of_a_rebuild_once(synced: World) -> None:
    """Why the cache was built anew goes with the next pull that is answered, and with no other."""
    synced.server.pulls.clear()
    synced.client.cache.damaged = True
    synced.server.down = True
    synced.client.sync_once()
    synced.server.down = False
    synced.client.sync_once()
    synced.client.sync_once()
    assert [pull.rebuilt for pull in synced.server.pulls] == ["damaged", None]
    synced.server.restored("epoch-2")
    synced.client.sync_once()
    synced.client.close()
    synced.cache_file.write_bytes(b"no database" * 1000)
    synced.client = synced._client()
    synced.client.sync_once()
    assert [pull.rebuilt for pull in synced.server.pulls if pull.rebuilt] == ["damaged", "history", "file"]
