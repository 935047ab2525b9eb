"""A tablet that nobody touches is covered; who left comes back by badge or PIN, and somebody else takes over."""

from sync.model.shop import Staff
from sync.policy.badge import badge_code
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import BADGE, MISAKI, PINS, SASAKI

HER = "佐々木 みどり"
COVERED = "しばらく操作がなかったため"


async def _enter(screen: Screen, pin: str, button: str) -> None:
    for digit in pin:
        await screen.tap(digit)
    await screen.tap(button)


async def _alone(screen: Screen, seconds: float) -> None:
    """So much time passes without a hand on the tablet, and it looks at its clock."""
    screen.later(seconds)
    screen.pause.advance(15)


async def _alone_until(screen: Screen, seconds: float, words: str) -> None:
    screen.later(seconds)
    await screen.in_time(lambda: screen.shows(words), what=f"sees {words!r} after {seconds} s")


async def _at_her_profile(screen: Screen) -> None:
    await screen.tap("高橋(美) 販売スタッフ")
    await _enter(screen, PINS[MISAKI], "サインイン")
    await screen.sees("会員コードを読み取る")
    await screen.go(f"/customers/{SASAKI}")
    await screen.sees(HER)


async def _covered(screen: Screen, seconds: float = 121) -> None:
    await _at_her_profile(screen)
    screen.later(seconds)
    await screen.in_time(lambda: screen.tablet.session.covered, what=f"covered after {seconds} s")
    await screen.sees_no(HER)


def test_two_minutes_without_a_touch_cover_the_screen() -> None:
    """Nothing of hers is left in the page's tree, the rail and the notice neither; a touch in between begins anew."""

    async def steps(screen: Screen) -> None:
        await _at_her_profile(screen)
        await _alone(screen, 100)
        await screen.tap("購入 1")
        screen.tablet.say("佐々木 みどり様に送信しました")
        await screen.sees("送信しました")
        await _alone(screen, 119)
        screen.pause.advance(0.5)
        await screen.sees(HER)
        await _alone_until(screen, 2, COVERED)
        assert not [said for said in screen.words if "佐々木" in said or "みどり" in said]
        assert screen.find("お客様", "click") is None
        assert screen.tablet.session.staff_id == MISAKI

    drive(steps)


def test_what_the_tablet_does_by_itself_is_no_touch() -> None:
    """A screen that reads or records something of its own accord does not keep what it shows uncovered."""

    async def steps(screen: Screen) -> None:
        done: list[bool] = []

        async def work() -> None:
            done.append(True)

        await _at_her_profile(screen)
        screen.later(119)
        screen.tablet.run(work)
        await screen.until(lambda: done, "work done")
        await _alone_until(screen, 2, COVERED)

    drive(steps)


def test_a_touch_on_the_cover_uncovers_nothing() -> None:
    """And it does not lengthen the time in which the badge is enough."""

    async def steps(screen: Screen) -> None:
        await _covered(screen)
        await screen.tap("カメラで読み取る")
        await screen.tap("カメラを閉じる")
        await screen.sees(COVERED)
        screen.later(14 * 60)
        await screen.keys(BADGE)
        await screen.sees("バッジでは再開できません")
        assert screen.tablet.session.covered

    drive(steps)


def test_the_badge_resumes_where_one_left() -> None:
    """By a wedge scanner, within fifteen minutes of the last touch: the same screen, the same person."""

    async def steps(screen: Screen) -> None:
        await _covered(screen, 14 * 60)
        await screen.keys(BADGE)
        await screen.sees(HER)
        assert (screen.tablet.session.staff_id, screen.tablet.session.route) == (MISAKI, f"/customers/{SASAKI}")
        screen.pause.advance(15)
        await screen.sees(HER)

    drive(steps)


def test_another_badge_uncovers_nothing() -> None:
    """Neither a colleague's, nor a code that is no badge, nor a customer's; and it says so."""

    async def steps(screen: Screen) -> None:
        await _covered(screen)
        await screen.keys(badge_code(bytes(16)))
        await screen.sees("高橋(美)さんのバッジではありません")
        await screen.keys("4901234567894")
        await screen.sees("スタッフバッジではありません")
        assert screen.tablet.session.covered
        assert not screen.shows(HER)

    drive(steps)


def test_after_fifteen_minutes_it_takes_the_pin() -> None:
    """The same person's PIN uncovers the screen as it was left; a wrong one does not."""

    async def steps(screen: Screen) -> None:
        await _covered(screen, 15 * 60)
        await screen.sees("高橋(美)さんのPIN")
        await _enter(screen, "000000", "再開する")
        await screen.sees("PINが違います")
        assert not screen.shows(HER)
        await _enter(screen, PINS[MISAKI], "再開する")
        await screen.sees(HER)
        assert screen.tablet.session.route == f"/customers/{SASAKI}"

    drive(steps)


