"""The customer's page in a browser: it fits a narrow phone, letters twice as large, and works without a script."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import Engine

from sync.model.customer import Channel
from sync.policy.choices import Level, level
from sync.server.database import transaction
from sync.server.repository import customer_links
from sync.server.repository.delivery import Delivery
from sync.server.web.pages import router
from tests.browser import FLAGS, obtain
from tests.integration.delivery.house import CUSTOMER, MovableClock, put
from tests.integration.delivery.test_preferences import ledger
from tests.ports import free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def page(store: Delivery, engine: Engine, clock: MovableClock) -> Iterator[Page]:
    """Her page, with a long name and address, in a browser that runs no script and keeps no cookie."""
    long = {"family_name": "勅使河原" * 4, "email": f"{'a' * 60}@{'b' * 60}.example.jp", "likes": ("きれいめ" * 12,)}
    put(engine, clock, CUSTOMER.model_copy(update=long))
    with transaction(engine) as conn:
        token = customer_links.stop_link(conn, "s", CUSTOMER.id, Channel.EMAIL, clock())
    app = FastAPI()
    app.include_router(router(engine, clock, "s"))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    with sync_playwright() as play, play.chromium.launch(executable_path=obtain(), args=list(FLAGS)) as browser:
        context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
        opened = context.new_page()
        deadline = time.monotonic() + 60
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.05)
        opened.goto(f"http://127.0.0.1:{port}/c/{token}")
        yield opened
        assert context.cookies() == []
    server.should_exit = True
    serving.join(10)


WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_it_fits_and_works_without_a_script(page: Page, engine: Engine) -> None:
    """No sideways scrolling at 320 pixels, with letters twice as large neither; every field has a label; saving works."""
    for summary in page.locator("summary").all():
        summary.click()
    for size in ("100%", "200%"):
        page.evaluate("size => document.documentElement.style.fontSize = size", size)
        wide, there = page.evaluate(WIDTHS)
        assert wide <= there, size
    unnamed = page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select')]"
        ".filter(each => !each.labels.length && !each.ariaLabel).map(each => each.name)"
    )
    assert unnamed == []
    page.locator("select[name=channel_sms]").select_option("service")
    page.get_by_role("button", name="この内容で保存する").click()
    assert "設定を保存いたしました。" in page.content()
    assert level(ledger(engine), Channel.SMS) is Level.SERVICE
