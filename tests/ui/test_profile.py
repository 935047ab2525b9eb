"""The profile: who she is, what helps now, what tact allows of her interests, and what happened."""

from datetime import datetime, timedelta

from sync.model.commands import CheckIn
from sync.model.customer import Consent, ConsentPurpose, ConsentState, Interaction, Visit, VisitSource
from sync.model.outreach import ContactElsewhere, Means, Purpose
from tests.ui.fake import FakeDevice, MemoryCache
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, INOUE, MISAKI, NOW, SASAKI, everything


def agreed() -> FakeDevice:
    """A device on which she agreed to the use of her online history."""
    device = FakeDevice()
    device.cache.put(
        Consent(
            id="con-online", customer_id=SASAKI, purpose=ConsentPurpose.ONLINE_HISTORY, state=ConsentState.GRANTED,
            at=NOW - timedelta(days=100), source="import",
        )
    )  # fmt: skip
    return device


def test_who_she_is_and_how_she_may_be_reached() -> None:
    """Name with honorific, kana, rank, points, who looks after her, and consent by channel stand on top."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        for words in (
            "佐々木 みどり 様",
            "ササキ ミドリ",
            "ゴールド",
            "1,280ポイント",
            "LINE ご希望・同意あり",
            "SMS · 同意未確認",
        ):
            await screen.sees(words)

    drive(steps)


def test_single_items_wait_for_her_own_code() -> None:
    """Categories show at once; the item with its stock only after her own code was scanned today."""
    device = agreed()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("ワンピース")
        await screen.sees("ご本人の会員コードを読み取ると")
        assert "当店 2" not in screen.words
        device.cache.put(
            Visit(id="v-now", customer_id=SASAKI, shop_id=GINZA, staff_id=MISAKI, at=NOW, source=VisitSource.SCAN)
        )
        device.changed()
        await screen.sees("リネンワンピース")
        for words in ("当店 2", "EC 14", "表参道店 残り1"):
            await screen.sees(words)
        await screen.sees("在庫 今日 10:28 現在")

    drive(steps, device)


def test_a_visit_can_be_noted_without_a_code() -> None:
    """She is here but has no phone at hand: one tap opens her visit, and that is no scan of hers."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.tap("ご来店を記録")
        await screen.until(lambda: device.commands(CheckIn))
        assert device.commands(CheckIn)[0].source == "staff"

    drive(steps, device)


def test_what_happened_stands_newest_first() -> None:
    """Notes, visits, purchases and days online make one history."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("袖丈 −2cm。旅行が多い方")
        words = "\n".join(screen.words)
        assert words.index("Webでのご関心") < words.index("ご購入 ¥32,000")

    drive(steps)


def test_somebody_who_is_not_here_leads_on() -> None:
    """An unknown customer gives a plain sentence and ways on, not an empty screen."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/customers/nobody")
        await screen.sees("このお客様の情報は、この端末にありません")
        await screen.sees("探す")

    drive(steps)


def test_a_fetched_customer_is_as_old_as_the_fetching() -> None:
    """What was fetched of another shop's customer is stamped with that moment, not with that of the last sync."""
    fetched = NOW - timedelta(hours=5)

    class Visiting(MemoryCache):
        def fetched_at(self, customer_id: str) -> datetime | None:
            return fetched if customer_id == SASAKI else None

        def freshness(self) -> dict[str, datetime]:
            return {"customer": NOW}

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("他店のお客様・5時間前に取得")
        await screen.sees("プロフィール 今日 05:32 現在")
        await screen.go(f"/customers/{INOUE}")
        await screen.sees("プロフィール 今日 10:32 現在")

    drive(steps, FakeDevice(cache=Visiting(everything())))


def test_what_other_tools_did_stands_in_the_history() -> None:
    """A broadcast of an agency and a call without words: how, by what, and about what."""
    device = FakeDevice()
    given = {"customer_id": SASAKI, "purpose": Purpose.CAMPAIGN}
    device.cache.put(
        ContactElsewhere(
            id="c-1", at=NOW - timedelta(days=2), means=Means.LINE, tool="配信代行", text="冬の新作", **given
        )
    )
    device.cache.put(ContactElsewhere(id="c-2", at=NOW - timedelta(days=3), means=Means.PHONE, tool="本社", **given))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        for words in ("LINE：他からのご連絡", "配信代行：冬の新作", "電話：他からのご連絡", "本社"):
            await screen.sees(words)

    drive(steps, device)


def test_nobody_is_shown_by_an_id() -> None:
    """A colleague whom this tablet does not know stands as a dash, never as a row of hex digits."""
    device = FakeDevice()
    device.cache.put(
        Interaction(id="int-9", customer_id=SASAKI, shop_id=GINZA, staff_id="0191e2c0-gone", at=NOW - timedelta(days=2), text="裾上げ")
    )  # fmt: skip

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("—：裾上げ")

    drive(steps, device)
