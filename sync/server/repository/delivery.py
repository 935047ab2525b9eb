"""Messages on their way out, as durable sending needs them. Each public call is one transaction.

The life of a message here:

    due    -> QUEUED and its time has come
    claim  -> the gate is asked again; SENDING, and the attempt's workflow enqueued, in the same transaction
    begin  -> the gate is asked once more, since a worker may have been away since the claim; then the attempt is
              committed: from now on the provider may have been asked
    record -> SENT, FAILED, UNKNOWN, or QUEUED again with the time of the next attempt

Every call first locks the customer (`Records.put` does the same), so an opt-out either comes before a claim, which then
refuses, or before the attempt begins, which then does not, or is later than the sending.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Row, select

from sync.clock import Clock
from sync.model.customer import Channel, Customer
from sync.model.outreach import Message, MessageState, Reason
from sync.policy.contact import contact_time
from sync.policy.pacing import Due
from sync.policy.playbook import Playbook
from sync.ports import Acknowledgement, Begun, ChannelEvent, Claimed, Receipt, Unresolved
from sync.server.database import reading, retrying, transaction
from sync.server.repository import attachments, attempts, customer_links, due, outcomes, pauses, scopes
from sync.server.repository.delivery_events import apply, reply_token
from sync.server.repository.envelope import envelope
from sync.server.repository.may_go import may_go
from sync.server.repository.records import Records
from sync.server.tables import messages


class Enqueue(Protocol):
    """Starts the durable workflow of an attempt, in the claim's own transaction."""

    def __call__(self, conn: Connection, message_id: str, number: int, /, *, anew: bool = False) -> None:
        """`anew` starts another workflow for an attempt whose first one ended without an outcome."""


