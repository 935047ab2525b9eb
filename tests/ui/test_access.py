"""Unusual access: what a manager sees of it, in every state, and how it is marked as looked at."""

from datetime import timedelta

from sync.model.base import Record
from sync.model.commands import ReviewAccess
from sync.protocol import AccessEvent, AccessFlag, AccessReport, AccessReview
from tests.ui.fake import FakeDevice, MemoryCache
from tests.ui.harness import Screen, drive
from tests.ui.sample import INOUE, MINORU, MISAKI, MORI, NOW, SASAKI, everything


def flag(rule: str = "many_profiles", staff_id: str = MISAKI, **changes: object) -> AccessFlag:
    events = tuple(
        AccessEvent(at=NOW - timedelta(minutes=30 - n), what="view", purpose="search", customer_id=customer)
        for n, customer in enumerate([SASAKI, INOUE, *(f"elsewhere-{n}" for n in range(21))])
    )
    made = AccessFlag(
        id=f"{rule}:1", rule=rule, staff_id=staff_id, since=events[0].at, until=events[-1].at, customers=23,
        count=23, events=events, reviews=(), open=True,
    )  # fmt: skip
    return made.model_copy(update=changes)


def reporting(*flags: AccessFlag) -> FakeDevice:
    report = AccessReport(flags=flags, more=0, since=NOW - timedelta(days=14), server_time=NOW)
    return FakeDevice(access=report)


async def manager(screen: Screen) -> None:
    await screen.sign_in(MINORU)
    await screen.go("/access")


def test_a_flag_names_rule_person_time_and_looks() -> None:
    """The rule with its own figures, who, how many, when, and each look; those who are elsewhere stay unnamed."""

    async def steps(screen: Screen) -> None:
        await manager(screen)
        for words in (
            "短時間に多数の閲覧",
            "高橋(美) · 23名",
            "未確認 1件",
            "30分以内に20名以上",
            "今日 10:02",
            "この端末にないお客様",
            "23件すべて表示",
        ):
            await screen.sees(words)
        assert not screen.shows("佐々木 みどり 様"), "the oldest come with the rest"
        await screen.tap("23件すべて表示")
        await screen.sees("佐々木 みどり 様")

    drive(steps, reporting(flag()))


def test_a_manager_says_what_it_was() -> None:
    """The word goes as a command with who and when, stands there at once, and nothing goes without a word."""
    device = reporting(flag())

    async def steps(screen: Screen) -> None:
        await manager(screen)
        await screen.sees("確認済みにする")
        await screen.type("確認した内容", "催事のご案内準備を依頼")
        await screen.tap("確認済みにする")
        await screen.sees("すべて確認済み")
        await screen.sees("催事のご案内準備を依頼")
        [sent] = device.commands(ReviewAccess)
        assert (sent.flag_id, sent.word) == ("many_profiles:1", "催事のご案内準備を依頼")
        assert device.ways(ReviewAccess) == [(MINORU, 0.0)]

    drive(steps, device)


def test_nobody_judges_their_own_looks() -> None:
    """A manager sees what stands out of their own, and no form; an earlier word of a colleague is there."""
    said = AccessReview(at=NOW, staff_id=MORI, word="棚卸しの確認でした")

    async def steps(screen: Screen) -> None:
        await manager(screen)
        await screen.sees("ほかの管理者が確認します")
        await screen.sees("棚卸しの確認でした")
        assert not screen.shows("確認した内容")

    drive(steps, reporting(flag("bulk_reveal", MINORU, reviews=(said,), open=False)))


class Damaged(MemoryCache):
    """A cache whose customers cannot be read until it is mended."""

    mended = False

    def record(self, kind: str, record_id: str) -> Record | None:
        if kind == "customer" and not self.mended:
            raise OSError("a damaged page")
        return super().record(kind, record_id)


def test_where_names_cannot_be_read_it_says_that_it_failed() -> None:
    """It does not wait for ever, and asks again."""
    device, cache = reporting(flag()), Damaged(everything())
    device.cache = cache

    async def steps(screen: Screen) -> None:
        await manager(screen)
        await screen.sees("この部分を表示できませんでした")
        cache.mended = True
        await screen.tap("もう一度試す")
        await screen.sees("短時間に多数の閲覧")

    drive(steps, device)


def test_empty_offline_and_error_say_so() -> None:
    """Nothing that stands out; no network, and asking again when it is back; an answer that is a no."""
    device = reporting()

    async def steps(screen: Screen) -> None:
        await manager(screen)
        await screen.sees("気になる閲覧はありません")
        device.become(online=False)
        await screen.tap("もう一度確認")
        await screen.sees("ネットワークが必要です")
        device.become(online=True)
        device.access = None
        await screen.tap("もう一度試す")
        await screen.sees("この店舗の管理者向けです")

    drive(steps, device)


def test_an_associate_sees_nothing_and_asks_nothing() -> None:
    """The address alone shows nobody's looks, and the way there is for managers."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/access")
        await screen.sees("この店舗の管理者向けです")
        assert not screen.shows("高橋(美) · 23名")
        await screen.go("/sync")
        await screen.sees("サーバー")
        assert not screen.shows("気になる閲覧")

    drive(steps, reporting(flag()))


def test_the_way_there() -> None:
    """From the state of sync, for a manager."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/sync")
        await screen.tap("気になる閲覧")
        await screen.sees("短時間に多数の閲覧")

    drive(steps, reporting(flag()))
