"""A visit at the tablet: opened by the scan, its tray, handed over, promised in, ended."""

from datetime import timedelta
from typing import Any

import pytest

from sync.model.commands_visits import (
    AttachReceipt,
    ChangeTray,
    CloseVisit,
    Companion,
    HandOverVisit,
    MakePromise,
    NoteCompanions,
    PlanFollowUp,
)
from sync.model.customer import Consent, Handled, Visit
from sync.model.outreach import Cause
from tests.journeys.codes import bars
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import DRESS, GINZA, MATSUMOTO, MINORU, NOW, SASAKI, SUZUKI
from tests.ui.test_scan import picture, still
from tests.ui.test_stock import JAN, house

VISIT = f"/customers/{MATSUMOTO}/visit"


@pytest.mark.parametrize("size", [(1180, 820), (820, 1180), (412, 915)])
def test_from_tray_to_farewell(size: tuple[int, int]) -> None:
    """Offline, in every layout: a dress is shown, then tried on as a gift; a photo is promised; the visit is ended."""
    device = FakeDevice()
    device.become(online=False)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(VISIT)
        await screen.type("商品名・JAN", "リネン")
        await screen.tap("リネンワンピースを加える")
        await screen.until(lambda: device.commands(ChangeTray))
        await screen.tap("ご試着")
        await screen.tap("贈り物")
        await screen.until(lambda: len(device.commands(ChangeTray)) == 3)
        last = device.commands(ChangeTray)[-1]
        assert (last.product_id, last.how, last.gift) == (DRESS, Handled.TRIED, True)
        await screen.tap("お写真をお送りする")
        await screen.tap("明日までのお約束にする")
        await screen.until(lambda: device.commands(MakePromise))
        assert device.commands(MakePromise)[0].visit_id == "vis-1"
        await screen.tap("お見送りする")
        await screen.until(lambda: device.commands(CloseVisit))
        await screen.sees("終了・お見送り")

    drive(steps, device, size=size)


def test_handing_over_in_one_tap_on_a_name() -> None:
    """It names who looked after her, and the home screen shows who does now."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(VISIT)
        await screen.tap("引き継ぐ")
        await screen.tap("高橋(実)")
        await screen.until(lambda: device.commands(HandOverVisit))
        (given,) = device.commands(HandOverVisit)
        assert (given.from_staff_id, given.to_staff_id) == (SUZUKI, MINORU)
        await screen.sees("今日 10:32に高橋(美)さんから引き継ぎ")
        await screen.go("/")
        await screen.sees("10:18 ご来店 · 担当 高橋(実)")

    drive(steps, device)


def test_a_receipt_is_attached_after_the_visit() -> None:
    """The wedge types its barcode into the field; the screen says that the till has not told of it yet."""
    device = FakeDevice()
    ended: dict[str, Any] = {"ended_at": NOW, "ended_by": "closing"}
    device.cache.put(Visit(id="vis-1", customer_id=MATSUMOTO, shop_id=GINZA, staff_id=SUZUKI, at=NOW, **ended))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(VISIT)
        await screen.submit("レシート番号", "Ｒ-７７")
        await screen.until(lambda: device.commands(AttachReceipt))
        assert device.commands(AttachReceipt)[0].number == "R-77"
        await screen.sees("レジの記録待ち")

    drive(steps, device)


READ = "バーコードをカメラで読み取る"


@pytest.mark.parametrize("size", [(1180, 820), (412, 915)])
def test_the_camera_reads_a_receipt_and_the_visit_says_so(size: tuple[int, int]) -> None:
    """A membership code held there by mistake attaches nothing, opens nobody and is said to be one; the bars of the receipt
    then close the camera, stand in the visit, and can be taken back."""
    device = FakeDevice()
    shown = [b"", picture("AB3D" * 32)]

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(VISIT)
        await screen.tap(READ)
        await screen.sees("お客様の会員コードですので、記録していません")
        assert screen.tablet.session.route == VISIT
        assert device.commands(AttachReceipt) == []
        shown[:] = [bars("R-00127")]
        await screen.until(lambda: device.commands(AttachReceipt))
        await screen.sees("レシート R-00127・レジの記録待ち")
        await screen.sees_no("カメラを閉じる")
        await screen.sees_no("お客様の会員コードですので")
        assert [one.number for one in device.commands(AttachReceipt)] == ["R-00127"]
        await screen.tap("元に戻す")
        await screen.until(lambda: device.recalled)

    drive(steps, device, size=size, answers=still(device, shown))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("CameraException(CameraAccessDenied, User denied the camera access request.)", "The camera is not allowed"),
        ("CameraException(cameraNotReadable, Camera is not readable)", "The camera is busy"),
        ("CameraException(cameraNotFound, No camera found)", "No camera found"),
    ],
)
def test_without_a_camera_the_number_is_typed(said: str, shown: str) -> None:
    """Refused, taken and missing cameras are told apart, and the field takes the number while it says so."""

    def fail(_: Any) -> None:
        raise RuntimeError(said)

    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(VISIT)
        await screen.tap("Read the barcode with the camera")
        await screen.sees(shown)
        await screen.sees("Please type the number, or use a scanner.")
        await screen.submit("Receipt number", "R-00127")
        await screen.until(lambda: device.commands(AttachReceipt))
        await screen.sees_no(shown)

    drive(steps, device, language="en", answers={**still(device, [b""]), "initialize": fail})


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ("AB3D" * 32, "a customer's member code"),
        (JAN, "a product's label"),
        ("https://example.com/1", "leads to a web page"),
        ("12\x0734", "cannot be a receipt's number"),
    ],
)
def test_what_is_typed_or_scanned_into_the_field_is_judged_as_well(read: str, said: str) -> None:
    """What is no receipt's number is said to be what it is, and attaches nothing; the number then clears the sentence."""
    device = house()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(VISIT)
        await screen.submit("Receipt number", read)
        await screen.sees(said)
        assert device.commands(AttachReceipt) == []
        await screen.submit("Receipt number", "R-00127")
        await screen.until(lambda: device.commands(AttachReceipt))
        await screen.sees_no(said)

    drive(steps, device, language="en")


