"""A real identity provider (Canaille, from the package index), in its own environment and its own process."""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = ROOT / "build" / "identity-provider"
PACKAGES = ("canaille[front,oidc,sql,sqlite,server]==0.3.*",)
PASSWORD = "correct horse battery staple"
PUBLIC, CONFIDENTIAL, SECRET = "clienteling", "clienteling-host", "secret-of-the-test"
REDIRECT = "http://tablet.test/company/back"
PEOPLE = {"stylist": "T1", "hq": "H1", "associate": "A1", "leaver": "L1", "stranger": "X9", "nobody": ""}
"""User names, and the codes by which the retailer knows them."""
STARTS_WITHIN = 120.0


@dataclass(frozen=True)
class Provider:
    """A running provider."""

    url: str
    _last: list[float] = field(default_factory=lambda: [0.0])
    """When the last login came back."""

    def browser(self) -> httpx.Client:
        """Return a browser that keeps the provider's cookies."""
        return httpx.Client(follow_redirects=False, timeout=30)

    def log_in(self, address: str, name: str, password: str = PASSWORD, browser: httpx.Client | None = None) -> str:
        """Go through its pages as a browser would, a fresh one unless given, from an authorization address on; return
        where it sends the browser."""
        with nullcontext(browser) if browser is not None else self.browser() as client:
            answer = client.get(address)
            for _ in range(30):
                if answer.is_redirect:
                    target = answer.headers["location"]
                    if target.startswith(REDIRECT):
                        self._another_second()
                        return target
                    answer = client.get(answer.url.join(target))
                    continue
                answer = _submit(client, answer, {"login": name, "password": password})
            raise AssertionError(f"the provider does not send the browser back: {answer.status_code} {answer.url}")

    def _another_second(self) -> None:
        """Wait until the token that comes of this login is not of the same second as the one before: the provider gives
        two of one second the same value, and then fails."""
        time.sleep(max(0.0, self._last[-1] + 1.5 - time.monotonic()))
        self._last[-1] = time.monotonic()


class _Form(HTMLParser):
    """The fields of a page's form that is posted."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.answers: set[str] = set()
        self._within = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form" and (said.get("method") or "").lower() == "post" and self.action is None:
            self.action, self._within = said.get("action") or "", True
        elif self._within and tag == "input" and said.get("name") and said.get("type") != "submit":
            self.fields[said["name"] or ""] = said.get("value") or ""
        elif self._within and tag in ("button", "input") and said.get("name") == "answer":
            self.answers.add(said.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag != "form"


def _submit(browser: httpx.Client, page: httpx.Response, known: dict[str, str]) -> httpx.Response:
    """Fill in the form of a page of the provider and send it."""
    form = _Form(page.text)
    assert form.action is not None, f"a page of the provider without a form: {page.status_code} {page.url}"
    fields = form.fields | {name: value for name, value in known.items() if name in form.fields}
    if "accept" in form.answers:
        fields["answer"] = "accept"
    return browser.post(page.url.join(form.action), data=fields)


def install() -> Path:
    """Return the provider's interpreter; install it from the package index where it is not there yet.

    Several processes of one test run may ask at the same time: one installs, the others wait for it.
    """
    python = ENVIRONMENT / "bin" / "python"
    done = ENVIRONMENT / "installed"
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    with ENVIRONMENT.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (done.is_file() and done.read_text() == repr(PACKAGES)):
            _install(python)
            done.write_text(repr(PACKAGES))
    return python


def _install(python: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    steps = (
        [str(uv), "venv", "-q", "--clear", "--python", sys.executable, str(ENVIRONMENT)],
        [str(uv), "pip", "install", "-q", "--python", str(python), *PACKAGES],
    )
    for step in steps:
        ran = subprocess.run(step, capture_output=True, text=True, timeout=600, check=False)
        if ran.returncode != 0:
            raise AssertionError(
                f"The identity provider cannot be installed from the package index: {ran.stderr[-600:]}"
            )


@contextmanager
def running(folder: Path, redirect: str = REDIRECT) -> Iterator[Provider]:
    """Run a provider with `PEOPLE` and two clients, one public and one with a secret."""
    python = install()
    port = free_port()
    config = folder / "canaille.toml"
    config.write_text(
        f'SECRET_KEY = "of the test"\nSERVER_NAME = "127.0.0.1:{port}"\nPREFERRED_URL_SCHEME = "http"\n'
        f'[CANAILLE]\nDATABASE = "sql"\nHTMX = false\nJAVASCRIPT = false\nCAPTCHA_ENABLED = false\n'
        f'[CANAILLE_SQL]\nDATABASE_URI = "sqlite:///{folder / "provider.db"}"\n'
        # the company's own app: its people are not asked whether they agree
        f'[CANAILLE_OIDC]\nTRUSTED_DOMAINS = ["{urlsplit(redirect).hostname}"]\n[CANAILLE_OIDC.USERINFO_MAPPING]\n'
        f'PREFERRED_USERNAME = "{{{{ user.employee_number }}}}"\n',
        encoding="utf-8",
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"CANAILLE_CONFIG": str(config), "CONFIG": str(config)}
    asked = {
        "password": PASSWORD,
        "redirect_uri": redirect,
        "users": [{"user_name": name, "code": code} for name, code in PEOPLE.items()],
        "clients": [{"client_id": PUBLIC, "secret": ""}, {"client_id": CONFIDENTIAL, "secret": SECRET}],
    }
    made = subprocess.run(
        [str(python), str(Path(__file__).with_name("populate.py"))],
        input=json.dumps(asked), env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-3000:]
    with (folder / "provider.log").open("wb") as log:
        process = subprocess.Popen(
            [str(python.with_name("canaille")), "run", "--bind", f"127.0.0.1:{port}"],
            env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, folder / "provider.log")
            yield Provider(url)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            if httpx.get(f"{url}/.well-known/openid-configuration", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    raise AssertionError(f"The identity provider does not answer: {log.read_text()[-3000:]}")
