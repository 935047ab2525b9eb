"""What is old says how old it is: online where syncing has stopped, and offline."""

from datetime import timedelta

import pytest

from tests.ui.fake import FakeDevice, MemoryCache
from tests.ui.harness import Screen, drive
from tests.ui.sample import NOW, shop_records

LONG_AGO = NOW - timedelta(days=2, hours=3)


@pytest.mark.parametrize("size", [(1180, 820), (412, 915)])
def test_a_state_of_two_days_ago_never_looks_like_one_of_now(size: tuple[int, int]) -> None:
    """The corner names the day instead of a bare time of day, which would be taken for today's."""
    device = FakeDevice()
    device.become(last_synced_at=LONG_AGO)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("最後の同期 11月18日(水) 07:32（2日前）")
        await screen.sees("その後のほかの端末や店舗での動きは、まだ出ていません")
        await screen.sees_no("同期済み")
        device.become(last_synced_at=NOW)
        await screen.sees("同期済み 10:32")
        await screen.sees_no("まだ出ていません")

    drive(steps, device, size=size)


def test_offline_says_since_when_once_it_is_long() -> None:
    """A few minutes without a network are no news; after an hour the line below the title says how old everything is."""
    device = FakeDevice()
    device.become(online=False, last_synced_at=NOW - timedelta(minutes=50))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("オフラインです。")
        await screen.sees_no("最後の同期")
        device.become(last_synced_at=LONG_AGO)
        await screen.sees("最後の同期 11月18日(水) 07:32（2日前）")

    drive(steps, device)


def test_an_empty_list_before_the_first_sync_is_not_called_the_truth() -> None:
    """While the first sync runs every screen says that lists are not whole; as soon as it is done, nothing says so any more."""
    device = FakeDevice(MemoryCache(shop_records()))
    device.become(last_synced_at=None)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("最初の同期中です")
        device.become(online=False)
        await screen.sees("最初の同期の前にオフラインになりました")
        device.become(online=True, last_synced_at=NOW)
        await screen.sees_no("最初の同期")

    drive(steps, device)
