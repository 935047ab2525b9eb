"""What somebody began to write is there again after a reload and a restart, and gone once it is sent."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import flet as ft

from sync.client.device import Device
from sync.client.drafts import Drafts
from sync.model.commands import LogInteraction, QueueMessage
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive, opened
from tests.ui.sample import MINORU, SASAKI

KEY = bytes(range(32))
WORDS = "紺のMをお探し。内緒のご旅行"


def restarted(file: Path, *sessions: Callable[[Screen], Awaitable[None]]) -> list[FakeDevice]:
    """Run each session on a tablet that was started anew: nothing but its file is the same."""
    devices = []

    async def run() -> None:
        for steps in sessions:
            real = Device(file, KEY)
            devices.append(FakeDevice(drafts=Drafts(real)))
            async with opened(devices[-1]) as screen:
                await steps(screen)
                await screen.in_time(lambda: not devices[-1].drafts.changed, what="drafts on the disk")
            real.close()

    asyncio.run(run())
    return devices


def kept(file: Path) -> list[str]:
    """Return the words of all drafts on the disk, where none can be read."""
    assert WORDS.encode() not in b"".join(one.read_bytes() for one in file.parent.iterdir())
    real = Device(file, KEY)
    found = [one.words for one in Drafts(real).all()]
    real.close()
    return found


async def _write_note(screen: Screen) -> None:
    await screen.sign_in()
    await screen.go(f"/customers/{SASAKI}/note")
    assert not screen.shows("下書きの続き")
    await screen.tap("ご試着")
    await screen.type("メモ", WORDS)


def test_a_note_goes_on_after_a_restart_and_is_gone_when_saved(tmp_path: Path) -> None:
    """Tag and words are there again under a quiet line; saving the note leaves no draft."""
    file = tmp_path / "device.db"

    async def again(screen: Screen) -> None:
        assert len(kept(file)) == 1
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.sees("下書きの続き")
        await screen.tap("メモを保存")
        await screen.sees("メモを保存しました")

    async def after(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/note")
        assert not screen.shows("下書きの続き")
        assert not screen.shows(WORDS)

    devices = restarted(file, _write_note, again, after)
    saved = devices[1].commands(LogInteraction)[0]
    assert (saved.text, saved.tags) == (WORDS, ("fitting",))
    assert kept(file) == []


def test_a_message_goes_on_after_a_restart_and_is_gone_when_sent(tmp_path: Path) -> None:
    """What was typed over the template is there again; a template alone is nobody's work and leaves nothing."""
    file = tmp_path / "device.db"
    words = "佐々木様、先日はありがとうございました。紺のワンピースが入りました。"

    async def write(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.sees("送れます")
        assert screen.tablet.device.drafts.all() == []
        await screen.type("本文", words)

    async def again(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.sees("下書きの続き")
        await screen.sees(words)
        await screen.tap("送る")
        await screen.sees("送信します。10秒のあいだ取り消せます")

    devices = restarted(file, write, again)
    assert devices[1].commands(QueueMessage)[0].body == words
    assert kept(file) == []


def test_nobody_else_sees_it(tmp_path: Path) -> None:
    """A colleague who signs in after a restart begins with an empty note; the writer's waits."""
    file = tmp_path / "device.db"

    async def colleague(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.sees("メモを保存")
        assert not screen.shows(WORDS)
        assert not screen.shows("下書きの続き")

    restarted(file, _write_note, colleague)
    assert [json.loads(one)["text"] for one in kept(file)] == [WORDS]


def test_one_tap_discards_it_and_one_brings_it_back() -> None:
    """The words leave the form; taken back they stand there again."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await _write_note(screen)
        await screen.go(f"/customers/{SASAKI}")
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.sees("下書きの続き")
        await screen.tap("下書きを破棄")
        await screen.sees("下書きを破棄しました")
        await screen.sees_no(WORDS)
        assert device.drafts.all() == []
        await screen.tap("元に戻す")
        await screen.sees(WORDS)
        assert len(device.drafts.all()) == 1

    drive(steps, device)


def test_a_saved_note_that_is_taken_back_is_a_draft_again(tmp_path: Path) -> None:
    """Undo brings the form back as it was, and the draft with it, also on the disk."""
    file = tmp_path / "device.db"

    async def steps(screen: Screen) -> None:
        await _write_note(screen)
        await screen.tap("メモを保存")
        await screen.tap("元に戻す")
        await screen.sees(WORDS)

    restarted(file, steps)
    assert [json.loads(one)["text"] for one in kept(file)] == [WORDS]


def test_a_confidential_note_is_not_kept_and_says_so(tmp_path: Path) -> None:
    """Switching it on takes off the disk what was kept; in this session its writer still finds it again."""
    file = tmp_path / "device.db"

    async def steps(screen: Screen) -> None:
        await _write_note(screen)
        await screen.in_time(lambda: len(screen.tablet.device.drafts.all()) == 1)
        switch = next(one for one in screen.controls if isinstance(one, ft.Switch))
        await screen.session.dispatch_event(switch._i, "change", True)
        await screen.sees("下書きとして残りません")
        assert screen.tablet.device.drafts.all() == []
        await screen.go(f"/customers/{SASAKI}")
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.sees(WORDS)

    async def again(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.sees("メモを保存")
        assert not screen.shows(WORDS)

    restarted(file, steps, again)
    assert kept(file) == []
