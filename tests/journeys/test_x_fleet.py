"""A manager brings a new device into the shop, takes it out again, and turns a browser out."""

import io
import re
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect

from sync.client import Client
from sync.clock import OffsetFileClock
from sync.errors import DeviceRevoked
from sync.policy.invitation import read
from sync.sandbox.config import Folders
from sync.settings import TabletSettings
from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet


def at_the_devices(tablet: Tablet) -> None:
    """Sign in as the shop's manager and open the list of devices."""
    tablet.sign_in("森田")
    tablet.press(re.compile("^同期の状態"))
    tablet.press("店舗の端末")
    tablet.sees(re.compile(r"^利用中 \d+台"))


def test_a_new_device_joins_by_the_code_on_the_managers_screen(tablet: Tablet, demo: Demo, tmp_path: Path) -> None:
    """The picture of the manager's screen is all that a fresh device needs; it shows up in the list with what it told, and
    once the manager has taken it out it is refused."""
    at_the_devices(tablet)
    tablet.press("端末を追加")
    tablet.write(re.compile("新しい端末の名前"), "2階")
    tablet.press("コードを作る")
    tablet.sees(re.compile(r"^残り (10:00|9:\d\d)"), "新しい端末用のQRコード")
    codes: list[str] = []
    for _ in range(20):
        shot = Image.open(io.BytesIO(tablet.page.screenshot()))
        codes = [found.text for found in zxingcpp.read_barcodes(shot)]
        if codes:
            break
        tablet.frames()
    invitation = read(codes[0])
    settings = TabletSettings(
        data=tmp_path / "data", key_file=tmp_path / "device.key", device_name="fresh", _env_file=None
    )
    device = Client(settings, OffsetFileClock(Folders(demo.data).clock))
    device.open()
    device.enrol(invitation.code, server=invitation.server)
    device.note_battery(77)
    assert device.sync_once().error is None
    assert device.sync_once().error is None

    tablet.press("端末の一覧へ")
    tablet.sees("2階", "77%")
    tablet.press("2階の利用を停止")
    tablet.sees("2階の利用を停止しますか？", re.compile("取り消しはできません"))
    tablet.press("利用を停止する")
    tablet.sees("2階の利用を停止しました", re.compile("^利用停止 1台"))
    assert isinstance(device.sync_once().error, DeviceRevoked)
    device.close()


def test_a_browser_is_turned_out_and_let_in_again_by_a_manager(tablet: Tablet, demo: Demo, chromium: Browser) -> None:
    """Another browser of the shop host is signed out the moment the manager says so, keeps its door shut when it is loaded
    anew, and opens on her PIN."""
    context = chromium.new_context(
        viewport={"width": 820, "height": 1180}, locale="ja-JP", user_agent="Mozilla/5.0 (iPad) Safari/604.1"
    )
    other = Tablet(context.new_page(), demo.tablet)
    other.open()
    other.sign_in("髙橋(美)")

    at_the_devices(tablet)
    tablet.sees(re.compile(r"髙橋\(美\)さんがサインイン中"))
    tablet.press("Safari, iPadを閉め出す")
    tablet.press("閉め出す")
    tablet.sees("閉め出し中")
    other.sees("このブラウザは、まだ許可されていません")
    other.open()
    other.sees("このブラウザは、まだ許可されていません")
    other.sees_no(re.compile("髙橋"))

    other.press("森田")
    other.enter_pin("000000")
    other.sees(re.compile("PINが違います"))
    shown = other.page.get_by_text(re.compile(r"デモ用 PIN \d+")).first.inner_text()
    other.enter_pin(shown.split()[-1])
    expect(other.button(re.compile(r"^髙橋\(美\)"))).to_be_visible()
    context.close()
