"""Scanning: camera, wedge and typed codes; every outcome has its own sentence and a way on."""

from io import BytesIO
from typing import Any

import flet as ft
import pytest
from flet.controls.base_control import BaseControl
from qrcode.main import QRCode

from clienteling.actions.identify import ScanWord
from sync.client.types import Identification, IdentifyOutcome
from sync.model.commands import CheckIn, RecordView
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import MATSUMOTO, SASAKI

CODE = "AB3D" * 32
WORDS = {
    IdentifyOutcome.EXPIRED: ("もう一度お見せいただけますか", "もう一度読み取る"),
    IdentifyOutcome.TOO_EARLY: ("端末の時刻が合っていません", "もう一度読み取る"),
    IdentifyOutcome.REPLAYED: ("すでに使われたコードです", "お名前で探す"),
    IdentifyOutcome.FORGED: ("確認できないコードです", "お名前で探す"),
    IdentifyOutcome.OTHER_RETAILER: ("ほかのお店の会員コードです", "新しく登録する"),
    IdentifyOutcome.NOT_ON_TABLET: ("表示には接続が必要です", "サーバーに確認する"),
    IdentifyOutcome.UNKNOWN: ("登録のないお客様です", "新しく登録する"),
    IdentifyOutcome.NOT_WHOLE: ("コードの一部しか読み取れませんでした", "もう一度読み取る"),
    IdentifyOutcome.NOT_A_CODE: ("会員コードではないようです", "新しく登録する"),
}


def picture(text: str) -> bytes:
    out = BytesIO()
    code: Any = QRCode()
    code.add_data(text)
    code.make_image().save(out)
    return out.getvalue()


def still(device: FakeDevice, pictures: list[bytes]) -> dict[str, Any]:
    """A camera that shows one picture after the other, the last one for ever."""

    def take(_: Any) -> bytes:
        return pictures.pop(0) if len(pictures) > 1 else pictures[0]

    one = {"name": "back", "lens_direction": "back", "sensor_orientation": 0, "lens_type": "wide"}
    return {"get_available_cameras": lambda _: [one], "initialize": lambda _: None, "take_picture": take}


def test_the_camera_opens_her_profile_and_her_visit() -> None:
    """A still with her code opens her visit with the digest of the code, and then leads to her profile: nothing of a visit moves it
    after it was drawn. The view is recorded."""
    device = FakeDevice(answers={CODE: Identification(IdentifyOutcome.FOUND, SASAKI, True, "d" * 64)})

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.tap("会員コードを読み取る")
        await screen.at(f"/customers/{SASAKI}")
        assert device.commands(CheckIn)[0].code_digest == "d" * 64
        assert device.commands(RecordView)[0].how == "scan"

    drive(steps, device, answers=still(device, [b"", picture(CODE)]))


def test_a_code_held_before_the_camera_is_a_touch() -> None:
    """Nobody touches the glass to scan; the screen that follows is not covered at once all the same."""
    device = FakeDevice(answers={CODE: Identification(IdentifyOutcome.FOUND, SASAKI, True, "d" * 64)})
    held = [b""]

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.tap("会員コードを読み取る")
        screen.later(100)
        held[:] = [picture(CODE)]
        await screen.at(f"/customers/{SASAKI}")
        assert screen.tablet.tick() - screen.tablet.presence().active_at < 100

    drive(steps, device, answers={**still(device, held), "take_picture": lambda _: held[0]})


def test_a_second_scan_of_the_day_opens_no_second_visit() -> None:
    """Somebody who is here already is shown, not counted again."""
    device = FakeDevice(answers={CODE: Identification(IdentifyOutcome.FOUND, MATSUMOTO, True, "d" * 64)})

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.keys(CODE)
        await screen.at(f"/customers/{MATSUMOTO}")
        await screen.go("/")
        assert device.commands(CheckIn) == []

    drive(steps, device)


