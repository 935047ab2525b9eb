"""What staff do on one tablet all day, drawn from a seed: every command is given through the client, as a screen would."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sync.client import Client
from sync.errors import ClientelingError
from sync.ids import new_id
from sync.model.commands import (
    AnyCommand,
    CancelMessage,
    CheckIn,
    LogInteraction,
    QueueMessage,
    RecordView,
    RegisterCustomer,
    command_payload,
)
from sync.model.customer import Channel, Customer
from sync.model.outreach import Cause, Message, MessageState
from tests.chaos.processes.world import MOVERS

HOLD_SECONDS = 2.0
"""How long a message may be recalled."""
_CANCELLABLE = (MessageState.AWAITING_APPROVAL, MessageState.RETURNED, MessageState.QUEUED)


class Work:
    """`give` does one thing and returns what a journal has to hold of it."""

    def __init__(self, client: Client, shop_id: str, staff_id: str, rng: random.Random) -> None:
        self._client, self._shop_id, self._staff_id, self._rng = client, shop_id, staff_id, rng
        self._people: list[str] = []
        self._given = 0
        self._held: list[str] = []
        self._last_note = ""
        self._acts: list[tuple[Callable[[], Iterator[dict[str, Any]]], int]] = [
            (self._note, 36),
            (self._view, 20),
            (self._visit, 14),
            (self._message, 12),
            (self._cancel, 7),
            (self._register, 6),
            (self._recall, 3),
            (self._wrong, 3),
            (self._look_up, 1),
        ]

    def give(self) -> Iterator[dict[str, Any]]:
        """Do something; yield a line for each thing that the product says is kept, as soon as it has said so."""
        if self._given % 25 == 0:
            people = [one for one in self._client.cache.records("customer") if isinstance(one, Customer)]
            often = [one.id for one in people if not one.member_number.startswith("5")]
            seldom = [one.id for one in people if one.member_number.startswith("5")]
            self._people = often + self._rng.sample(seldom, min(len(seldom), MOVERS // 20))
        self._given += 1
        if self._people:
            act = self._rng.choices([act for act, _ in self._acts], [weight for _, weight in self._acts])[0]
            yield from act()

    def _submit(self, command: AnyCommand, hold_seconds: float = 0.0) -> dict[str, Any]:
        command_id = self._client.submit(command, self._staff_id, hold_seconds)
        return {"id": command_id, "command": command_payload(command)}

    def _somebody(self) -> str:
        return self._rng.choice(self._people)

    def _note(self) -> Iterator[dict[str, Any]]:
        self._last_note = new_id()
        yield self._submit(
            LogInteraction(
                interaction_id=self._last_note,
                customer_id=self._somebody(),
                shop_id=self._shop_id,
                text=f"メモ {self._rng.randrange(10**6)}",
            )
        )

    def _view(self) -> Iterator[dict[str, Any]]:
        yield self._submit(RecordView(customer_id=self._somebody(), how="search"))

    def _visit(self) -> Iterator[dict[str, Any]]:
        her = self._somebody()
        yield self._submit(CheckIn(visit_id=new_id(), customer_id=her, shop_id=self._shop_id, source="staff"))

    def _message(self) -> Iterator[dict[str, Any]]:
        hold = HOLD_SECONDS if self._rng.random() < 0.5 else 0.0
        given = self._submit(
            QueueMessage(
                message_id=new_id(),
                customer_id=self._somebody(),
                shop_id=self._shop_id,
                channel=Channel.EMAIL,
                cause=Cause.ORDER if self._rng.random() < 0.9 else Cause.CAMPAIGN,
                subject="ご注文の品",
                body="お受け取りいただけます。",
                send_after=None if self._rng.random() < 0.2 else self._client.now() + timedelta(days=1),
            ),
            hold,
        )
        if hold:
            self._held.append(given["id"])
        yield given

    def _cancel(self) -> Iterator[dict[str, Any]]:
        """Take back a message of one's own that, as far as this tablet knows, has not gone."""
        mine = [
            one
            for one in self._client.cache.records("message")
            if isinstance(one, Message) and one.staff_id == self._staff_id and one.state in _CANCELLABLE
        ]
        if mine:
            message = self._rng.choice(mine)
            yield self._submit(CancelMessage(message_id=message.id, customer_id=message.customer_id))

    def _register(self) -> Iterator[dict[str, Any]]:
        """A newcomer, and at once a visit and a note of hers: they must not overtake her."""
        her = new_id()
        yield self._submit(
            RegisterCustomer(
                customer_id=her,
                shop_id=self._shop_id,
                family_name="新田",
                family_kana="ニッタ",
                email=f"{her}@example.jp",
                consents=(Channel.EMAIL,),
                wording_version="1",
            )
        )
        self._people.append(her)
        yield self._submit(CheckIn(visit_id=new_id(), customer_id=her, shop_id=self._shop_id, source="staff"))

    def _recall(self) -> Iterator[dict[str, Any]]:
        while self._held:
            command_id = self._held.pop()
            yield {"recalling": command_id}  # a kill may fall after the product's recall and before it was said
            if self._client.recall(command_id):
                yield {"recalled": command_id}
                return

    def _wrong(self) -> Iterator[dict[str, Any]]:
        """Something that the server refuses: a note under an id that is taken, or of somebody nobody knows."""
        known = bool(self._last_note) and self._rng.random() < 0.5
        yield self._submit(
            LogInteraction(
                interaction_id=self._last_note if known else new_id(),
                customer_id=self._somebody() if known else new_id(),
                shop_id=self._shop_id,
                text="二度目",
            )
        )

    def _look_up(self) -> Iterator[dict[str, Any]]:
        """Somebody of another shop comes in: she is fetched, and stays on the tablet for a day."""
        try:
            hits = self._client.search_beyond("佐藤", limit=50)
            if hits:
                self._client.fetch_customer(self._rng.choice(hits).customer_id)
        except ClientelingError:
            return
        yield from ()
