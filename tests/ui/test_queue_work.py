"""Follow-ups are done from the list: words seen and changed, sent, put off or left with a reason, several at once, with a way back."""

from datetime import timedelta

import pytest

from sync.model.commands import CloseFollowUp, PutOffFollowUp, QueueMessage
from sync.model.outreach import FollowUp
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import MISAKI, NOW


@pytest.mark.parametrize("size", [(1180, 820), (820, 1180), (412, 915)])
def test_several_are_sent_from_the_list_in_changed_words(size: tuple[int, int]) -> None:
    """Two are picked, the words of one are changed, both go with one tap and are taken back with one; the list is never left, and
    the changed words are still there."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/queue")
        await screen.check("佐々木 みどり 様を選ぶ")
        await screen.check("井上 香織 様を選ぶ")
        await screen.sees("佐々木 みどり 様への文面")
        words = next(str(c.value) for c in screen.controls if getattr(c, "label", "") == "佐々木 みどり 様への文面")  # type: ignore[attr-defined]
        await screen.type("佐々木 みどり 様への文面", words + "\n秋のお品をご用意しております。")
        await screen.tap("2件を送る")
        await screen.until(lambda: len(device.commands(QueueMessage)) == 2)
        assert screen.tablet.session.route == "/queue"
        sent = {one.follow_up_id: one for one in device.commands(QueueMessage)}
        assert sent["fu-1"].body.endswith("秋のお品をご用意しております。")
        assert set(sent) <= {"fu-1", "fu-2"}
        await screen.sees("2件を送ります")
        await screen.tap("元に戻す")
        await screen.until(lambda: len(device.recalled) == 2)

    drive(steps, device, size=size)


def test_one_is_put_off_to_a_day_on_which_it_still_makes_sense() -> None:
    """Only days before its occasion is over are offered; it says which day it saw, and comes back at its own time of day."""
    device = FakeDevice()
    one = device.cache.record("follow_up", "fu-1")
    assert isinstance(one, FollowUp)
    device.cache.put(one.model_copy(update={"stale_after": NOW + timedelta(days=4)}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/queue")
        await screen.tap("佐々木 みどり 様 おかえりなさい")
        await screen.tap("佐々木 みどり 様: 別の日に")
        await screen.sees("3日後")
        assert not screen.shows("7日後")
        await screen.tap("3日後")
        await screen.until(lambda: device.commands(PutOffFollowUp))
        done = device.commands(PutOffFollowUp)[0]
        assert (done.seen_due_at, done.due_at) == (one.due_at, one.due_at + timedelta(days=3))

    drive(steps, device)


def test_several_are_left_with_a_reason() -> None:
    """The reason is chosen once, and stands with each, as a code."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/queue")
        await screen.check("佐々木 みどり 様を選ぶ")
        await screen.check("井上 香織 様を選ぶ")
        await screen.tap("すべて見送る")
        await screen.tap("最近お会いしたばかり")
        await screen.until(lambda: len(device.commands(CloseFollowUp)) == 2)
        assert {(one.outcome, one.comment) for one in device.commands(CloseFollowUp)} == {("dismissed", "met_lately")}

    drive(steps, device)


@pytest.mark.parametrize(("kept", "said"), [("met_lately", "met lately"), ("昨日お会いした", "昨日お会いした")])
def test_a_reason_is_read_in_the_own_language(kept: str, said: str) -> None:
    """A code is worded for whoever looks; what was kept in words, before there were codes, is shown as it is."""
    device = FakeDevice()
    one = next(one for one in device.cache.of(FollowUp) if one.id == "fu-2")
    device.cache.put(one.model_copy(update={"comment": kept, "comment_by": MISAKI}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/queue")
        await screen.tap("井上 香織 How is it going?")
        await screen.sees(said)

    drive(steps, device, language="en")