def test_a_member_card_counts_once_she_has_confirmed() -> None:
    """Bars that anybody may copy open her profile as not verified and no visit, until staff say that she has confirmed."""
    device = FakeDevice(answers={"2800100200305": Identification(IdentifyOutcome.FOUND, SASAKI, unverified=True)})

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.keys("2800100200305")
        await screen.sees("未確認")
        await screen.sees("お名前をお伺いして")
        assert device.commands(CheckIn) == []
        await screen.tap("ご本人と確認した")
        await screen.until(lambda: device.commands(CheckIn), "check-in")
        assert (device.commands(CheckIn)[0].source, device.commands(CheckIn)[0].code_digest) == ("scan", "")
        await screen.sees_no("お名前をお伺いして")
        await screen.keys("2800100200305")  # she is here now, and has been asked
        await screen.sees("接客メモ")
        await screen.sees_no("お名前をお伺いして")

    drive(steps, device)


def test_a_card_of_somebody_else_leads_back_to_the_scan() -> None:
    """What was not hers opens nothing, and the next code may come."""
    device = FakeDevice(answers={"2800100200305": Identification(IdentifyOutcome.FOUND, SASAKI, unverified=True)})

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.keys("2800100200305")
        await screen.tap("別のお客様")
        await screen.sees("カメラを使わずに")
        assert device.commands(CheckIn) == []

    drive(steps, device, size=(820, 1180))


THANKS = "ありがとうございます。確認いたしました"


def _names_nobody(screen: Screen) -> bool:
    return not any(screen.shows(word) for word in ("佐々木", "松本", "みどり"))


@pytest.mark.parametrize("size", [(1180, 820), (820, 1180), (412, 915)])
def test_on_a_stand_a_scan_says_thank_you_and_nothing_else(size: tuple[int, int]) -> None:
    """Where the customer sees the screen her visit opens, she is thanked, and only the staff's tap shows who she is; the
    next customer may be read at once."""
    other = "CD5E" * 32
    device = FakeDevice(
        answers={
            CODE: Identification(IdentifyOutcome.FOUND, SASAKI, True, "d" * 64),
            other: Identification(IdentifyOutcome.FORGED, by_code=True),
        }
    )

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/scan")
        await screen.keys(CODE)
        await screen.sees(THANKS)
        await screen.until(lambda: device.commands(CheckIn), "check-in")
        assert _names_nobody(screen)
        assert device.commands(RecordView) == []
        await screen.keys(other)
        await screen.sees("スタッフがご案内いたします")
        await screen.sees_no("確認できないコードです")  # that is for staff
        await screen.tap("スタッフ：続ける")
        await screen.sees("確認できないコードです")
        await screen.keys(CODE)
        await screen.tap("スタッフ：続ける")
        await screen.at(f"/customers/{SASAKI}")
        assert [(one.how, one.code_digest) for one in device.commands(RecordView)] == [("scan", "d" * 64)]

    drive(steps, device, size=size, scan_faces="customer")


