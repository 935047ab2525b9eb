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

from sqlalchemy import Connection, Engine, Row, func, select

from sync.clock import Clock
from sync.model.base import Record
from sync.model.customer import Channel, Customer
from sync.model.outreach import FollowUp, Message, MessageState, Reason
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy import gate
from sync.policy.contact import contact_time
from sync.policy.facts import facts_from
from sync.policy.naming import colleagues_in
from sync.policy.pacing import Due
from sync.policy.playbook import Playbook
from sync.policy.sender import Sender
from sync.ports import Acknowledgement, Begun, ChannelEvent, Claimed, Receipt, Unresolved
from sync.server.database import reading, retrying, transaction
from sync.server.repository import attachments, attempts, customer_links, due, pauses, scopes
from sync.server.repository.delivery_events import apply, reply_token
from sync.server.repository.duty import unanswered
from sync.server.repository.instead import other_channel
from sync.server.repository.opt_out import done, released
from sync.server.repository.records import Records
from sync.server.repository.truth import untrue
from sync.server.repository.zones import zone_of
from sync.server.tables import messages
from sync.server.tables_edges import attempts as attempts_table


class Enqueue(Protocol):
    """Starts the durable workflow of an attempt, in the claim's own transaction."""

    def __call__(self, conn: Connection, message_id: str, number: int, /, *, anew: bool = False) -> None:
        """`anew` starts another workflow for an attempt whose first one ended without an outcome."""


