"""Nobody is pulled back: what a save leads to opens only where the one who saved still is."""

from threading import Event

import pytest

from sync.model.commands import AnyCommand, LogInteraction, QueueMessage, StopContact
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import SASAKI

HERS = f"/customers/{SASAKI}"


class SlowDevice(FakeDevice):
    """A device whose disk answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = Event()

    def submit(self, command: AnyCommand, staff_id: str | None, hold_seconds: float = 0.0) -> str:
        command_id = super().submit(command, staff_id, hold_seconds)
        if isinstance(command, QueueMessage | LogInteraction | StopContact):
            assert self.disk.wait(30)
        return command_id


@pytest.mark.parametrize("elsewhere", [False, True], ids=["stays", "leaves"])
@pytest.mark.parametrize(
    ("route", "first", "saves", "command", "said"),
    [
        ("message?cause=after_visit", "", "送る", QueueMessage, "送信します。10秒のあいだ取り消せます"),
        ("note", "ご試着", "メモを保存", LogInteraction, "メモを保存しました"),
        ("contact", "お客様のご希望", "ご連絡を控える", StopContact, "ご連絡を控える設定にしました"),
    ],
    ids=["message", "note", "stop"],
)
def test_who_went_on_stays_there(
    route: str, first: str, saves: str, command: type[AnyCommand], said: str, elsewhere: bool
) -> None:
    """Saved and left at once: it is saved and said, and the screen that was opened meanwhile stays. Who waits sees her profile."""
    device = SlowDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"{HERS}/{route}")
        if first:
            await screen.tap(first)
        await screen.tap(saves)
        await screen.until(lambda: device.commands(command))
        if elsewhere:
            await screen.go("/stock")
        device.disk.set()
        await screen.sees(said)
        assert screen.tablet.session.route == ("/stock" if elsewhere else HERS)

    drive(steps, device)
