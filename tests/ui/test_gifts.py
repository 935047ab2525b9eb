"""What was bought for somebody else, flagged at the purchase."""

import pytest

from sync.model.commands_visits import FlagGift
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import SASAKI


@pytest.mark.parametrize("size", [(1180, 820), (412, 915)])
@pytest.mark.parametrize(
    ("language", "gift", "gone", "back"),
    [
        ("ja", "贈り物：リネンワンピース", "お手持ち 0", "お手持ち 1"),
        ("en", "Gift: リネンワンピース", "Owned 0", "Owned 1"),
    ],
)
def test_one_tap_at_the_purchase(language: str, gift: str, gone: str, back: str, size: tuple[int, int]) -> None:
    """It leaves her belongings at once, offline too; a second tap takes the word back."""
    device = FakeDevice()
    device.become(online=False)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}?tab=bought")
        await screen.sees(back)
        await screen.tap(gift)
        await screen.sees(gone)
        await screen.tap(gift)
        await screen.sees(back)
        told = [(one.order_id, one.variant_id, one.gift) for one in device.commands(FlagGift)]
        assert told == [("ord-1", "v-dress-m", True), ("ord-1", "v-dress-m", False)]

    drive(steps, device, language=language, size=size)
