"""Home: the day at a glance, and the state of sync in the corner."""

from datetime import timedelta

from clienteling.queries.home import waiting_count
from sync.client.types import RefusedCommand
from sync.model.commands import RecordView
from sync.model.customer import Channel, Customer, Pace
from sync.model.outreach import Cause, FollowUp, FollowUpState, Message, MessageState, Purpose
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, MINORU, MISAKI, MORI, NOW, SASAKI
from tests.unit.policy.build import TOKYO


def test_follow_ups_stand_with_their_reason_in_words() -> None:
    """Mine and today's are listed, replies first; a colleague's are not."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("今日のフォロー 3件")
        await screen.sees("約7か月ぶりにご来店")
        await screen.sees("25分前、LINEで")
        words = screen.words
        assert words.index("中村 様") < words.index("佐々木 様")
        assert "小林 様 Webでのご関心" not in words

    drive(steps)


def test_leave_alone_is_a_state_with_a_reason() -> None:
    """Somebody who asked to be left in peace stays on the list, with the reason instead of an invitation."""
    device = FakeDevice()
    quiet = device.cache.record("customer", SASAKI)
    assert isinstance(quiet, Customer)
    device.cache.put(quiet.model_copy(update={"pace": Pace.QUIET}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("今は控える")
        await screen.sees("「そっと」")
        await screen.sees("フォロー、2件")  # the badge counts what can be done
        await screen.sees("今日のフォロー 2件")  # and so does the title above the list

    drive(steps, device)


def test_the_badge_counts_what_this_person_can_act_on() -> None:
    """A draft that waits counts for the manager who may let it go, and not for the colleague who wrote it; a follow-up of a customer
    who has left this tablet counts for nobody."""
    device = FakeDevice()
    letter = Message(
        id="draft", customer_id=SASAKI, channel=Channel.LINE, cause=Cause.AFTER_VISIT, purpose=Purpose.RELATIONSHIP, shop_id=GINZA,
        staff_id=MISAKI, state=MessageState.AWAITING_APPROVAL, body="…", at=NOW, state_at=NOW,
    )  # fmt: skip
    device.cache.put(letter)
    one = next(found for found in device.cache.of(FollowUp) if found.assignee_id == MISAKI)
    device.cache.put(one.model_copy(update={"customer_id": "gone"}))

    def count(staff_id: str) -> int:
        return waiting_count(device, staff_id=staff_id, shop_id=GINZA, zone=TOKYO, now=NOW)

    assert (count(MISAKI), count(MINORU)) == (2, 2)


def test_who_is_here_and_who_comes() -> None:
    """Customers with an open visit and today's appointments are listed."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("10:18 ご来店")
        await screen.sees("ご試着・取り置き 2点")
        await screen.sees("オンライン相談")

    drive(steps)


def test_a_stale_follow_up_is_gone() -> None:
    """What has lost its occasion is not proposed any more."""
    device = FakeDevice()
    for one in device.cache.of(FollowUp):
        device.cache.put(one.model_copy(update={"stale_after": NOW - timedelta(minutes=1)}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("今日のフォローはありません")

    drive(steps, device)


def test_what_a_manager_sent_back_is_there_before_it_is_due() -> None:
    """A draft that came back with a comment stands on its writer's list at once, be it due next week."""
    device = FakeDevice()
    one = next(found for found in device.cache.of(FollowUp) if found.customer_id == SASAKI)
    later = {"due_at": NOW + timedelta(days=7), "state": FollowUpState.RETURNED, "comment": "敬称を添えてください"}
    device.cache.put(one.model_copy(update=later))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("「敬称を添えてください」")

    drive(steps, device)


def test_opening_from_a_follow_up_is_put_on_record() -> None:
    """A tap on the row opens her profile and records the view with how it came about."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.tap("佐々木 様 おかえりなさい")
        await screen.at(f"/customers/{SASAKI}")
        assert device.commands(RecordView)[0].how == "follow_up"

    drive(steps, device)


def test_the_corner_tells_local_from_sent() -> None:
    """Synced, sending, offline with things saved here, and refused: four different sentences."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("同期済み 10:32")
        device.become(waiting=2)
        await screen.sees("2件を送信中")
        device.become(online=False, waiting=3)
        await screen.sees("オフライン・保存 3件は接続後に送ります")
        await screen.sees("このままお使いいただけます")
        device.become(online=True, waiting=0, refused=(RefusedCommand("c", "check_in", None, None, NOW),))
        await screen.sees("1件が受け付けられませんでした")

    drive(steps, device)


def test_a_change_of_the_cache_reaches_the_screen() -> None:
    """What sync brings appears without a tap."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("今日のフォロー 3件")
        one = device.cache.of(FollowUp)[3]
        device.cache.put(one.model_copy(update={"assignee_id": None}))
        device.changed()
        await screen.sees("ほかに担当未定 1件")
        await screen.sees("担当未定")

    drive(steps, device)


def test_a_stylist_sees_her_own_day_anywhere() -> None:
    """Another member of staff has another list."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MORI)
        await screen.sees("今日のフォローはありません")

    drive(steps)


def test_the_day_goes_on_without_news() -> None:
    """A tablet that stands open over midnight shows the new day, although nothing came from the server."""
    now = NOW

    async def steps(screen: Screen) -> None:
        nonlocal now
        screen.tablet.clock = lambda: now
        await screen.sign_in()
        await screen.sees("今日 2件")
        now += timedelta(days=1)
        await screen.sees("今日の予約はもうありません。", within=15)

    drive(steps)
