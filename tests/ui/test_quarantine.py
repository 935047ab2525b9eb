"""A manager's review of what a device that is out of use could not send."""

import pytest

from sync.errors import NotAllowed, Offline
from sync.model.outreach import Reason
from tests.ui.fake import FakeDevice
from tests.ui.fake_fleet import LEFT, UNSENT
from tests.ui.harness import Screen, drive
from tests.ui.sample import MINORU, MISAKI

ROUTE = f"/fleet/quarantine/{LEFT}"


def handed_in(*numbers: int) -> FakeDevice:
    """Return a tablet on whose server these entries wait."""
    device = FakeDevice()
    device.managing.unsent = [UNSENT[number - 1] for number in numbers]
    return device


async def opened(screen: Screen, staff_id: str = MINORU) -> None:
    await screen.sign_in(staff_id)
    await screen.go(ROUTE)


def test_each_entry_says_who_when_for_whom_and_what() -> None:
    """A note with its text, a message with channel, cause, subject and body, a check-in; one that cannot be read says so."""

    async def steps(screen: Screen) -> None:
        await opened(screen)
        for words in (
            "「入口」から届いた内容",
            "未確認 4件",
            "佐々木 みどり 様：接客メモ",
            "高橋(美) · 入力",
            "軽いコートをお探しです",
            "メッセージ",
            "ご来店のお礼",
            "先日のご来店の御礼",
            "またのお越しをお待ちしております。",
            "商品 2点",
            "ご来店の記録",
            "読み取れない内容",
            "「反映しない」だけを選べます",
        ):
            await screen.sees(words)
        assert screen.words.count("反映する") == 3, "what cannot be read cannot be accepted"
        assert screen.words.count("反映しない") == 4

    drive(steps, handed_in(1, 2, 3, 4))


def test_what_is_accepted_counts() -> None:
    """One tap, then the outcome stands in the entry's place and is not asked again."""
    device = handed_in(1)

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.tap("反映する")
        await screen.sees("反映しました。")
        await screen.sees("すべて確認が済みました")
        assert device.managing.said == [("command-1", True)]
        assert not screen.shows("反映しない")
        await screen.tap("読み込み直す")
        await screen.sees("確認が必要な内容はありません")

    drive(steps, device)


def test_turning_down_is_asked_about_first() -> None:
    """The question says that it is for good; only then is it done."""
    device = handed_in(1)

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.tap("反映しない")
        await screen.sees("取り消しはできません")
        await screen.tap("やめる")
        await screen.sees_no("取り消しはできません")
        assert device.managing.said == []
        await screen.tap("反映しない")
        await screen.tap("反映しないと決める")
        await screen.sees("反映しないことにしました。")
        assert device.managing.said == [("command-1", False)]

    drive(steps, device)


def test_the_rules_may_still_refuse_it() -> None:
    """The reason is said in words, as where a tablet's own command is refused."""
    device = handed_in(2)
    device.managing.refusing = Reason(code="unknown_staff")

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.tap("反映する")
        await screen.sees("サーバーで受け付けられませんでした：")
        assert not screen.shows("unknown staff")

    drive(steps, device)


def test_decided_elsewhere() -> None:
    """Another manager was faster: that is said, and nothing can be tapped there any more."""
    device = handed_in(1)

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.sees("軽いコート")
        device.managing.unsent = []
        await screen.tap("反映する")
        await screen.sees("ほかの人がすでに確認を済ませています")
        assert "反映する" not in screen.words

    drive(steps, device)


def test_without_the_server() -> None:
    """Nothing is shown until it can be read; a decision that did not reach it can be made again."""
    device = handed_in(1)
    device.managing.trouble = Offline()

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.sees("ネットワークが必要です")
        device.managing.trouble = None
        await screen.tap("もう一度試す")
        await screen.sees("軽いコート")
        device.managing.trouble = Offline()
        await screen.tap("反映する")
        await screen.sees("サーバーにつながりません")
        assert device.managing.said == []
        device.managing.trouble = None
        await screen.tap("反映する")
        await screen.sees("反映しました。")

    drive(steps, device)


@pytest.mark.parametrize("staff_id", [MISAKI, MINORU], ids=["associate", "not_for_the_server"])
def test_nobody_else_sees_it(staff_id: str) -> None:
    """An associate reads that it is not for her, and nothing is asked; nor does a manager whom the server does not know."""
    device = handed_in(1)
    device.managing.trouble = NotAllowed(reason="not_a_manager_here")

    async def steps(screen: Screen) -> None:
        await opened(screen, staff_id)
        await screen.sees("この店舗の店長だけが行えます")
        assert not screen.shows("軽いコート")
        assert device.managing.asked == (0 if staff_id == MISAKI else 1)

    drive(steps, device)


def test_in_english() -> None:
    """The same in the other language."""

    async def steps(screen: Screen) -> None:
        await opened(screen)
        for words in (
            "Unsent work to look at",
            "Nothing of it counts until you say so",
            "Let it count",
            "Turn it down",
        ):
            await screen.sees(words)

    drive(steps, handed_in(1), language="en")
