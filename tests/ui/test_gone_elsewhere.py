"""Nobody is pulled back: what a save leads to opens only where the one who saved still is."""

from threading import Event
from typing import NamedTuple

import pytest

from sync.model.commands import AnyCommand, LogInteraction, QueueMessage, StopContact
from sync.model.commands_goods import NoteBelonging, OpenSlip
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import SASAKI

HERS = f"/customers/{SASAKI}"


class Tap(NamedTuple):
    name: str


class Type(NamedTuple):
    field: str
    text: str


class SlowDevice(FakeDevice):
    """A device whose disk answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = Event()

    def submit(self, command: AnyCommand, staff_id: str | None, hold_seconds: float = 0.0) -> str:
        command_id = super().submit(command, staff_id, hold_seconds)
        if isinstance(command, QueueMessage | LogInteraction | StopContact | OpenSlip | NoteBelonging):
            assert self.disk.wait(30)
        return command_id


@pytest.mark.parametrize("elsewhere", [False, True], ids=["stays", "leaves"])
@pytest.mark.parametrize(
    ("route", "does", "saves", "command", "said", "leads_to"),
    [
        ("message?cause=after_visit", [], "送る", QueueMessage, "送信します。10秒のあいだ取り消せます", HERS),
        ("note", [Tap("ご試着")], "メモを保存", LogInteraction, "メモを保存しました", HERS),
        ("contact", [Tap("お客様のご希望")], "ご連絡を控える", StopContact, "ご連絡を控える設定にしました", HERS),
        (
            "slip",
            [Tap("お直し"), Tap("リネンワンピース")],
            "承る",
            OpenSlip,
            "承り票を作成しました",
            f"{HERS}?tab=slips",
        ),
        ("belonging", [Type("お品物", "茶の革鞄")], "保存", NoteBelonging, "保存しました", f"{HERS}?tab=belongings"),
    ],
    ids=["message", "note", "stop", "slip", "belonging"],
)
def test_who_went_on_stays_there(
    route: str,
    does: list[Tap | Type],
    saves: str,
    command: type[AnyCommand],
    said: str,
    leads_to: str,
    elsewhere: bool,
) -> None:
    """Saved and left at once: it is saved and said, and the screen that was opened meanwhile stays. Who waits sees her profile."""
    device = SlowDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"{HERS}/{route}")
        for act in does:
            await (screen.tap(act.name) if isinstance(act, Tap) else screen.type(act.field, act.text))
        await screen.tap(saves)
        await screen.until(lambda: device.commands(command))
        if elsewhere:
            await screen.go("/stock")
        device.disk.set()
        await screen.sees(said)
        assert screen.tablet.session.route == ("/stock" if elsewhere else leads_to)

    drive(steps, device)
