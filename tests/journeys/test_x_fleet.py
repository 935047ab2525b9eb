"""A manager brings a new device into the shop, takes it out again, and turns a browser out."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from sync.client import Client
from sync.clock import OffsetFileClock
from sync.errors import DeviceRevoked
from sync.policy.invitation import read
from sync.sandbox.config import Folders
from sync.settings import TabletSettings
from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "ja"
MORITA, MISAKI, DEVICE, BROWSER = "森田", "髙橋(美)", "2階", "Safari, iPad"


def at_the_devices(tablet: Tablet) -> None:
    """Sign in as the shop's manager and open the list of devices."""
    _ = tablet.words
    tablet.sign_in(MORITA)
    tablet.press(_.like("State of sync: {state}"))
    tablet.press(_("Shop devices"))
    tablet.sees(_.like("{n} in use", n=re.compile(r"\d+")))


def test_a_new_device_joins_by_the_code_on_the_managers_screen(tablet: Tablet, demo: Demo, tmp_path: Path) -> None:
    """The picture of the manager's screen is all that a fresh device needs; it shows up in the list with what it told, and
    once the manager has taken it out it is refused."""
    _ = tablet.words
    at_the_devices(tablet)
    tablet.press(_("Add a device"))
    tablet.write(_("Name of the device (optional)"), DEVICE)
    tablet.press(_("Make a code"))
    tablet.sees(_.like("It holds for another {time}", time=re.compile(r"(10:00|9:\d\d)")))
    invitation = read(tablet.reads(_("QR code for the new device")))
    settings = TabletSettings(
        data=tmp_path / "data", key_file=tmp_path / "device.key", device_name="fresh", _env_file=None
    )
    device = Client(settings, OffsetFileClock(Folders(demo.data).clock))
    device.open()
    device.enrol(invitation.code, server=invitation.server)
    device.note_battery(77)
    assert device.sync_once().error is None
    assert device.sync_once().error is None

    tablet.press(_("To the list of devices"))
    tablet.sees(DEVICE, "77%")
    tablet.press(_("Take {name} out of use", name=DEVICE))
    tablet.sees(_("Take {name} out of use?", name=DEVICE))
    tablet.sees(_("This cannot be taken back. To be used again it has to join with a new code."))
    tablet.press(_("Take it out of use"))
    tablet.sees(_("{name} is out of use from now on", name=DEVICE), _.like("{n} out of use", n=re.compile(r"\d+")))
    assert isinstance(device.sync_once().error, DeviceRevoked)
    device.close()


def test_a_browser_is_turned_out_and_let_in_again_by_a_manager(tablet: Tablet, demo: Demo, chromium: Browser) -> None:
    """Another browser of the shop host is signed out the moment the manager says so, keeps its door shut when it is loaded
    anew, and opens on her PIN."""
    context = chromium.new_context(
        viewport={"width": 820, "height": 1180}, locale="ja-JP", user_agent="Mozilla/5.0 (iPad) Safari/604.1"
    )
    _, shut = tablet.words, tablet.words("This browser has not been let in")
    other = Tablet(context.new_page(), demo.tablet)
    other.open()
    other.speak(_.language)
    other.sign_in(MISAKI)

    at_the_devices(tablet)
    tablet.sees(_("{name} is signed in", name=_.who(MISAKI)))
    tablet.press(_("Turn {name} out", name=BROWSER))
    tablet.press(_("Turn it out"))
    tablet.sees(_("Turned out"))
    other.sees(shut)
    other.open()
    other.sees(shut)
    other.sees_no(re.compile(re.escape(_.who(MISAKI))))

    other.press(_.who(MORITA))
    other.enter_pin("000000")
    other.sees(_.like("That PIN is not right. {n} more tries."))
    shown = other.page.get_by_text(_.like("Demo: the PIN is {pin}")).first.inner_text()
    other.enter_pin(shown.split()[-1])
    expect(other.button(re.compile(f"^{re.escape(_.who(MISAKI))} "))).to_be_visible()
    context.close()