RETRY_KEY_LIFE = timedelta(hours=23)
"""How long an attempt without an answer may be made again under its key. LINE keeps keys for 24 hours."""
CLOSED_FOR_NOW = frozenset({"quota_out", "quota_kept"})
"""Codes of attempts that failed for the way alone: with these another way is offered."""
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 900.0
"""Seconds between attempts: the first pause, doubled each time, up to the longest."""


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
        """Ask the gate again and mark the message SENDING; None when it may not, or need not, go (any more), and while
        sending is paused for it: then it stays as it is, until it expires.

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
        retrying(lambda: self._record(message_id, receipt, number))

    def apply_event(self, event: ChannelEvent) -> Acknowledgement | None:
        """Store a provider's event once. See `sync.server.repository.delivery_events`."""

        def work() -> Acknowledgement | None:
            with transaction(self._engine) as conn:
                return apply(Records(conn, self._clock), event, self._clock(), self._vault)

        return retrying(work)

    def knows_reply_address(self, address: str) -> bool:
        """Tell whether a mail to this address routes to somebody."""
        with reading(self._engine) as conn:
            return customer_links.find(conn, "reply", reply_token(address), self._clock()) is not None

    def stranded(self, before: datetime) -> Sequence[tuple[str, int]]:
        """Return (message id, number of its attempt) of messages that have been SENDING since before a moment.

        Their workflow may have ended without an outcome; whoever knows the workflows decides.
        """
        count = select(func.count()).where(attempts_table.c.message_id == messages.c.id).scalar_subquery()
        open_one = (
            select(attempts_table.c.number)
            .where(attempts_table.c.message_id == messages.c.id, attempts_table.c.finished_at.is_(None))
            .limit(1)
            .scalar_subquery()
        )
        query = select(messages.c.id, messages.c.data, func.coalesce(open_one, count + 1)).where(
            messages.c.state == MessageState.SENDING.value
        )
        with reading(self._engine) as conn:
            rows = conn.execute(query).all()
        return [(row[0], row[2]) for row in rows if Message.model_validate(row[1]).state_at < before]

    def restart(self, message_id: str, number: int) -> None:
        """Start the workflow of a stranded attempt anew; whether it may ask the provider again, `begin` tells it."""

        def work() -> None:
            with self._locked(message_id) as (records, message):
                if message is not None and message.state is MessageState.SENDING and self._enqueue is not None:
                    records.put(message.model_copy(update={"state_at": self._clock()}))
                    self._enqueue(records.conn, message_id, number, anew=True)

        retrying(work)

    @contextmanager
    def _locked(self, message_id: str) -> Iterator[tuple[Records, Message | None]]:
        with transaction(self._engine) as conn:
            records = Records(conn, self._clock)
            owner = conn.scalar(select(messages.c.customer_id).where(messages.c.id == message_id))
            if owner is not None:
                scopes.lock_customers(conn, [owner])
            yield records, records.get(Message, message_id) if owner is not None else None

    def _claim(self, message_id: str) -> Claimed | None:
        now = self._clock()
        with self._locked(message_id) as (records, message):
            if message is None or message.state is not MessageState.QUEUED:
                return None
            past = attempts.of(records.conn, message_id)
            if any(row.retry_at is not None and row.retry_at > now and not _put_back(row, now) for row in past):
                return None
            claimed, refusal, later = self._judge(records, message, now)
            if pauses.holds(records, message, now) and not self._overdue(message, now):
                return None
            if self._too_late(records, message, past, refusal, now):
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

    def _overdue(self, message: Message, now: datetime) -> bool:
        return contact_time(message) + timedelta(hours=self._playbook.contact.expiry_hours) < now

    def _too_late(
        self, records: Records, message: Message, past: Sequence[Row[Any]], refusal: Reason | None, now: datetime
    ) -> bool:
        """End a message that may not go any more: BLOCKED, or UNKNOWN where an earlier attempt may have sent it."""
        asked = [row for row in past if row.reason and row.reason.get("code") == attempts.NO_ANSWER]
        if asked and (refusal is not None or not all(_key_lives(row, now) for row in asked)):
            self._end(records, message, MessageState.UNKNOWN, Reason(code=attempts.NO_ANSWER), now)
            return True
        if refusal is not None:
            self._end(records, message, MessageState.BLOCKED, refusal, now)
            return True
        return False

    def _judge(
        self, records: Records, message: Message, now: datetime
    ) -> tuple[Claimed | None, Reason | None, datetime | None]:
        """Return what to send, or why it may not go, or when it may."""
        facts = facts_from(records.range_of(message.customer_id))
        claimed = self._envelope(records, message, facts.customer)
        if claimed is None:
            return None, Reason(code="not_set_up"), None
        decision = gate.judge(
            facts,
            cause=message.cause,
            channel=message.channel,
            now=now,
            zone=zone_of(records, facts.customer, claimed.shop),
            playbook=self._playbook,
            message_id=message.id,
            sender=Sender(claimed.shop, claimed.retailer, claimed.staff),
        )
        if not decision.allowed:
            return None, decision.refusals[0], None
        if decision.send_after is not None and decision.send_after > now:
            return None, None, decision.send_after
        if (false := untrue(records, message, facts, now)) is not None:
            return None, false, None
        refusal, later = unanswered(records, claimed, now, timedelta(hours=self._playbook.contact.expiry_hours))
        return (claimed if refusal is None and later is None else None), refusal, later

    def _envelope(self, records: Records, message: Message, customer: Customer) -> Claimed | None:
        shop = records.get(Shop, message.shop_id)
        retailer = records.get(RetailerSettings, "retailer")
        if shop is None or retailer is None:
            return None
        conn, now, hers = records.conn, self._clock(), message.customer_id
        reply = customer_links.token_for(self._secret, "reply", message.id)
        opt_out = customer_links.token_for(self._secret, "opt_out", hers, message.channel.value)
        customer_links.keep(
            conn,
            reply,
            "reply",
            customer_id=hers,
            channel=message.channel,
            at=now,
            message_id=message.id,
            staff_id=message.staff_id,
        )
        customer_links.keep(conn, opt_out, "opt_out", customer_id=hers, channel=message.channel, at=now)
        products = self._products_link(conn, message, now) if message.product_ids else ""
        return Claimed(
            message=message,
            to=customer.address(message.channel),
            staff=records.get(Staff, message.staff_id) if message.staff_id else None,
            colleagues=colleagues_in(shop.id, records.of_kind(Staff)),
            shop=shop,
            retailer=retailer,
            language=customer.language,
            reply_token=reply,
            opt_out_token=opt_out,
            products_token=products,
        )

    def _products_link(self, conn: Connection, message: Message, now: datetime) -> str:
        token = customer_links.token_for(self._secret, "products", message.id)
        hers, channel = message.customer_id, message.channel
        customer_links.keep(conn, token, "products", customer_id=hers, channel=channel, at=now, message_id=message.id)
        return token

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
            claimed, refusal, later = self._judge(records, message, now)
            if before is not None:
                return self._again(records, message, before, now, refusal=refusal, later=later)
            if self._too_late(records, message, list(past.values()), refusal, now):
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
        claimed = self._envelope(records, message, customer) if customer is not None else None
        if claimed is None:
            return None
        return Begun(
            claimed=claimed,
            number=before.number,
            repeated=True,
            may_repeat=refusal is None and _key_lives(before, now),
            wait_seconds=(later - now).total_seconds() if later is not None else None,
        )

    def _record(self, message_id: str, receipt: Receipt, number: int | None) -> None:
        now = self._clock()
        with self._locked(message_id) as (records, message):
            if message is None:
                return
            open_ones = {row.number for row in attempts.of(records.conn, message_id) if row.finished_at is None}
            number = max(open_ones, default=0) if number is None else number
            if number not in open_ones:
                return
            again = receipt.state is MessageState.QUEUED
            pause = _pause(receipt, number)
            provider_id = receipt.provider_id[:120]
            attempts.finish(
                records.conn,
                message_id,
                number,
                now,
                state=receipt.state,
                provider_id=provider_id,
                reason=receipt.reason,
                retry_at=now + timedelta(seconds=pause) if again else None,
            )
            if message.state is not MessageState.SENDING:  # a callback was quicker and knows more
                if provider_id and not message.provider_id:
                    records.put(message.model_copy(update={"provider_id": provider_id}))
                return
            sent_at = now if receipt.state is MessageState.SENT else message.sent_at
            told = {"provider_id": provider_id or message.provider_id, "sent_at": sent_at}
            reason = receipt.reason
            if reason is not None and reason.code in CLOSED_FOR_NOW:
                other = other_channel(records, message, self._playbook, now)
                offer = {"instead": other.value} if other is not None else {}
                reason = reason.model_copy(update={"params": {**reason.params, **offer}})
            self._end(records, message.model_copy(update=told), receipt.state, reason, now)

    def _end(
        self, records: Records, message: Message, state: MessageState, reason: Reason | None, now: datetime
    ) -> None:
        changed: list[Record] = [message.model_copy(update={"state": state, "state_at": now, "reason": reason})]
        follow_up: FollowUp | None = None
        if state in (MessageState.FAILED, MessageState.BLOCKED):
            follow_up = released(records, message)
        elif state in (MessageState.SENT, MessageState.UNKNOWN):
            follow_up = done(records, message)
        if follow_up is not None:
            changed.append(follow_up)
        records.put_many(changed)


def _pause(receipt: Receipt, number: int) -> float:
    """Return the seconds until the next attempt. Where the provider was only too busy and named a time, that one holds:
    it says nothing against this message, which may only have stood behind others."""
    asked = receipt.retry_after_seconds or 0.0
    if asked and receipt.reason is not None and receipt.reason.code == attempts.THROTTLED:
        return asked
    return max(asked, min(FIRST_PAUSE * 2.0 ** (number - 1), LONGEST_PAUSE))


def _put_back(attempt: Row[Any], now: datetime) -> bool:
    return bool(attempt.started_at > now + due.CLOCK_SLACK)


def _key_lives(attempt: Row[Any], now: datetime) -> bool:
    """Whether the provider surely still knows the key of an attempt, so that asking again reaches nobody twice."""
    return not _put_back(attempt, now) and now - attempt.started_at <= RETRY_KEY_LIFE
