"""Sending in a run: the real claims and attempts, a queue in the server's own file, and providers whose answers get lost."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

from sqlalchemy import Connection

from sync.delivery import base
from sync.delivery.attempt import run_attempt
from sync.delivery.compose import Composer
from sync.errors import ClientelingError
from sync.model.customer import Channel
from sync.model.outreach import MessageState
from sync.ports import ChannelEvent, Outgoing, Receipt
from sync.server.database import transaction
from sync.server.repository.delivery import Delivery
from sync.server.worker import STRANDED_AFTER
from tests.chaos.server import SimServer
from tests.chaos.view import refused
from tests.chaos.world import World

KEYS_LIVE = timedelta(hours=24)
"""How long a provider that knows keys remembers one, as LINE says of its own."""


@dataclass
class Taken:
    """What a provider has delivered."""

    message_id: str
    at: datetime
    times: int = 1


class Provider:
    """A channel whose other side is a book of what was delivered under which key."""

    webhook_paths: tuple[str, ...] = ()
    repeatable: ClassVar[bool] = False

    def __init__(self, channel: Channel, world: World, server: SimServer, book: dict[str, Taken]) -> None:
        self.channel, self._world, self._server, self._book = channel, world, server, book

    def send(self, message: Outgoing) -> Receipt:
        world = self._world
        trouble = world.chance.choice(("down", "throttled", "refused", "lost", "lost"))
        trouble = trouble if world.strikes(world.faults.no_answer * 3) else ""
        if trouble == "down":
            return base.again(base.NOT_REACHED)
        if trouble == "throttled":
            return base.again(base.THROTTLED, 60)
        known = self._book.get(message.idempotency_key)
        if trouble == "refused" and known is None:
            return base.failed(base.REFUSED)
        self._server.fuse("server before provider")
        if not (self.repeatable and known is not None and world.true - known.at < KEYS_LIVE):
            self._deliver(message, known)
        self._server.fuse("server after provider")
        if trouble == "lost":
            world.seen["provider's answer lost"] += 1
            return base.again(base.NO_ANSWER) if self.repeatable else base.unknown(error="ReadTimeout")
        return Receipt(state=MessageState.SENT, provider_id=f"P-{message.message_id}")

    def _deliver(self, message: Outgoing, known: Taken | None) -> None:
        world = self._world
        world.note(f"{self.channel} delivers {message.message_id}")
        world.seen["delivered"] += 1
        if refused(self._server, message.message_id, self.channel):
            world.violated(f"{message.message_id} went out by {self.channel} after she had opted out of it")
        if known is None:
            self._book[message.idempotency_key] = Taken(message.message_id, world.true)
        else:
            known.times += 1
            world.violated(f"{message.message_id} went out twice by {self.channel}")

    def parse_webhook(self, url: str, headers: Mapping[str, str], body: bytes) -> Sequence[ChannelEvent]:
        return ()


class KeyedProvider(Provider):
    """One that takes a key only once."""

    repeatable: ClassVar[bool] = True


class Post:
    """The worker: claims what is due and carries out attempts, each at least once, as durable workflows are."""

    def __init__(self, world: World, server: SimServer) -> None:
        self._world, self._server = world, server
        self.book: dict[str, Taken] = {}
        """What was delivered, by idempotency key."""
        self._store = Delivery(
            server.engine, server.clock, secret="s" * 32, playbook=server.playbook, enqueue=self._enqueue
        )
        self._channels: dict[Channel, Provider] = {
            Channel.LINE: KeyedProvider(Channel.LINE, world, server, self.book),
            Channel.SMS: Provider(Channel.SMS, world, server, self.book),
            Channel.EMAIL: Provider(Channel.EMAIL, world, server, self.book),
        }
        self._compose = Composer(public_url="https://shop.example.jp", mail_reply_domain="reply.example.jp")

    def forget(self) -> None:
        """The database went back in time: what it has forgotten it may send again, and nothing can be held against it."""
        self.book.clear()

    def tick(self) -> None:
        """Claim, attempt, and look after what was left lying; a busy worker does not get to all of it."""
        chance, calm = self._world.chance, self._world.calm
        with suppress(ClientelingError):
            for message_id in self._server.request("due", lambda: self._store.due(20)):
                self._ask(f"claim of {message_id}", partial(self._store.claim, message_id))
            for job, message_id, number in self.jobs() if calm or chance.random() < 0.6 else ():
                self._ask(f"attempt {number} of {message_id}", partial(self._attempt, job, message_id, number))
            self._look_after_the_stranded()

    def jobs(self) -> list[tuple[int, str, int]]:
        rows = self._server.rows("SELECT id, message_id, number FROM sim_jobs ORDER BY id")
        return [(int(str(job)), str(message_id), int(str(number))) for job, message_id, number in rows]

    def _ask(self, what: str, work: Callable[[], object]) -> None:
        with suppress(ClientelingError):
            self._server.request(what, work)

    def _attempt(self, job: int, message_id: str, number: int) -> None:
        came_to = run_attempt(message_id, number, store=self._store, channels=self._channels, compose=self._compose)
        self._world.note(f"attempt {number} of {message_id}: {came_to}")
        with transaction(self._server.engine) as conn:
            conn.exec_driver_sql("DELETE FROM sim_jobs WHERE id = ?", (job,))

    def _look_after_the_stranded(self) -> None:
        running = {(message_id, number) for _, message_id, number in self.jobs()}
        before = self._server.clock() - STRANDED_AFTER
        for message_id, number in self._server.request("stranded", lambda: self._store.stranded(before)):
            if (message_id, number) not in running:
                self._ask(f"restart of {message_id}", partial(self._store.restart, message_id, number))

    def _enqueue(self, conn: Connection, message_id: str, number: int, /, *, anew: bool = False) -> None:
        conn.exec_driver_sql("INSERT INTO sim_jobs (message_id, number) VALUES (?, ?)", (message_id, number))
