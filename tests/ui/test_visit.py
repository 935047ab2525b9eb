"""A visit at the tablet: opened by the scan, its tray, handed over, promised in, ended."""

from datetime import timedelta
from typing import Any

import pytest

from sync.model.commands_visits import AttachReceipt, ChangeTray, CloseVisit, HandOverVisit, MakePromise, PlanFollowUp
from sync.model.customer import Consent, Handled, Visit
from sync.model.outreach import Cause
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import DRESS, GINZA, MATSUMOTO, MINORU, NOW, SASAKI, SUZUKI

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
