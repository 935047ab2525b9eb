"""Every way in which a customer can end messages, taken over a running house: PostgreSQL, a server process, a worker
process, and two tablets on the live channel."""

import base64
import hashlib
import hmac
import json
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
from sqlalchemy import Engine

from clienteling.actions.contact import STOP_UNDO_SECONDS
from sync.client import Client
from sync.clock import system_clock
from sync.ids import new_id
from sync.model.commands import ApproveMessage, StopContact
from sync.model.customer import Channel, Consent, ConsentState, Customer
from sync.model.outreach import Cause, Message, MessageState, Purpose
from sync.server.database import make_engine, reading, transaction
from sync.server.enrolment import create_enrolment_code
from sync.server.migrate import migrate
from sync.server.repository import customer_links
from sync.server.repository.records import Records
from sync.server.tables_edges import identities
from sync.settings import TabletSettings
from tests.acceptance.retail import ServerProcess
from tests.integration.databases import running_postgresql
from tests.integration.server.people import GINZA, MANAGER, MISAKI, agrees, customer, open_shop
from tests.ports import free_port
from tests.unit.delivery.test_mail_report import arf

PATIENCE = 120.0
SECRET, LINE_SECRET, TWILIO_TOKEN, DOMAIN = "of the links", "of line", "of twilio", "reply.elm.example"


