"""A stand on the counter whose screen the customer sees: it thanks her, and says who she is on the staff's tap only."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import BrowserContext

from clienteling.app import create_asgi
from sync.client import Client
from sync.settings import TabletSettings
from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet
from tests.ports import free_port

LANGUAGE = "ja"


@pytest.fixture
def stand(context: BrowserContext, other_device: Client, language: str, tmp_path: Path) -> Iterator[Tablet]:
    """The shop's second device, as a stand."""
    settings = TabletSettings(data=tmp_path, scan_faces="customer", new_browsers="free", _env_file=None)
    app, port = create_asgi(settings, other_device, other_device.now), free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="websockets-sansio"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    page = context.new_page()
    made = Tablet(page, f"http://127.0.0.1:{port}")
    made.open()
    made.speak(language)
    yield made
    page.close()
    server.should_exit = True
    thread.join()


def test_a_scan_thanks_her_and_names_nobody(stand: Tablet, demo: Demo) -> None:
    """Her code is read and her visit opens; the screen says thank you and no name, until staff tap."""
    _, person = stand.words, demo.person("anniversary")
    stand.sign_in("髙橋(美)")
    stand.press(_("Scan"))
    stand.wedge(demo.code(person["member_number"]))
    stand.sees(_("Thank you. We have confirmed it."))
    stand.sees_no(person["name"], person["kana"])
    stand.press(_("Staff: go on"))
    stand.at_profile(person["name"])
