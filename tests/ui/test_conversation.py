"""Whose a customer's messages are shows above them; a manager gives them to somebody at once, and can take that back."""

from sync.model.commands import TakeOverConversation
from sync.model.customer import Channel, Conversation, Customer
from sync.model.outreach import Cause, Message, MessageState, Purpose
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, MINORU, MISAKI, NOW, SASAKI


def _device() -> FakeDevice:
    device = FakeDevice()
    device.cache.put(
        Message(
            id="sent", customer_id=SASAKI, channel=Channel.LINE, cause=Cause.AFTER_VISIT, purpose=Purpose.RELATIONSHIP,
            shop_id=GINZA, staff_id=MISAKI, state=MessageState.DELIVERED, body="先日はありがとうございました",
            at=NOW, sent_at=NOW, state_at=NOW,
        )
    )  # fmt: skip
    return device


def test_a_manager_takes_a_conversation_over() -> None:
    """One tap, one name; the command names whose it was, and the notice takes it back."""
    device = _device()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("やり取りの担当 高橋(美)")
        await screen.tap("担当を変更")
        await screen.sees("どなたが引き継ぎますか")
        await screen.tap("高橋(実)")
        await screen.sees("高橋(実)さんにしました")
        [command] = device.commands(TakeOverConversation)
        assert command == TakeOverConversation(
            customer_id=SASAKI, shop_id=GINZA, from_staff_id=MISAKI, to_staff_id=MINORU
        )
        await screen.tap("元に戻す")
        await screen.until(lambda: device.recalled, "taken back")

    drive(steps, device)


def test_nobody_else_can() -> None:
    """Staff see whose it is, and by whom it was given, but no button."""
    device = _device()
    customer = device.cache.record("customer", SASAKI)
    assert isinstance(customer, Customer)
    said = Conversation(staff_id=MINORU, taken_from=MISAKI, by=MINORU, at=NOW)
    device.cache.put(customer.model_copy(update={"conversation": said}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MISAKI)
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("やり取りの担当 高橋(実)")
        await screen.sees("高橋(実)さんが指定")
        assert screen.find("担当を変更", "click") is None

    drive(steps, device)
