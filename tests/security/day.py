"""A tablet's whole day in a process of its own: `python -m tests.security.day <folder> <server> <code> <words> <membership code>`.

It works with every customer, online and not, writes what a member of staff writes, and tells in `words` whom its cache held.
Then it waits to be killed, so that journal and temporary files stay as they are.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from sync import logs
from sync.client import Client
from sync.ids import new_id
from sync.model.commands import CheckIn, LogInteraction, QueueMessage, RecordView, RegisterCustomer
from sync.model.customer import Channel, Customer
from sync.model.outreach import Cause
from sync.settings import TabletSettings
from tests.integration.server.people import GINZA, MISAKI

NEWCOMERS = 20


class Line(httpx.BaseTransport):
    """The shop's line to the internet, which can be cut."""

    def __init__(self) -> None:
        self.cut = False
        self._real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("the line is cut")
        return self._real.handle_request(request)


class Clock:
    """The machine's clock, moved on through the day."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def main(folder: Path, url: str, code: str, words: Path, scanned: str) -> None:
    logs.configure("DEBUG")
    line, clock = Line(), Clock()
    settings = TabletSettings(
        _env_file=None, data=folder / "data", key_file=folder / "key" / "device.json", server_url=url
    )
    client = Client(settings, clock, transport=line)
    client.open()
    client.enrol(code)
    assert client.sync_once().error is None
    client.identify(scanned)
    people = [one for one in client.cache.records("customer") if isinstance(one, Customer)]
    assert len(people) > 100
    for number, one in enumerate(people):
        line.cut = number % 3 == 1
        work(client, one, number)
        if number % 40 == 39:
            clock.ahead += timedelta(minutes=3)
            line.cut = False
            client.sync_once()
    line.cut = True
    for number in range(NEWCOMERS):
        client.submit(newcomer(number), MISAKI.id)
    line.cut = False
    client.sync_once()
    for hit in client.search_beyond("佐々木"):
        client.fetch_customer(hit.customer_id)
    client.identify("090-0000-0000")
    line.cut = True
    client.submit(note(people[0], "最後の控え"), MISAKI.id)
    held = [one for one in client.cache.records("customer") if isinstance(one, Customer)]
    words.write_text(json.dumps(sorted(set().union(*map(said_of, held)))))
    time.sleep(600)


def work(client: Client, one: Customer, number: int) -> None:
    """What is done for one customer: found, looked at, checked in, a note, now and then a letter, taken back or not."""
    client.cache.search_customers(one.family_kana)
    client.cache.customer_range(one.id)
    client.identify(one.member_number)
    client.submit(RecordView(customer_id=one.id, how="search"), MISAKI.id)
    client.submit(CheckIn(visit_id=new_id(), customer_id=one.id, shop_id=GINZA.id, source="staff"), MISAKI.id)
    client.submit(note(one, f"{one.family_name}様は紺がお好き {one.phone}"), MISAKI.id)
    letter = QueueMessage(
        message_id=new_id(), customer_id=one.id, shop_id=GINZA.id, channel=Channel.EMAIL, cause=Cause.AFTER_VISIT,
        subject=f"{one.family_name} {one.given_name}様", body=f"{one.family_name}様、ありがとうございました。",
    )  # fmt: skip
    sent = client.submit(letter, MISAKI.id, hold_seconds=10)
    if number % 2:
        client.recall(sent)


def note(one: Customer, text: str) -> LogInteraction:
    return LogInteraction(interaction_id=new_id(), customer_id=one.id, shop_id=GINZA.id, text=text)


def newcomer(number: int) -> RegisterCustomer:
    return RegisterCustomer(
        customer_id=new_id(), shop_id=GINZA.id, family_name=f"新参{number:03}", given_name=f"花音{number:03}",
        family_kana=f"シンザン{number:03}", given_kana=f"カノン{number:03}", phone=f"0807777{number:04}",
        email=f"newcomer{number:03}@example.org",
    )  # fmt: skip


def said_of(one: Customer) -> set[str]:
    """Return every name, kana, number and address of hers, in each way it is written."""
    phone = one.phone.removeprefix("+81")
    words = {one.family_name, one.given_name, one.family_kana, one.given_kana, one.email, one.phone, f"0{phone}", phone}
    return {word for word in words if len(word) > 1}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]), sys.argv[5])