class Delivery:
    """`ports.DeliveryStore` and `ports.AttemptStore` over the server's tables.

    `secret` signs the tokens that go into messages. `enqueue` starts the workflow of a claimed attempt; where a
    process only takes callbacks and never claims, it is left out.
    """

    def __init__(
        self, engine: Engine, clock: Clock, *, secret: str, playbook: Playbook, enqueue: Enqueue | None = None
    ) -> None:
        self._engine, self._clock, self._secret, self._playbook = engine, clock, secret, playbook
        self._enqueue = enqueue
        self._vault = attachments.vault_of(secret)

    def due(self, limit: int) -> Sequence[str]:
        """Return ids of queued messages whose time has come, the oldest of each shop first."""
        return [each.id for each in self.waiting(limit)]

    def waiting(self, limit: int, but_not: Iterable[Channel] = ()) -> Sequence[Due]:
        """Return queued messages whose time has come, by other ways than `but_not`.

        They come in rounds of one for each shop and channel, the oldest first, so that a shop with a hundred thousand
        leaves those of the others in sight. Where the clock was put back behind an attempt, its time has come now: once the
        clock has caught up, nobody could tell any more how old the attempt is.
        """
        with reading(self._engine) as conn:
            expiry = timedelta(hours=self._playbook.contact.expiry_hours)
            return due.waiting(conn, self._clock(), limit, but_not, expiry=expiry)

    def unresolved(self, channel: Channel, since: datetime, before: datetime) -> Sequence[Unresolved]:
        """Return the messages of a channel that are UNKNOWN since an attempt in this span."""
        with reading(self._engine) as conn:
            return attempts.unresolved(Records(conn, self._clock), channel, since, before)

    def paused(self) -> Mapping[Channel, datetime]:
        """Return the providers that asked to be left alone, and until when."""
        with reading(self._engine) as conn:
            return attempts.paused(conn, self._clock())

    def claim(self, message_id: str) -> Claimed | None:
        """Ask the gate again and mark the message SENDING; None when it may not, or need not, go (any more), while
        somebody else is at it or its customer, and while sending is paused for it: then it stays as it is, until it
        expires.

        One that may not go becomes BLOCKED with the gate's first reason; one whose quiet hours have begun waits for
        their end. If an earlier attempt may have reached the provider, "may not go" comes too late: UNKNOWN.
        """
        return retrying(lambda: self._claim(message_id))

    def begin(self, message_id: str, number: int) -> Begun | None:
        """Commit that an attempt begins; None where it is over, or the message may not go (any more, or not yet).

        Between claim and begin there may lie a night without a worker: what is quiet by now is queued again for the
        morning, what is paused for when that ends, and what the gate refuses by now is blocked, or UNKNOWN where the
        provider may have had it.
        """
        return retrying(lambda: self._begin(message_id, number))

    def record(self, message_id: str, receipt: Receipt, number: int | None = None) -> None:
        """Store what the provider answered, once: a second record of the same attempt changes nothing."""

        def work() -> None:
            with self._locked(message_id) as (records, message):
                if message is not None:
                    outcomes.record(records, message, receipt, number, self._clock(), self._playbook)

        retrying(work)

    def apply_event(self, event: ChannelEvent) -> Acknowledgement | None:
        """Store a provider's event once. See `sync.server.repository.delivery_events`."""

        def work() -> Acknowledgement | None:
            with transaction(self._engine) as conn:
                return apply(Records(conn, self._clock), event, self._clock(), self._vault, self._secret)

        return retrying(work)

    def knows_reply_address(self, address: str) -> bool:
        """Tell whether a mail to this address routes to somebody."""
        with reading(self._engine) as conn:
            return customer_links.find(conn, "reply", reply_token(address), self._clock()) is not None

    def stranded(self, before: datetime) -> Sequence[tuple[str, int]]:
        """Return (message id, number of its attempt) of messages that have been SENDING since before a moment.

        Their workflow may have ended without an outcome; whoever knows the workflows decides.
        """
        with reading(self._engine) as conn:
            return attempts.stranded(conn, before)

    def restart(self, message_id: str, number: int) -> None:
        """Start the workflow of a stranded attempt anew; whether it may ask the provider again, `begin` tells it."""

        def work() -> None:
            with self._locked(message_id) as (records, message):
                if message is not None and message.state is MessageState.SENDING and self._enqueue is not None:
                    records.put(message.model_copy(update={"state_at": self._clock()}))
                    self._enqueue(records.conn, message_id, number, anew=True)

        retrying(work)

    @contextmanager
    def _locked(self, message_id: str, *, wait: bool = True) -> Iterator[tuple[Records, Message | None]]:
        """Yield a message that nobody else changes meanwhile; None where there is none, or somebody just does so and we
        do not `wait`."""
        with transaction(self._engine) as conn:
            records = Records(conn, self._clock)
            owner = conn.scalar(select(messages.c.customer_id).where(messages.c.id == message_id))
            if owner is not None and wait:
                scopes.lock_customers(conn, [owner])
            held = owner is not None and (wait or scopes.lock_customer_if_free(conn, owner))
            yield records, records.get(Message, message_id) if held else None

    def _claim(self, message_id: str) -> Claimed | None:
        now = self._clock()
        # Workers walk the same queue: who waited for the one ahead at each message would claim no faster than one alone.
        with self._locked(message_id, wait=False) as (records, message):
            if message is None or message.state is not MessageState.QUEUED:
                return None
            past = attempts.of(records.conn, message_id)
            if any(row.retry_at is not None and row.retry_at > now and not outcomes.put_back(row, now) for row in past):
                return None
            claimed, refusal, later = self._may_go(records, message, now)
            if pauses.holds(records, message, now) and not self._overdue(message, now):
                return None
            if outcomes.too_late(records, message, past, refusal, now):
                return None
            if later is not None and past:  # the time it was planned for stays: by that it expires
                attempts.wait(records.conn, message_id, past[-1].number, later)
            elif later is not None:
                records.put(message.model_copy(update={"send_after": later, "state_at": now}))
            else:
                assert claimed is not None
                if self._enqueue is None:
                    raise RuntimeError("this process has no durable sending to claim for")
                sending = message.model_copy(update={"state": MessageState.SENDING, "state_at": now, "reason": None})
                records.put(sending)
                self._enqueue(records.conn, message_id, len(past) + 1)
                return claimed.model_copy(update={"message": sending})
            return None

    def _may_go(
        self, records: Records, message: Message, now: datetime
    ) -> tuple[Claimed | None, Reason | None, datetime | None]:
        return may_go(records, message, now, playbook=self._playbook, secret=self._secret)

    def _overdue(self, message: Message, now: datetime) -> bool:
        return contact_time(message) + timedelta(hours=self._playbook.contact.expiry_hours) < now

    def _begin(self, message_id: str, number: int) -> Begun | None:
        now = self._clock()
        with self._locked(message_id) as (records, message):
            if message is None:
                return None
            past = {row.number: row for row in attempts.of(records.conn, message_id)}
            before = past.get(number)
            if before is not None and before.finished_at is not None:
                return None
            if message.state is not MessageState.SENDING:
                if before is not None:  # a callback told the outcome while nobody was there to record it
                    attempts.finish(records.conn, message_id, number, now, state=message.state)
                return None
            claimed, refusal, later = self._may_go(records, message, now)
            if before is not None:
                return self._again(records, message, before, now, refusal=refusal, later=later)
            if outcomes.too_late(records, message, list(past.values()), refusal, now):
                return None
            if pauses.holds(records, message, now):  # it may be claimed again as soon as that ends
                later = later or now
            attempts.start(records.conn, message_id, number, message.channel, now)
            if later is not None:  # the attempt is over without having asked, so that the next one has its own number
                waits = MessageState.QUEUED
                why = Reason(code="later", params={"at": later.isoformat()})
                attempts.finish(records.conn, message_id, number, now, state=waits, reason=why, retry_at=later)
                records.put(message.model_copy(update={"state": waits, "state_at": now, "reason": None}))
                return None
            assert claimed is not None
            return Begun(claimed=claimed, number=number, repeated=False)

    def _again(
        self,
        records: Records,
        message: Message,
        before: Row[Any],
        now: datetime,
        *,
        refusal: Reason | None,
        later: datetime | None,
    ) -> Begun | None:
        """Return an attempt that had begun before; what is no longer allowed shows in it, for whoever asks providers."""
        customer = records.get(Customer, message.customer_id)
        claimed = envelope(records, message, customer, now, secret=self._secret) if customer is not None else None
        if claimed is None:
            return None
        return Begun(
            claimed=claimed,
            number=before.number,
            repeated=True,
            may_repeat=refusal is None and outcomes.key_lives(before, now),
            wait_seconds=(later - now).total_seconds() if later is not None else None,
        )