def test_after_twelve_hours_one_signs_in_anew() -> None:
    """Whatever was done in between, and from a covered screen too."""

    async def steps(screen: Screen) -> None:
        await _at_her_profile(screen)
        for _ in range(7 * 60):
            screen.later(100)
            screen.tablet.touched()
        screen.later(13)
        screen.pause.advance(15)
        await screen.sees(HER)
        await _alone_until(screen, 12 * 3600 - 42_013, "スタッフを選んでください")
        assert screen.tablet.session.staff_id is None
        assert not screen.shows(HER)

    drive(steps)


def test_somebody_else_takes_over() -> None:
    """Nothing of who left stays: not the customer, not what was being written; what was saved stays with the device."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await _at_her_profile(screen)
        await screen.go(f"/customers/{SASAKI}/note")
        screen.tablet.drafts[MISAKI, "note"] = "紺がお好き"
        sent = len(device.submitted)
        await _alone_until(screen, 121, "書きかけの内容は消えます")
        await screen.tap("別のスタッフが使う")
        await screen.sees("スタッフを選んでください")
        assert not screen.tablet.session.covered
        await screen.tap("鈴木 販売スタッフ")
        await _enter(screen, "112233", "サインイン")
        await screen.sees("会員コードを読み取る")
        tablet = screen.tablet
        assert (tablet.drafts, tablet.viewed, tablet.session.scan, tablet.session.route) == ({}, None, None, "/")
        assert len(device.submitted) == sent
        assert not screen.shows(HER)

    drive(steps, device)


def test_the_same_person_finds_the_draft_again() -> None:
    """Signing out and in again drops nothing that the same person was writing."""

    async def steps(screen: Screen) -> None:
        await _at_her_profile(screen)
        screen.tablet.drafts[MISAKI, "note"] = "紺がお好き"
        await screen.tap("高橋(美)：表示とサインアウト")
        await screen.sees("画面の明るさ")
        await screen.tap("サインアウト")
        await screen.tap("高橋(美) 販売スタッフ")
        await _enter(screen, PINS[MISAKI], "サインイン")
        await screen.sees("会員コードを読み取る")
        assert screen.tablet.drafts == {(MISAKI, "note"): "紺がお好き"}

    drive(steps)


def test_a_call_is_never_covered() -> None:
    """From entering the room until the call is over, or until it has lasted longer than any consultation."""

    async def steps(screen: Screen) -> None:
        await _at_her_profile(screen)
        screen.tablet.call_since = screen.tablet.tick()
        await _alone(screen, 90 * 60)
        await screen.sees(HER)
        screen.tablet.call_since = None
        await screen.in_time(lambda: screen.tablet.session.covered)
        await screen.sees_no(HER)

    async def forgotten(screen: Screen) -> None:
        await _at_her_profile(screen)
        screen.tablet.call_since = screen.tablet.tick()
        await _alone_until(screen, 2 * 3600 + 1, "高橋(美)さんのPIN")
        await screen.sees_no(HER)

    drive(steps)
    drive(forgotten)


def test_a_browser_that_comes_back_after_long_shows_nothing() -> None:
    """A connection that broke keeps no screen open."""

    async def steps(screen: Screen) -> None:
        await _at_her_profile(screen)
        screen.later(121)
        await screen.session.dispatch_event(screen.session.page._i, "connect", None)
        await screen.sees(COVERED)
        assert not screen.shows(HER)

    drive(steps)


def test_who_has_left_is_signed_out_at_midnight() -> None:
    """Offline too: the last day is over while the tablet lies there, and the name is on no list any more."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await _at_her_profile(screen)
        person = device.cache.record("staff", MISAKI)
        assert isinstance(person, Staff)
        yesterday = screen.tablet.now().date().replace(day=screen.tablet.now().day - 1)
        device.cache.put(person.model_copy(update={"ends_on": yesterday}))
        device.become(online=False)
        await screen.sees("スタッフを選んでください")
        assert not screen.shows("高橋(美)")
        assert not screen.shows(HER)

    drive(steps, device)


def test_a_badge_on_an_open_screen_says_what_it_is_for() -> None:
    """It opens nobody's profile, and its number shows nowhere."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await _at_her_profile(screen)
        await screen.keys(BADGE)
        await screen.sees("スタッフバッジです。")
        assert not screen.shows(BADGE)

    drive(steps, device)
