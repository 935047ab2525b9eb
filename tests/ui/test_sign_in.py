"""Signing in: who, and with which PIN."""

from dataclasses import replace

from clienteling.state import Session
from clienteling.ui.screens.sign_in_pin import verdict
from clienteling.words import Words
from sync.client.types import PinOutcome, PinResult, Transfer
from tests.ui.fake import FakeDevice, MemoryCache
from tests.ui.harness import Screen, drive
from tests.ui.sample import MINORU, MISAKI, PINS, SASAKI, everything


async def _enter(screen: Screen, pin: str) -> None:
    for digit in pin:
        await screen.tap(digit)
    await screen.tap("サインイン")


def test_the_right_pin_opens_the_day() -> None:
    """A name and its PIN lead to the home screen of the shop."""

    async def steps(screen: Screen) -> None:
        await screen.sees("スタッフを選んでください")
        await screen.tap("高橋(美) 販売スタッフ")
        await _enter(screen, PINS[MISAKI])
        await screen.sees("会員コードを読み取る")
        assert screen.tablet.session.staff_id == MISAKI

    drive(steps)


def test_a_wrong_pin_says_so_and_stays() -> None:
    """A wrong PIN is said with the tries that are left; the field is empty again."""

    async def steps(screen: Screen) -> None:
        await screen.tap("鈴木 販売スタッフ")
        await _enter(screen, "000000")
        await screen.sees("PINが違います。あと4回")
        assert screen.tablet.session.staff_id is None

    drive(steps)


def test_a_pin_can_be_typed_with_keys() -> None:
    """The field beside the pad takes keys too, and Enter signs in."""

    async def steps(screen: Screen) -> None:
        await screen.tap("高橋(美) 販売スタッフ")
        await screen.type("PIN", PINS[MISAKI])
        await screen.submit("PIN", PINS[MISAKI])
        await screen.sees("会員コードを読み取る")

    drive(steps)


def test_every_outcome_of_a_pin_has_its_own_words() -> None:
    """Wrong, delayed, locked and unknown are told apart, in both languages."""
    for language in ("ja", "en"):
        said = {
            verdict(Words(language), PinResult(outcome, 30, 2))
            for outcome in PinOutcome
            if outcome is not PinOutcome.OK
        }
        assert len(said) == len(PinOutcome) - 1
        assert all(said)


def test_pins_show_in_the_demo_only() -> None:
    """The sample retailer shows the PIN of who was chosen; a real one never does."""

    async def demo(screen: Screen) -> None:
        await screen.tap("鈴木 販売スタッフ")
        await screen.sees("デモ用 PIN 112233")

    async def real(screen: Screen) -> None:
        await screen.tap("鈴木 販売スタッフ")
        await screen.sees("6桁以上の数字です")
        assert not screen.shows("112233")

    drive(demo)
    cache = MemoryCache(everything())
    retailer = cache.retailer()
    assert retailer is not None
    cache.put(retailer.model_copy(update={"demo": False}))
    drive(real, FakeDevice(cache=cache))


def test_the_language_switches_at_once() -> None:
    """One tap and everything on the screen is English, what Flutter itself says too."""

    def own_words(screen: Screen) -> str:
        chosen = screen.session.page.locale_configuration
        assert chosen is not None
        assert chosen.current_locale is not None
        return str(chosen.current_locale.language_code)

    async def steps(screen: Screen) -> None:
        await screen.sees("スタッフを選んでください")
        assert own_words(screen) == "ja"
        await screen.tap("English")
        await screen.sees("Who is using this tablet?")
        assert own_words(screen) == "en"
        await screen.sees("Misaki Takahashi")

    drive(steps)


def test_the_first_sync_shows_how_far_it_is() -> None:
    """An empty cache shows progress and what happens next; the names appear when they have arrived."""

    async def steps(screen: Screen) -> None:
        await screen.sees("この端末の準備をしています")
        await screen.sees("1,200件 / 約30,000件")
        device = screen.tablet.device
        assert isinstance(device, FakeDevice)
        for record in everything():
            device.cache.put(record)
        device.become(progress=None)
        await screen.sees("スタッフを選んでください")

    device = FakeDevice(cache=MemoryCache([]))
    device.state = replace(device.state, progress=(1200, 30000), last_synced_at=None)
    drive(steps, device)