@dataclass
class Tablet:
    """A tablet's client, and when it was told last."""

    client: Client
    told: threading.Event = field(default_factory=threading.Event)

    def knows(self, customer_id: str, message_id: str) -> bool:
        """Whether the stop and the end of the waiting message are in its cache."""
        message = self.client.cache.record("message", message_id)
        ledger = self.client.cache.customer_range(customer_id)
        refused = any(isinstance(one, Consent) and one.state is ConsentState.REFUSED for one in ledger)
        return refused and isinstance(message, Message) and message.state is MessageState.CANCELLED

    def wait(self, condition: Callable[[], bool]) -> float:
        """Wait until a condition holds; return when (`time.perf_counter`)."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.told.clear()
            if condition():
                return time.perf_counter()
            if not self.told.wait(min(1.0, max(0.0, deadline - time.monotonic()))) and time.monotonic() > deadline:
                raise RuntimeError("it never reached this tablet")


@dataclass
class House:
    engine: Engine
    server: ServerProcess
    tablets: tuple[Tablet, Tablet]
    mail_port: int
    folder: Path

    def new_customer(self, number: int) -> tuple[Customer, Message, Message]:
        """Write a customer with a message that waits for tomorrow and a draft that waits for the manager."""
        hers = customer(str(number), line_user_id=f"U{number:032x}")
        waiting, draft = (self._message(hers, state) for state in (MessageState.QUEUED, MessageState.AWAITING_APPROVAL))
        ledger = [agrees(hers, channel) for channel in Channel]
        with transaction(self.engine) as conn:
            Records(conn).put_many([hers, *ledger, waiting, draft])
            names = {
                "line_user_id": hers.line_user_id,
                "phone": hers.phone,
                "email": hers.email,
                "member_number": str(number),
            }
            rows = [{"kind": kind, "value": value, "customer_id": hers.id} for kind, value in names.items()]
            conn.execute(identities.insert(), rows)
        for tablet in self.tablets:
            tablet.wait(lambda tablet=tablet: tablet.client.cache.record("message", draft.id) is not None)  # type: ignore[misc]
        return hers, waiting, draft

    def _message(self, hers: Customer, state: MessageState) -> Message:
        now = system_clock()
        return Message(
            id=new_id(), customer_id=hers.id, channel=Channel.EMAIL, cause=Cause.AFTER_VISIT, purpose=Purpose.RELATIONSHIP,
            shop_id=GINZA.id, staff_id=MISAKI.id, state=state, subject="お礼", body="ありがとうございました。", at=now,
            send_after=now + timedelta(days=1), state_at=now,
        )  # fmt: skip

    def move(self, hers: Customer, waiting: Message, channel: Channel) -> Message:
        """Let the waiting message be one of another channel."""
        moved = waiting.model_copy(update={"channel": channel})
        with transaction(self.engine) as conn:
            Records(conn).put(moved)
        for tablet in self.tablets:
            tablet.wait(lambda tablet=tablet: tablet.client.cache.record("message", waiting.id) == moved)  # type: ignore[misc]
        return moved

    def refused(self, hers: Customer) -> bool:
        with reading(self.engine) as conn:
            ledger = Records(conn).find(Consent, customer_id=hers.id)
        return any(each.state is ConsentState.REFUSED for each in ledger)

    def token(self, hers: Customer) -> str:
        with transaction(self.engine) as conn:
            return customer_links.stop_link(conn, SECRET, hers.id, Channel.EMAIL, system_clock())

    def post(self, path: str, **more: object) -> None:
        httpx.post(f"{self.server.url}{path}", timeout=PATIENCE, **more).raise_for_status()  # type: ignore[arg-type]


Way = Callable[[House, Customer, Message], float | None]
"""Takes a way out; returns from when on the time counts where that is not from its call."""


def link(house: House, hers: Customer, _: Message) -> None:
    answer = httpx.post(f"{house.server.url}/c/{house.token(hers)}", data={"action": "stop_all"}, timeout=PATIENCE)
    assert answer.status_code == 303


def one_click(house: House, hers: Customer, _: Message) -> None:
    house.post(f"/c/{house.token(hers)}", data={"List-Unsubscribe": "One-Click"})


def own_page(house: House, hers: Customer, _: Message) -> None:
    form = {"action": "save", "channel_email": "nothing", "pace": "quiet"}
    assert httpx.post(f"{house.server.url}/c/{house.token(hers)}", data=form, timeout=PATIENCE).status_code == 303


def line_unfollow(house: House, hers: Customer, _: Message) -> None:
    event = {
        "type": "unfollow", "mode": "active", "timestamp": int(time.time() * 1000), "webhookEventId": new_id(),
        "deliveryContext": {"isRedelivery": False}, "source": {"type": "user", "userId": hers.line_user_id},
    }  # fmt: skip
    body = json.dumps({"destination": "U0", "events": [event]}).encode()
    signature = base64.b64encode(hmac.digest(LINE_SECRET.encode(), body, hashlib.sha256)).decode()
    house.post("/webhooks/line", content=body, headers={"X-Line-Signature": signature})


def sms_stop(house: House, hers: Customer, _: Message) -> None:
    path = "/webhooks/twilio/status"
    form = {
        "MessageSid": f"SM{new_id()}",
        "SmsStatus": "received",
        "From": hers.phone,
        "To": "+815000000000",
        "Body": "STOP",
    }
    signed = house.server.url + path + "".join(name + value for name, value in sorted(form.items()))
    signature = base64.b64encode(hmac.digest(TWILIO_TOKEN.encode(), signed.encode(), hashlib.sha1)).decode()
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    house.post(path, content=urlencode(form), headers=headers)


def complaint(house: House, hers: Customer, waiting: Message) -> None:
    token = customer_links.token_for(SECRET, "reply", waiting.id)
    with transaction(house.engine) as conn:
        customer_links.keep(
            conn, token, "reply", customer_id=hers.id, channel=Channel.EMAIL, at=system_clock(), message_id=waiting.id
        )
    raw = arf(reply_to=f"reply+{token}@{DOMAIN}").replace(b"Message-ID: <", f"Message-ID: <{new_id()}".encode(), 1)
    with smtplib.SMTP("127.0.0.1", house.mail_port, timeout=PATIENCE) as smtp:
        smtp.sendmail("fbl@provider.example", [f"complaints@{DOMAIN}"], raw)


def staff(house: House, hers: Customer, _: Message) -> None:
    """As the app does it: held on the tablet for as long as it can be taken back there."""
    command = StopContact(stop_id=new_id(), customer_id=hers.id, shop_id=GINZA.id, why="お客様のご希望")
    house.tablets[0].client.submit(command, MISAKI.id, STOP_UNDO_SECONDS)


def imported(house: House, hers: Customer, _: Message) -> float:
    """Through the command line as an operator does it. The time counts from when the entry is in the ledger: how long a
    process takes to start and to read its files is no matter of reaching."""
    folder = house.folder / f"import-{hers.member_number}"
    folder.mkdir()
    said = f"{hers.member_number},email,all,refused,{system_clock().isoformat()}"
    (folder / "consents.csv").write_text(f"member_number,channel,purpose,state,at\n{said}\n")
    running = threading.Thread(target=house.server.run, args=("import", str(folder)))
    running.start()
    deadline = time.monotonic() + PATIENCE
    while not house.refused(hers) and time.monotonic() < deadline:
        time.sleep(0.01)
    entered = time.perf_counter()
    running.join(PATIENCE)
    return entered


WAYS: dict[str, tuple[Way, Channel]] = {
    "link": (link, Channel.EMAIL),
    "one click": (one_click, Channel.EMAIL),
    "preference page": (own_page, Channel.EMAIL),
    "LINE unfollow": (line_unfollow, Channel.LINE),
    "SMS STOP": (sms_stop, Channel.SMS),
    "mail complaint": (complaint, Channel.EMAIL),
    "staff": (staff, Channel.EMAIL),
    "import": (imported, Channel.EMAIL),
}


@dataclass(frozen=True)
class Reached:
    """Seconds from the act until each tablet had the stop and the end of the message that waited."""

    seconds: tuple[float, float]
    refused: str
    """With which code the server then refused to let the draft go that waited for the manager."""


def take(house: House, way: str, number: int) -> Reached:
    """Let a new customer go that way."""
    act, channel = WAYS[way]
    hers, waiting, draft = house.new_customer(number)
    if channel is not waiting.channel:
        waiting, draft = (house.move(hers, each, channel) for each in (waiting, draft))
    times = [0.0, 0.0]

    def watch(place: int) -> None:
        tablet = house.tablets[place]
        times[place] = tablet.wait(
            lambda: tablet.client.cache.record("customer", hers.id) is not None and tablet.knows(hers.id, waiting.id)
        )

    watching = [threading.Thread(target=watch, args=(place,), daemon=True) for place in range(2)]
    for thread in watching:
        thread.start()
    began = time.perf_counter()
    began = act(house, hers, waiting) or began
    for thread in watching:
        thread.join(PATIENCE)
    if not all(times):
        raise RuntimeError(f"{way}: it never reached a tablet")
    return Reached((max(0.0, times[0] - began), max(0.0, times[1] - began)), _approval_refused(house, hers, draft))


def _approval_refused(house: House, hers: Customer, draft: Message) -> str:
    """Let the manager approve the draft on the second tablet; return with which code that is refused there, visibly."""
    tablet = house.tablets[1]
    command = ApproveMessage(message_id=draft.id, customer_id=hers.id)
    before = {one.command_id for one in tablet.client.status().refused}
    tablet.client.submit(command, MANAGER.id)
    tablet.wait(lambda: bool({one.command_id for one in tablet.client.status().refused} - before))
    answer = next(one for one in tablet.client.status().refused if one.command_id not in before)
    assert answer.reason is not None
    return answer.reason.code


@contextmanager
def running_house(folder: Path) -> Iterator[House]:
    """Run all of it over a small retailer."""
    with running_postgresql() as url, ExitStack() as stack:
        engine = make_engine(url)
        stack.callback(engine.dispose)
        migrate(engine)
        open_shop(engine, system_clock)
        mail_port = free_port()
        data = folder / "server"
        data.mkdir()
        server = ServerProcess(
            data,
            CLIENTELING_DATABASE_URL=url,
            CLIENTELING_EMBEDDED_WORKER="false",
            CLIENTELING_LOG_LEVEL="WARNING",
            CLIENTELING_SECRET=SECRET,
            CLIENTELING_LINE_API="http://127.0.0.1:9",
            CLIENTELING_LINE_CHANNEL_TOKEN="token",
            CLIENTELING_LINE_CHANNEL_SECRET=LINE_SECRET,
            CLIENTELING_TWILIO_API="http://127.0.0.1:9",
            CLIENTELING_TWILIO_ACCOUNT_SID="AC0",
            CLIENTELING_TWILIO_AUTH_TOKEN=TWILIO_TOKEN,
            CLIENTELING_TWILIO_FROM="+815000000000",
            CLIENTELING_SMTP_HOST="127.0.0.1",
            CLIENTELING_SMTP_PORT="9",
            CLIENTELING_MAIL_FROM="shop@elm.example",
            CLIENTELING_MAIL_INBOUND_HOST="127.0.0.1",
            CLIENTELING_MAIL_INBOUND_PORT=str(mail_port),
            CLIENTELING_MAIL_REPLY_DOMAIN=DOMAIN,
        )
        server.start(PATIENCE)
        stack.callback(server.stop)
        stack.enter_context(_worker(server, mail_port))
        tablets = tuple(stack.enter_context(_tablet(folder / name, engine, server.url)) for name in ("a", "b"))
        yield House(engine, server, (tablets[0], tablets[1]), mail_port, folder)


@contextmanager
def _worker(server: ServerProcess, mail_port: int) -> Iterator[None]:
    with (server.data / "worker.log").open("wb") as log:
        words = [sys.executable, "-m", "clienteling.cli", "worker"]
        process = subprocess.Popen(words, env=server.environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", mail_port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise RuntimeError((server.data / "worker.log").read_text()[-1500:])
        yield
    finally:
        process.terminate()
        process.wait(timeout=90)


@contextmanager
def _tablet(folder: Path, engine: Engine, url: str) -> Iterator[Tablet]:
    client = Client(TabletSettings(data=folder, key_file=folder / "key", server_url=url), system_clock)
    client.open()
    try:
        client.enrol(create_enrolment_code(engine, "ginza", system_clock))
        assert client.sync_once().error is None
        tablet = Tablet(client)
        client.subscribe(tablet.told.set)
        client.start()
        tablet.wait(lambda: client.status().online)
        yield tablet
    finally:
        client.close()
