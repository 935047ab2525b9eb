"""Search: as it is typed, on the tablet and beyond it."""

from collections.abc import Sequence

from clienteling.ui.screens.search_results import FIRST
from sync.errors import NotAllowed, Offline
from sync.model.commands import RecordView
from sync.protocol import CustomerHit
from tests.ui.fake import FakeDevice
from tests.ui.harness import Pause, Screen, drive
from tests.ui.sample import OMOTE, SASAKI

FIELD = "お名前・かな・電話・会員番号"
FURTHER = "ほかの店舗からも探す"


def test_typing_finds_and_a_tap_opens() -> None:
    """Each key searches; the hit tells homonyms apart by kana, number, shop and last visit; a tap opens her."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.type(FIELD, "ササ")
        await screen.sees("佐々木 みどり 様 ササキ ミドリ A1001 · 銀座本店 · 前回 昨日")
        await screen.tap("佐々木 みどり 様")
        await screen.at(f"/customers/{SASAKI}")
        assert device.commands(RecordView)[0].how == "search"

    drive(steps, device)


def test_home_searches_in_place() -> None:
    """The field at home shows hits without another screen."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.type("お名前・かな・電話・会員番号", "井上")
        await screen.sees("井上 香織 様")
        await screen.sees_no("今日のフォロー")

    drive(steps)


def test_a_member_number_and_enter_open_her() -> None:
    """A whole number needs no tap on a hit."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.submit(FIELD, "A1001")
        await screen.type(FIELD, "A1001")
        await screen.submit(FIELD, "A1001")
        await screen.at(f"/customers/{SASAKI}")

    drive(steps)


def test_nobody_found_leads_on() -> None:
    """An empty result offers the other shops and registration."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.type(FIELD, "存在しない")
        await screen.sees("この端末には見つかりません")
        await screen.tap("はじめてのお客様を登録")
        await screen.sees("姓（必須）")

    drive(steps)


def test_other_shops_are_asked_on_request() -> None:
    """The server's hits stand in a list of their own, with their shop."""
    device = FakeDevice(
        beyond=[
            CustomerHit(customer_id="far", name="遠藤 花", kana="エンドウ ハナ", member_number="A9", home_shop_id=OMOTE)
        ]
    )

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.type(FIELD, "遠藤")
        await screen.tap("ほかの店舗からも探す")
        await screen.sees("遠藤 花 様 エンドウ ハナ A9 · 表参道店")
        await screen.tap("遠藤 花 様")
        await screen.at("/customers/far")
        assert device.asking == [screen.tablet.session.staff_id] * 2, "the server hears who asks, both times"

    drive(steps, device)


def test_beyond_the_tablet_needs_the_network() -> None:
    """A network that is gone is said, and nothing breaks."""

    class Cut(FakeDevice):
        def search_beyond(self, text: str, limit: int = 20, *, staff_id: str = "") -> Sequence[CustomerHit]:
            raise Offline()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.type(FIELD, "遠藤")
        await screen.tap("ほかの店舗からも探す")
        await screen.sees("接続が必要です")

    drive(steps, Cut())


def test_whom_the_server_refuses_hears_why() -> None:
    """Somebody who left since is told so, not that nobody was found."""

    class Refusing(FakeDevice):
        def search_beyond(self, text: str, limit: int = 20, *, staff_id: str = "") -> Sequence[CustomerHit]:
            raise NotAllowed(reason="inactive_staff")

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.type(FIELD, "遠藤")
        await screen.tap("ほかの店舗からも探す")
        await screen.sees("在籍していないスタッフの操作は受け付けられません")
        assert not screen.shows("ほかの店舗にも見つかりませんでした。")

    drive(steps, Refusing())


def test_enter_opens_the_only_hit() -> None:
    """A whole name that one customer has opens her at Enter; a beginning that several share does not."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.submit("お名前・かな・電話・会員番号", "A100")
        await screen.submit("お名前・かな・電話・会員番号", "小林")
        await screen.sees("お声がけの前に")
        assert [one.how for one in device.commands(RecordView)] == ["search"]

    drive(steps, device)


def test_back_leads_to_where_she_was_opened() -> None:
    """From today's list back to today, from the queue back to the queue; a note in between changes nothing."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.tap("佐々木 様 おかえりなさい")
        await screen.tap("接客メモ")
        await screen.sees("お客様のご様子")
        await screen.tap("戻る")
        await screen.sees("お声がけの前に")
        await screen.tap("戻る")
        await screen.sees("今日のフォロー")
        await screen.go("/queue")
        await screen.tap("プロフィールを開く")
        await screen.sees("お声がけの前に")
        await screen.tap("戻る")
        await screen.at("/queue")

    drive(steps)


def test_the_first_hits_answer_a_key_and_stay() -> None:
    """A key waits only for the first hits; the others follow, nothing is sent again, and no button stands where they will be."""

    class Resting(Pause):
        async def __call__(self, seconds: float) -> None:
            await super().__call__(max(1.0, seconds))

    def hits(screen: Screen) -> list[str]:
        return [said for said in screen.words if " 様 " in said]

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.sees("どなたをお探しですか")
        await screen.type(FIELD, "1")
        await screen.sees("この端末")
        first = hits(screen)
        assert len(first) == FIRST
        assert not screen.shows(FURTHER)
        await screen.in_time(lambda: len(hits(screen)) > FIRST, 1.0, "the others")
        assert hits(screen)[:FIRST] == first
        assert hits(screen)[FIRST].encode() in screen.connection.last
        assert first[0].encode() not in screen.connection.last
        await screen.in_time(lambda: screen.shows(FURTHER), 1.0, "what else can be done")

    drive(steps, pause=Resting())