def test_a_snapshot_shows_bytes_and_time() -> None:
    """While the shop's file comes the screen says how much of it is here and how long it takes; who is known can sign in."""

    async def steps(screen: Screen) -> None:
        await screen.sees("サーバーがこの店舗のデータを準備しています（25%）")
        await screen.sees("お名前が表示されたら、サインインできます。準備が終わるまでは、")
        device = screen.tablet.device
        assert isinstance(device, FakeDevice)
        device.become(transfer=Transfer(building=False, done=4_600_000, total=20_000_000, seconds_left=45))
        await screen.sees("4.6 / 20.0 MB（23%） · 残り約45秒")
        for record in everything():
            device.cache.put(record)
        device.become(transfer=Transfer(building=False, done=4_600_000, total=20_000_000, seconds_left=300))
        await screen.sees("スタッフを選んでください")
        await screen.sees("4.6 / 20.0 MB（23%） · 残り約5分")

    device = FakeDevice(cache=MemoryCache([]))
    device.state = replace(
        device.state, transfer=Transfer(building=True, done=250, total=1000), progress=None, last_synced_at=None
    )
    drive(steps, device)


def test_signing_out_leaves_nothing_behind() -> None:
    """The next person starts at the sign-in screen, without the last one's notice or scan."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.tap("高橋(美)：表示とサインアウト")
        await screen.sees("画面の明るさ")
        await screen.tap("サインアウト")
        await screen.sees("スタッフを選んでください")
        session = screen.tablet.session
        assert (session.staff_id, session.scan, session.notice, session.route) == (None, None, None, Session().route)

    drive(steps)


def test_a_revoked_tablet_shows_nobody() -> None:
    """At the moment it learns of it, the person is signed out and the screen says why, and what was kept."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("佐々木 みどり")
        device.enrolled = False
        device.become(messages=("not_enrolled", "revoked"))
        await screen.sees("利用を停止されています")
        await screen.sees("登録コード")
        assert not screen.shows("佐々木")
        assert screen.tablet.session.staff_id is None

    drive(steps, device)


def test_a_tablet_whose_lease_is_over_shows_no_customer_and_goes_on() -> None:
    """Her page leaves the screen, which says why and what opens it again; the next sign-in works, and says so too."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("佐々木 みどり")
        device.become(online=False, messages=("lease_over",))
        await screen.sees("ネットワークにつなぐと、自動的に開きます")
        assert not screen.shows("佐々木")
        assert screen.tablet.session.staff_id is None
        await screen.sign_in()
        await screen.sees("会員コードを読み取る")
        await screen.sees("お客様の情報を閉じています")
        device.become(online=True, messages=())
        await screen.until(lambda: not screen.shows("お客様の情報を閉じています"), "it is open again")
        assert screen.tablet.session.staff_id is not None

    drive(steps, device)


def test_a_tablet_that_was_wiped_says_why_it_is_empty() -> None:
    """After thirty days without a contact there is nobody to sign in as: the screen says why, and what to do."""
    device = FakeDevice(cache=MemoryCache([]))

    async def steps(screen: Screen) -> None:
        device.become(online=False, messages=("lease_long_over",))
        await screen.sees("30日間サーバーと通信できなかったため")

    drive(steps, device)


def test_a_manager_unlocks_with_her_own_pin() -> None:
    """Who is locked out calls a manager, who enters her PIN on the same pad; then the right PIN opens again."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.tap("高橋(美) 販売スタッフ")
        for _ in range(5):
            await _enter(screen, "000000")
            await screen.until(lambda: not screen.find("サインイン", "click"), "the PIN was looked at")
        await screen.sees("PINがロックされました")
        await screen.tap("高橋(実)さんのPINで解除する")
        await screen.sees("高橋(美)さんのロックを解除します")
        for digit in PINS[MINORU]:
            await screen.tap(digit)
        await screen.tap("ロックを解除")
        await screen.sees("解除しました")
        assert device.unlocked == [(MISAKI, MINORU)]
        await _enter(screen, PINS[MISAKI])
        await screen.sees("会員コードを読み取る")

    drive(steps, device)
