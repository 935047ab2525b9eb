"""Takes pictures of screens over the sample shop: `python -m tests.ui.shots /search /customers/cust-1 [--pin 246810]`.

Signs in as the first person of the shop, opens each route in both orientations, writes `build/shots/<route>-<width>.png`.
"""

import argparse
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import FLAGS, obtain

SIZES = ((1180, 820), (820, 1180))


def semantics(page: Page) -> None:
    """Turn the accessibility tree on, through which the app is driven."""
    placeholder = page.locator("flt-semantics-placeholder")
    placeholder.wait_for(state="attached", timeout=60_000)
    placeholder.evaluate("element => element.click()")


def sign_in(page: Page, name: str, pin: str) -> None:
    page.get_by_role("button", name=re.compile(name)).first.click(timeout=20_000)
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).first.click()
    page.get_by_role("button", name=re.compile("^(サインイン|Sign in)$")).first.click()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("routes", nargs="*", default=["/"])
    parser.add_argument("--staff", default="高橋\\(美\\)")
    parser.add_argument("--pin", default="246810")
    parser.add_argument("--port", type=int, default=8650)
    parser.add_argument("--wait", type=float, default=1.5)
    given = parser.parse_args()
    out = Path("build/shots")
    out.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen([sys.executable, "-m", "tests.ui.serve", str(given.port)])
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{given.port}/healthz").read()
                break
            except OSError:
                time.sleep(0.1)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=obtain(), args=[*FLAGS])
            for width, height in SIZES:
                page = browser.new_page(viewport={"width": width, "height": height}, locale="ja-JP")
                page.goto(f"http://127.0.0.1:{given.port}/")
                semantics(page)
                page.wait_for_timeout(2500)
                page.screenshot(path=out / f"sign-in-{width}.png")
                sign_in(page, given.staff, given.pin)
                page.wait_for_timeout(given.wait * 1000)
                for route in given.routes:
                    page.evaluate(
                        "route => { history.pushState(null, '', route); dispatchEvent(new PopStateEvent('popstate')) }",
                        route,
                    )
                    page.wait_for_timeout(given.wait * 1000)
                    name = route.strip("/").replace("/", "-").split("?")[0] or "home"
                    page.screenshot(path=out / f"{name}-{width}.png")
                page.close()
            browser.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
