"""Secrets and people never reach the log, at its most talkative, whatever goes wrong."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from sync.clock import system_clock
from sync.server.database import make_engine
from sync.server.migrate import migrate
from tests.integration.server.devices import Key, enrolled
from tests.integration.server.people import YUMI, open_shop
from tests.ports import free_port

SECRETS = {
    "CLIENTELING_SECRET": "link-secret-71c2aa",
    "CLIENTELING_SEGMENT_WRITE_KEY": "write-key-3f9abb",
    "CLIENTELING_LINE_CHANNEL_TOKEN": "line-token-90abcc",
    "CLIENTELING_LINE_CHANNEL_SECRET": "line-secret-55d0dd",
    "CLIENTELING_TWILIO_AUTH_TOKEN": "twilio-token-12efee",
    "CLIENTELING_SMTP_PASSWORD": "smtp-password-77aaff",
}


@pytest.mark.processes
def test_the_log_of_a_real_server_names_no_secret_and_nobody(tmp_path: Path) -> None:
    """A server process at DEBUG with every secret set, asked right and wrong at each door: neither the secrets of the
    settings, nor a device's token, proof or code, nor a customer's name, number or address stands in what it wrote."""
    data, port = tmp_path / "data", free_port()
    engine = make_engine(f"sqlite:///{data / 'clienteling.db'}")
    migrate(engine)
    open_shop(engine, system_clock)
    key = Key()
    token = enrolled(engine, system_clock, key).token
    engine.dispose()
    environment = os.environ | SECRETS | {
        "CLIENTELING_DATA": str(data), "CLIENTELING_PORT": str(port), "CLIENTELING_LOG_LEVEL": "DEBUG",
        "CLIENTELING_FCM_ACCOUNT_FILE": "",
    }  # fmt: skip
    del environment["CLIENTELING_FCM_ACCOUNT_FILE"]
    log = tmp_path / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "clienteling.cli", "server"], env=environment, stdout=out, stderr=out
        )
    said = [YUMI.family_name, YUMI.phone, YUMI.email, YUMI.phone.removeprefix("+81")]
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/readyz", server)
        proof = key.headers("GET", f"{url}/v1/customers", token, system_clock())
        assert httpx.get(f"{url}/v1/customers", params={"q": YUMI.email}, headers=proof).json()["hits"]
        httpx.get(f"{url}/v1/customers", params={"q": YUMI.phone}, headers=proof | {"DPoP": "nonsense"})
        httpx.get(f"{url}/v1/customers/{YUMI.email}", headers=proof)
        httpx.post(f"{url}/v1/enrol", json={"code": "ENROL-CODE-OF-TEST", "name": "x", "public_key": {}})
        httpx.post(
            f"{url}/v1/batch",
            auth=(SECRETS["CLIENTELING_SEGMENT_WRITE_KEY"], ""),
            json={"batch": [{"email": YUMI.email}]},
        )
        httpx.post(f"{url}/v1/batch", auth=("wrong-key-of-test", ""), content=YUMI.email)
        httpx.post(f"{url}/webhooks/line", content=YUMI.email, headers={"X-Line-Signature": "c2lnbmVk"})
        httpx.post(f"{url}/v1/sync/push", content=b'{"commands": "' + YUMI.email.encode() + b'"}', headers=proof)
        httpx.get(f"{url}/c/token-in-a-link-of-test")
        words = [*SECRETS.values(), token, proof["DPoP"], *said]
        words += ["ENROL-CODE-OF-TEST", "wrong-key-of-test", "token-in-a-link-of-test", "c2lnbmVk"]
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    written = log.read_text()
    assert '"event": "request"' in written
    assert written.count('"event": "request"') >= 9
    assert not [word for word in words if word in written]


def _wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert server.poll() is None, "the server ended"
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server did not come up")