def test_on_a_stand_nobody_is_listed() -> None:
    """The scan screen before the customer's eyes has no field that would list people; search is one tap away."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/scan")
        await screen.sees("カメラを使わずに")
        assert screen.find("お名前・かな・電話・会員番号", "change") is None
        await screen.tap("お名前で探す")
        await screen.at("/search")

    drive(steps, scan_faces="customer")


def test_the_front_camera_thanks_as_well() -> None:
    """Whoever holds a code before the front camera sees the screen, whatever the setting says."""
    device = FakeDevice(answers={CODE: Identification(IdentifyOutcome.FOUND, SASAKI, True, "d" * 64)})
    front = {"name": "front", "lens_direction": "front", "sensor_orientation": 0, "lens_type": "wide"}

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/scan")
        await screen.sees(THANKS)
        assert _names_nobody(screen)

    drive(steps, device, answers={**still(device, [picture(CODE)]), "get_available_cameras": lambda _: [front]})


def test_the_enter_of_a_scanner_presses_no_button() -> None:
    """The Enter that ends a code also presses the button that has the focus: her profile stays, the next press counts."""
    device = FakeDevice(answers={CODE: Identification(IdentifyOutcome.FOUND, MATSUMOTO, True, "d" * 64)})

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.tap("読み取り")
        await screen.sees("カメラを使わずに")
        await screen.keys(CODE)
        await screen.at(f"/customers/{MATSUMOTO}")
        await screen.press("読み取り")
        await screen.sees("接客メモ")
        assert screen.tablet.session.route == f"/customers/{MATSUMOTO}"
        await screen.tap("読み取り")
        await screen.at("/scan")

    drive(steps, device)


@pytest.mark.parametrize("outcome", list(WORDS))
def test_every_outcome_has_its_own_sentence_and_a_way_on(outcome: IdentifyOutcome) -> None:
    """A code that finds nobody says what it is and offers what to do."""
    device = FakeDevice(answers={CODE: Identification(outcome)})
    said, way = WORDS[outcome]

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("会員コードを読み取る")
        await screen.keys(CODE)
        await screen.sees(said)
        await screen.sees(way)

    drive(steps, device)


def test_no_two_outcomes_say_the_same() -> None:
    """As many sentences as outcomes."""
    assert len({said for said, _ in WORDS.values()}) == len(IdentifyOutcome) - 1


def test_scanning_again_clears_the_sentence() -> None:
    """After asking her again the old sentence is gone."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.keys(CODE)
        await screen.sees("会員コードではないようです")
        await screen.tap("もう一度読み取る")
        await screen.sees_no("会員コードではないようです")

    drive(steps)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "CameraException(CameraAccessDenied, User denied the camera access request.)",
            "カメラの使用が許可されていません",
        ),
        ("CameraException(cameraNotReadable, Camera is not readable)", "カメラを使えません"),
        ("CameraException(cameraNotFound, No camera found)", "カメラが見つかりません"),
    ],
)
def test_a_camera_that_will_not_open_says_why_and_offers_search(said: str, shown: str) -> None:
    """Refused, taken and missing cameras are told apart; search stays beside them."""

    def fail(_: Any) -> None:
        raise RuntimeError(said)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/scan")
        await screen.sees(shown)
        await screen.sees("お名前・かな・電話・会員番号")

    device = FakeDevice()
    drive(steps, device, answers={**still(device, [b""]), "initialize": fail})


def test_no_camera_at_all() -> None:
    """A tablet without a camera says so."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/scan")
        await screen.sees("カメラが見つかりません")

    drive(steps, answers={"get_available_cameras": lambda _: []})


def test_nothing_moves_while_the_camera_starts() -> None:
    """The thread that draws also hears a scanner's keys and starts the camera: something that turns would hold both up."""

    device, seen, words = FakeDevice(), list[BaseControl](), list[str]()
    screens: list[Screen] = []

    def initialize(_: Any) -> None:
        seen.extend(screens[0].controls)
        words.extend(screens[0].words)

    async def steps(screen: Screen) -> None:
        screens.append(screen)
        await screen.sign_in()
        await screen.go("/scan")
        await screen.until(lambda: seen, "a camera that starts")
        assert "カメラを準備しています…" in words
        assert not [one for one in seen if isinstance(one, ft.ProgressRing | ft.ProgressBar)]

    drive(steps, device, answers={**still(device, [b""]), "initialize": initialize})


def test_a_word_keeps_what_was_read_for_asking_again() -> None:
    """ "Not on this tablet" can be asked of the server once the network is back."""
    device = FakeDevice(answers={CODE: Identification(IdentifyOutcome.NOT_ON_TABLET)})

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.keys(CODE)
        await screen.sees("この端末にないお客様です")
        assert screen.tablet.session.scan == ScanWord(IdentifyOutcome.NOT_ON_TABLET, CODE)
        device.answers[CODE] = Identification(IdentifyOutcome.FOUND, SASAKI, True, "e" * 64)
        await screen.tap("サーバーに確認する")
        await screen.at(f"/customers/{SASAKI}")

    drive(steps, device)