def test_who_has_not_been_here_today_is_checked_in() -> None:
    """The empty screen says what to do, in English too."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/visit")
        await screen.sees("No visit today")
        await screen.tap("Check in")
        await screen.sees("End the visit")

    drive(steps, device, language="en")


@pytest.mark.parametrize(("language", "tap", "take"), [("ja", "予定に入れる", True), ("en", "Not this time", False)])
def test_the_goodbye_proposes_what_to_come_back_to(language: str, tap: str, take: bool) -> None:
    """After the end of the visit it says what, why and when; one tap plans it or lets it go, and it then says so."""
    device = FakeDevice()
    agreed: dict[str, Any] = {"channel": "line", "purpose": "relationship", "state": "granted", "source": "import"}
    device.cache.put(Consent(id="con-m", customer_id=MATSUMOTO, at=NOW - timedelta(days=300), **agreed))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(VISIT)
        await screen.tap("お見送りする" if language == "ja" else "End the visit")
        await screen.sees("ご来店のお礼" if language == "ja" else "On tomorrow by LINE")
        await screen.tap(tap)
        await screen.until(lambda: device.commands(PlanFollowUp))
        (planned,) = device.commands(PlanFollowUp)
        assert (planned.take, planned.cause, planned.visit_id) == (take, Cause.AFTER_VISIT, "vis-1")
        await screen.sees_no("On tomorrow by LINE" if language == "en" else tap)
        await screen.sees("予定に入れました" if take else "Let go")

    drive(steps, device, language=language)


def test_the_goodbye_says_why_nothing_is_proposed() -> None:
    """Without her consent there is no button, but the reason."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(VISIT)
        await screen.tap("お見送りする")
        await screen.sees("ご連絡はひかえます")
        await screen.sees_no("予定に入れる")

    drive(steps, device)


@pytest.mark.parametrize(
    ("language", "mother", "friend", "line", "end"),
    [
        ("ja", "お母さま", "ご友人", "ご一緒：ご友人", "お見送りする"),
        ("en", "Mother", "Friend", "Came with: Friend", "End the visit"),
    ],
)
def test_with_whom_she_came(language: str, mother: str, friend: str, line: str, end: str) -> None:
    """Offline: a tap notes it, a second one takes it off. After the goodbye it is a line without chips; so in the history."""
    device = FakeDevice()
    device.become(online=False)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(VISIT)
        await screen.tap(friend)
        await screen.until(lambda: len(device.commands(NoteCompanions)) == 1)
        await screen.tap(mother)
        await screen.until(lambda: len(device.commands(NoteCompanions)) == 2)
        await screen.tap(mother)
        await screen.until(lambda: len(device.commands(NoteCompanions)) == 3)
        assert [one.companions for one in device.commands(NoteCompanions)] == [
            (Companion.FRIEND,),
            (Companion.MOTHER, Companion.FRIEND),
            (Companion.FRIEND,),
        ]
        await screen.sees_no(line)
        await screen.tap(end)
        await screen.sees(line)
        await screen.sees_no(mother)
        await screen.go(f"/customers/{MATSUMOTO}/timeline")
        await screen.sees(line)

    drive(steps, device, language=language)


def test_the_next_visit_says_who_came_along_last_time() -> None:
    """And is not itself said to be with them."""
    device = FakeDevice()
    before = Visit(
        id="vis-0", customer_id=MATSUMOTO, shop_id=GINZA, at=NOW - timedelta(days=9), companions=("mother", "daughter")
    )
    device.cache.put(before)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(VISIT)
        await screen.sees("前回 11月11日(水)：お母さま・お嬢さま")
        await screen.sees("ご一緒の方")
        await screen.tap("お見送りする")
        await screen.sees_no("ご一緒")

    drive(steps, device)
