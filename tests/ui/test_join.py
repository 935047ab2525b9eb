"""A new tablet joins its shop: by camera or by typing, and hears what is wrong in words it can act on."""

import pytest

from sync.errors import ClientelingError, NotAllowed, NotFound, Offline, Unavailable, WrongProtocol
from sync.policy.invitation import link
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.test_scan import picture, still

CODE = "ABCD2345EFGH6723IJKL2345MNOP2345"
SERVER = "https://shop.example.jp"
FIELD, JOIN = "登録コード", "登録する"


def test_the_camera_needs_nothing_typed() -> None:
    """The picture of the QR code gives code and server; the tablet joins and goes on to the staff's names."""
    device = FakeDevice(enrolled=False)

    async def steps(screen: Screen) -> None:
        await screen.sees("スタッフを選んでください")
        assert device.joined == [(CODE, SERVER, "")]

    drive(steps, device, answers=still(device, [b"", picture(link(SERVER, CODE))]))


def test_a_code_is_typed_as_people_type() -> None:
    """Groups, spaces and small letters are the same code; until it is whole there is nothing to press."""
    device = FakeDevice(enrolled=False)

    async def steps(screen: Screen) -> None:
        await screen.sees("この端末は、まだ店舗に登録されていません")
        await screen.type(FIELD, "abcd 2345")
        await screen.sees("32文字中8文字")
        assert screen.find(JOIN, "click") is None
        await screen.type(FIELD, "abcd 2345-efgh 6723 ijkl-2345 mnop 2345")
        await screen.tap(JOIN)
        await screen.sees("スタッフを選んでください")
        assert device.joined == [(CODE, "", "")]

    drive(steps, device)


@pytest.mark.parametrize(
    ("refusal", "ja", "en"),
    [
        (NotAllowed(reason="used_code"), "すでに別の端末の登録に使われています", "used for another device already"),
        (NotAllowed(reason="expired_code"), "期限が切れています", "has run out"),
        (NotAllowed(reason="unknown_code"), "登録コードとして見つかりません", "Nobody made this code"),
        (NotAllowed(reason="other_server"), "別のサーバー（https://api.example.jp）用です", "for another server"),
        (NotAllowed(reason="unsent_elsewhere"), "以前のサーバーへ未送信の内容", "former server"),
        (Offline(reason="ConnectError"), "サーバー（https://api.example.jp）につながりません", "cannot be reached"),
        (Unavailable(), "につながりません", "cannot be reached"),
        (Offline(reason="not_understood"), "このアプリのサーバーではありません", "not the server of this app"),
        (Offline(status=302), "このアプリのサーバーではありません", "not the server of this app"),
        (NotFound(status=404), "このアプリのサーバーではありません", "not the server of this app"),
        (WrongProtocol(), "アプリを更新してください", "too old"),
        (ClientelingError(), "登録できませんでした", "could not join"),
    ],
)
def test_what_is_wrong_is_said(refusal: ClientelingError, ja: str, en: str) -> None:
    """Used, run out, unknown, no network, another server: each has its own sentence, and what was typed stays."""
    device = FakeDevice(enrolled=False, refusal=refusal)

    async def steps(screen: Screen) -> None:
        await screen.type(FIELD, CODE)
        await screen.tap(JOIN)
        await screen.sees(ja)
        await screen.tap("English")
        await screen.sees(en)
        assert screen.shows(CODE)

    drive(steps, device)


def test_something_else_before_the_camera_is_no_code() -> None:
    """A member's code or a poster's address is said to be something else, and the server is not asked."""
    device = FakeDevice(enrolled=False)

    async def steps(screen: Screen) -> None:
        await screen.sees("登録コードではありません")
        assert device.joined == []

    drive(steps, device, answers=still(device, [b"", picture("https://example.jp/campaign")]))


def test_a_code_for_one_device_asks_for_its_serial_number() -> None:
    """A tablet that nobody told its serial number asks for it then, and keeps the code that was scanned."""
    device = FakeDevice(enrolled=False, refusal=NotAllowed(reason="wrong_serial"))

    async def steps(screen: Screen) -> None:
        await screen.sees("決められた1台だけのものです")
        device.refusal = None
        await screen.type("この端末の製造番号", "DMPX-1")
        await screen.tap(JOIN)
        await screen.sees("スタッフを選んでください")
        assert device.joined == [(CODE, SERVER, ""), (CODE, SERVER, "DMPX-1")]

    drive(steps, device, answers=still(device, [picture(link(SERVER, CODE))]))


def test_a_device_that_knows_its_serial_number_asks_for_none() -> None:
    """Then the code is another device's."""
    device = FakeDevice(enrolled=False, serial="A-1", refusal=NotAllowed(reason="wrong_serial"))

    async def steps(screen: Screen) -> None:
        await screen.type(FIELD, CODE)
        await screen.tap(JOIN)
        await screen.sees("別の製造番号の端末用です")
        assert not screen.shows("この端末の製造番号")

    drive(steps, device)
