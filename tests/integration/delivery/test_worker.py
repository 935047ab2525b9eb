"""The worker as it is run: inside the server, and as a process that is ended and killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from sync.clock import OffsetFileClock, system_clock
from sync.model.customer import Channel, Consent
from sync.model.outreach import MessageState
from sync.sandbox.fcm_account import write_account
from sync.sandbox.line import signature
from sync.server.app import create_app
from sync.server.database import make_engine
from sync.server.migrate import migrate
from sync.server.setup import database_url
from sync.settings import ServerSettings, load
from tests.integration.delivery.house import CUSTOMER, NOON, MovableClock, all_of, furnish, get, message, put
from tests.integration.sandbox.conftest import Served, served
from tests.unit.sandbox.outside import MIDORI

__all__ = ["served"]

REACHABLE = {
    "line_user_id": MIDORI["line_user_id"],
    "phone": "+819011112222",
    "email": "midori@example.com",
    "app_token": MIDORI["app_token"],
}


@pytest.fixture
def environment(served: Served, tmp_path: Path) -> dict[str, str]:
    """The settings of a worker whose providers are the stand-ins, at noon in Tokyo."""
    clock_file = tmp_path / "clock.json"
    OffsetFileClock.write(clock_file, NOON - system_clock())
    config, account = served.config, tmp_path / "fcm.json"
    write_account(account, config.fcm_key, config.world_url)
    return {
        "CLIENTELING_DATA": str(tmp_path / "server"),
        "CLIENTELING_CLOCK_FILE": str(clock_file),
        "CLIENTELING_PUBLIC_URL": "http://127.0.0.1:9",
        "CLIENTELING_SECRET": "s" * 32,
        "CLIENTELING_LINE_API": f"{config.world_url}/line",
        "CLIENTELING_LINE_CHANNEL_TOKEN": config.line_channel_token,
        "CLIENTELING_LINE_CHANNEL_SECRET": config.line_channel_secret,
        "CLIENTELING_TWILIO_API": f"{config.world_url}/twilio",
        "CLIENTELING_TWILIO_ACCOUNT_SID": config.twilio_account_sid,
        "CLIENTELING_TWILIO_AUTH_TOKEN": config.twilio_auth_token,
        "CLIENTELING_TWILIO_FROM": "ELM",
        "CLIENTELING_FCM_API": f"{config.world_url}/fcm",
        "CLIENTELING_FCM_ACCOUNT_FILE": str(account),
        "CLIENTELING_SMTP_PORT": str(config.smtp_port),
        "CLIENTELING_SMTP_STARTTLS": "false",
        "CLIENTELING_MAIL_FROM": "shop@elm.example",
        "CLIENTELING_MAIL_REPLY_DOMAIN": "reply.elm.example",
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> ServerSettings:
    names = {name.removeprefix("CLIENTELING_").lower(): value for name, value in environment.items()}
    names.pop("no_proxy")
    return load(ServerSettings, **names)


@pytest.fixture
def house(settings: ServerSettings) -> Iterator[Engine]:
    """The database of that worker, with a customer whom the stand-ins know."""
    engine = make_engine(database_url(settings))
    migrate(engine)
    furnish(engine, MovableClock(), CUSTOMER.model_copy(update=REACHABLE))
    yield engine
    engine.dispose()


def until(true: Callable[[], bool], seconds: float = 90) -> None:
    """Wait for something that another thread or process does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def inbox(served: Served, channel: str) -> list[dict[str, str]]:
    found = served.http.get(f"/phone/{MIDORI['member_number']}/inbox.json").json()
    return [letter for letter in found if letter["channel"] == channel]


def start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    program = "from sync.server.worker import *; run_worker(ServerSettings())"
    return subprocess.Popen([sys.executable, "-c", program], env={**os.environ, **environment})


def test_inside_the_server(served: Served, settings: ServerSettings, house: Engine) -> None:
    """The server's own worker sends what is due; a block of the account, by a signed callback, stops what is next."""
    first, later = message(Channel.LINE), message(Channel.LINE, send_after=NOON + timedelta(hours=3))
    put(house, MovableClock(), first, later)
    with TestClient(create_app(settings, MovableClock())) as client:
        until(lambda: get(house, first.id).state is MessageState.SENT)
        body = (
            b'{"destination":"U","events":[{"type":"unfollow","mode":"active","webhookEventId":"e1",'
            b'"timestamp":1795316400000,"deliveryContext":{"isRedelivery":false},'
            b'"source":{"type":"user","userId":"' + CUSTOMER.line_user_id.encode() + b'"}}]}'
        )
        secret = settings.line_channel_secret.get_secret_value()
        assert client.post("/webhooks/line", content=body).status_code == 401
        answer = client.post("/webhooks/line", content=body, headers={"x-line-signature": signature(secret, body)})
        assert answer.status_code == 200
    assert get(house, later.id).state is MessageState.CANCELLED
    assert [c.source for c in all_of(house, Consent) if isinstance(c, Consent)].count("line_unfollow") == 1
    assert len(inbox(served, "line")) == 1


@pytest.mark.processes
def test_a_worker_ends_when_told_to(environment: dict[str, str], served: Served, house: Engine) -> None:
    """SIGTERM: it finishes what is under way, exits with 0, and leaves nothing half done."""
    mail = message(Channel.EMAIL)
    put(house, MovableClock(), mail)
    worker = start(environment)
    try:
        until(lambda: get(house, mail.id).state is MessageState.SENT)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
    finally:
        worker.kill()
    [letter] = inbox(served, "email")
    assert letter["from"] == "髙橋 / 株式会社エルム 銀座本店 <shop@elm.example>"
    assert letter["reply_to"].startswith("reply+")


@pytest.mark.processes
def test_a_killed_worker_loses_and_doubles_nothing(environment: dict[str, str], served: Served, house: Engine) -> None:
    """SIGKILL while the providers have accepted and not answered: the successor asks LINE again under the same key,
    which takes it once, and leaves the text, the mail and the push unknown rather than send them twice."""
    sent = {channel: message(channel) for channel in Channel}
    put(house, MovableClock(), *sent.values())
    for provider in ("line", "twilio", "smtp", "fcm"):
        order = {"provider": provider, "fault": "timeout_after", "times": 1, "seconds": 60}
        served.http.post("/demo/faults", json=order).raise_for_status()
    first = start(environment)
    try:
        until(lambda: not any(served.http.get("/demo/faults").json().values()))
    finally:
        first.kill()
        first.wait()
    assert {get(house, m.id).state for m in sent.values()} == {MessageState.SENDING}
    second = start(environment)
    try:
        until(lambda: all(get(house, m.id).state is not MessageState.SENDING for m in sent.values()))
    finally:
        second.terminate()
        second.wait(60)
    assert {channel: get(house, m.id).state for channel, m in sent.items()} == {
        Channel.LINE: MessageState.SENT,
        Channel.SMS: MessageState.UNKNOWN,
        Channel.EMAIL: MessageState.UNKNOWN,
        Channel.APP: MessageState.UNKNOWN,
    }
    until(lambda: len(inbox(served, "sms")) == 1)
    assert [len(inbox(served, channel)) for channel in ("line", "email", "app")] == [1, 1, 1]
