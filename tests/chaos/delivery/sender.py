"""A process that runs the product's worker and writes down which attempts it has under way."""

import os
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from sync import logs
from sync.delivery.base import DurableChannel
from sync.delivery.email import EmailChannel
from sync.delivery.line import LineChannel
from sync.delivery.sms import SmsChannel
from sync.model.customer import Channel
from sync.ports import Begun, Receipt
from sync.server.repository.delivery import Delivery
from sync.server.setup import clock_of, open_database
from sync.server.worker import Worker
from sync.settings import ServerSettings

TIMEOUT = 8.0
"""Seconds. Far above what the stand-ins take on a busy machine, so that only what was meant to times out does."""
_READY = "ready"


class Noted(Delivery):
    """Notes each attempt before it is committed as begun and after it is committed as ended: a kill in between is a kill
    in the middle of an attempt, if anything a little too often."""

    def __init__(self, *args: Any, journal: Path, **more: Any) -> None:
        super().__init__(*args, **more)
        self._journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def begin(self, message_id: str, number: int) -> Begun | None:
        self._note(f"+{message_id}")
        begun = super().begin(message_id, number)
        if begun is None:
            self._note(f"-{message_id}")
        return begun

    def record(self, message_id: str, receipt: Receipt, number: int | None = None) -> None:
        super().record(message_id, receipt, number)
        self._note(f"-{message_id}")

    def _note(self, line: str) -> None:
        os.write(self._journal, f"{line}\n".encode())


def under_way(journal: Path) -> set[str]:
    """Return the messages of which this journal's process had an attempt under way when it ended."""
    found: set[str] = set()
    for line in journal.read_text().splitlines() if journal.exists() else ():
        (found.add if line.startswith("+") else found.discard)(line[1:])
    return found


def ready(journal: Path) -> bool:
    """Say whether the process has begun to work."""
    return journal.with_suffix(f".{_READY}").exists()


def run(environment: Mapping[str, str], journal: Path, log: Path) -> None:
    """Send until killed."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(environment)
    settings = ServerSettings()
    logs.configure(settings.log_level)
    clock = clock_of(settings)
    worker = Worker(
        settings,
        open_database(settings),
        clock,
        channels=_channels(settings),
        make_store=partial(Noted, journal=journal),
    )
    worker.start(loops=False)  # what a worker proposes beside sending would only cost time here, at each of its starts
    journal.with_suffix(f".{_READY}").touch()
    while not worker.lost.is_set():
        try:
            claimed = worker.send_due()
        except Exception as error:  # as the worker's own loop does
            print(type(error).__name__, error, file=sys.stderr)
            claimed = 0
        if not claimed:
            time.sleep(0.1)


def _channels(settings: ServerSettings) -> dict[Channel, DurableChannel]:
    clock, wait = clock_of(settings), httpx.Timeout(TIMEOUT)
    return {
        Channel.LINE: LineChannel(
            api=settings.line_api,
            token=settings.line_channel_token.get_secret_value(),
            secret=settings.line_channel_secret.get_secret_value(),
            timeout=wait,
        ),
        Channel.SMS: SmsChannel(
            api=settings.twilio_api,
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            sender=settings.twilio_from,
            timeout=wait,
        ),
        Channel.EMAIL: EmailChannel(
            host=settings.smtp_host,
            port=settings.smtp_port,
            mail_from=settings.mail_from,
            clock=clock,
            starttls=False,
            timeout=TIMEOUT,
        ),
    }
