"""The lists of a day where something is in the way: each says what, what is safe, and what to do."""

import pytest

from sync.model.outreach import FollowUp, FollowUpState
from tests.ui.album import shop
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import MINORU

LISTS = ("/results", "/promises", "/appointments", "/queue", "/slips")
"""Those which are of customers."""
SAID_EMPTY = ("まだいらっしゃいません", "ありません", "どなたをお探しですか")


@pytest.mark.parametrize("address", ["/", "/search", *LISTS, "/customers/cust-1", "/customers/cust-1/slip"])
def test_where_customers_are_closed_a_list_is_not_called_empty(address: str) -> None:
    """What cannot be seen is not said to be nothing: the list says that it is closed, that what was saved is kept, and opens by
    itself."""
    device = shop(closed=True)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(address)
        await screen.sees("この端末では、お客様の情報を閉じています")
        await screen.sees("保存した内容は残っていて")
        assert not any(screen.shows(one) for one in SAID_EMPTY)
        device.become(online=True, messages=())
        await screen.sees_no("お客様の情報を閉じています")

    drive(steps, device)


def test_where_customers_are_closed_a_search_says_so_and_a_newcomer_can_be_registered() -> None:
    """Whatever is typed, nobody is said not to exist; whoever is new here can still be registered."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.type("会員番号", "佐々木")
        await screen.sees("この端末では、お客様の情報を閉じています")
        await screen.tap("はじめてのお客様を登録")
        await screen.until(lambda: screen.tablet.session.route.startswith("/register"))

    drive(steps, shop(closed=True))


@pytest.mark.parametrize("address", [*LISTS, "/holds", "/customers/cust-1/slip"])
def test_a_reading_that_fails_says_what_is_safe_and_what_to_do(address: str) -> None:
    """Not only that it failed: what was saved is safe, the rest of the app goes on, and whom to tell if it stays."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(address)
        await screen.sees("読み込みに失敗しました")
        await screen.sees("この端末に残っています")
        await screen.sees("ほかの画面はそのままお使いいただけます")
        await screen.sees("もう一度試す")

    drive(steps, shop(failing=True))


def test_a_slip_for_somebody_who_is_not_here_leads_on() -> None:
    """The form of a customer whom this tablet does not hold is no skeleton for ever; it says so, and leads to the search."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/customers/none/slip")
        await screen.sees("このお客様の情報は、この端末にありません")
        await screen.tap("探す")
        await screen.at("/search")

    drive(steps)


def test_a_suggested_message_says_offline_that_it_goes_later() -> None:
    """Beside the button that sends stands when it leaves."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/queue")
        await screen.sees("LINEで送ります")
        await screen.sees_no("接続後にLINEで送ります")
        device.become(online=False)
        await screen.sees("接続後にLINEで送ります")

    drive(steps, device)


@pytest.mark.parametrize("size", [(1180, 820), (820, 1180)])
def test_an_empty_queue_asks_nobody_to_choose(size: tuple[int, int]) -> None:
    """Without a follow-up there is neither a place beside the list nor a choice of kinds."""
    device = FakeDevice()
    for one in device.cache.of(FollowUp):
        device.cache.put(one.model_copy(update={"state": FollowUpState.DONE}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.sees("フォローはありません")
        assert not screen.shows("一覧から選ぶと")
        assert not screen.shows("すべて 0")

    drive(steps, device, size=size)


def test_the_room_of_a_video_call_says_that_it_needs_the_network() -> None:
    """Of all that goes on offline this does not: it is said in the room, with what works meanwhile."""
    device = shop(offline=True)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/appointments/app-2")
        await screen.sees("通話にはネットワークが必要です")
        device.become(online=True)
        await screen.sees_no("通話にはネットワークが必要です")

    drive(steps, device)
