"""What the server took but wants looked at is said at once, and stays until somebody has read it."""

from sync.client.types import RefusedCommand
from sync.model.outreach import Reason
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import NOW


def test_a_code_that_another_device_has_read_too_is_said_at_once_and_kept() -> None:
    """The warning stands at the foot of the screen as soon as the server has answered; the header keeps the count."""
    device = FakeDevice()
    notice = RefusedCommand("command-1", "check_in", None, Reason(code="replayed"), NOW)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("同期済み")
        device.become(notices=(notice,))
        await screen.sees("同じ会員コードが別の端末でも読み取られています")
        await screen.sees("ご確認 1件")
        await screen.sees_no("同じ会員コードが別の端末でも読み取られています", within=60)
        await screen.sees("ご確認 1件")
        device.become(notices=())
        await screen.sees("同期済み")

    drive(steps, device)
