"""The worker: sends what is due, takes in mail, proposes follow-ups, keeps the feed short.

    clienteling worker          a process of its own, over PostgreSQL
    Worker(...).start()         inside the server process (SQLite)

Five threads of its own, so that thinking about everybody never delays a message: one sends, one proposes, one keeps
house, one takes in what came with replies, one links and anchors the audit. The sending itself is done by durable workflows (`sync.delivery.workflows`).
"""

import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from importlib.util import find_spec

import structlog
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from sync import logs
from sync.clock import Clock
from sync.delivery import attached
from sync.delivery.asking_after import AskingAfter
from sync.delivery.attempt import run_attempt
from sync.delivery.base import Channels
from sync.delivery.compose import Composer
from sync.delivery.email import EmailChannel
from sync.delivery.holding import Holding
from sync.delivery.line import LineChannel
from sync.delivery.mail_report import takes_reports
from sync.delivery.sms import SmsChannel
from sync.delivery.workflows import CONCURRENCY, DurableSending
from sync.errors import Unavailable
from sync.model.customer import Channel
from sync.policy.playbook import Playbook, load_playbook
from sync.ports import Fetching
from sync.server import audit_chain, feed
from sync.server.attachments import TakingIn
from sync.server.audit_anchor import Places, anchor
from sync.server.channels import attachment_limits, make_channels
from sync.server.closing import close_visits
from sync.server.compaction import compact
from sync.server.database import reading, transaction
from sync.server.hold_ready import expire, forget
from sync.server.leavers import hand_on_promises
from sync.server.mail_inbound import MailInbound
from sync.server.migrate import migrate, settle_epoch
from sync.server.proposals import ProposalReport, owners_of_open, propose_all, propose_for, touched_since
from sync.server.receipts import tie_receipts
from sync.server.repository.attachments import vault_of
from sync.server.repository.delivery import Delivery
from sync.server.repository.records import Records
from sync.server.repository.shelves import Tills, later, tills, tills_between
from sync.server.retention import Retention, load_rules
from sync.server.setup import announce_quota, clock_of, open_database, public_url, secret_of
from sync.server.tables import customers
from sync.server.touched import Touched
from sync.server.turns import Every, Turns
from sync.settings import ServerSettings

TICK_SECONDS = 0.5
CLAIMED_AHEAD = 4 * CONCURRENCY
"""Claimed messages that may wait to be sent: enough to keep every attempt of a process busy until its next tick, and no
more, since what is claimed can no longer be edited, has had its turn, and meets a provider's 429 one by one."""
PROPOSE_EVERY = timedelta(hours=1)
"""By the given clock, so that moving a demo's clock brings the follow-ups of that hour."""
AT_ONCE_FROM = 20_000
"""Customers from which the rules run over everybody at once first (extra `insight`), and one by one over the few only for
whom any of them speaks. Below, asking everybody one by one takes half a minute."""
STRANDED_AFTER = timedelta(minutes=2)

log = structlog.get_logger(__name__)


class Worker:
    """Everything that happens without anybody asking. There is one per process.

    `start` and `stop` block; on an event loop, call them in a thread.
    """

    def __init__(
        self,
        settings: ServerSettings,
        engine: Engine,
        clock: Clock,
        *,
        channels: Channels | None = None,
        playbook: Playbook | None = None,
        tick_seconds: float = TICK_SECONDS,
        make_store: Callable[..., Delivery] = Delivery,
        monotonic: Callable[[], float] = time.monotonic,
        at_once_from: int = AT_ONCE_FROM,
    ) -> None:
        self._at_once_from = at_once_from
        self._settings, self._engine, self._clock = settings, engine, clock
        self._playbook = playbook or load_playbook(settings.playbook)
        self._tick_seconds = tick_seconds
        self.channels = channels if channels is not None else make_channels(settings, clock)
        self.sending = DurableSending(engine, self._attempt)
        self.store = make_store(
            engine, clock, secret=secret_of(settings), playbook=self._playbook, enqueue=self.sending.enqueue
        )
        self._taking_in = TakingIn(
            engine,
            clock,
            vault_of(secret_of(settings)),
            examine=partial(attached.examine, limits=attachment_limits(settings)),
            fetching={name: each for name, each in self.channels.items() if isinstance(each, Fetching)},
            most=attachment_limits(settings).each,
            days=settings.attachment_days,
        )
        self._compose = Composer(public_url=public_url(settings), mail_reply_domain=settings.mail_reply_domain)
        self._retention = Retention(engine, clock, load_rules(settings.retention))
        self._mail: MailInbound | None = None
        self._stopping = threading.Event()
        self._life = threading.RLock()
        self._threads: list[threading.Thread] = []
        self._look_after = Every(60.0, monotonic)
        self._prune = Every(3600.0, monotonic)
        self._compact = Every(3600.0, monotonic)
        self._ask_epoch = Every(60.0, monotonic)
        self._ask_quota = Every(300.0, monotonic)
        self._ask_holds = Every(5.0, monotonic)
        self._look_after_visits = Every(60.0, monotonic)
        self._anchor = Every(60 * settings.audit_anchor_minutes, monotonic)
        line = self.channels.get(Channel.LINE)
        self._holding = Holding(
            clock, metered=line if isinstance(line, LineChannel) else None, percent=settings.line_reserve_percent
        )
        sms = self.channels.get(Channel.SMS)
        self._asking_after = (
            AskingAfter(sms, partial(self.store.unresolved, Channel.SMS), self.store.apply_event, clock)
            if isinstance(sms, SmsChannel)
            else None
        )
        rates = {
            Channel.LINE: settings.line_per_second,
            Channel.SMS: settings.sms_per_second,
            Channel.EMAIL: settings.mail_per_second,
            Channel.APP: settings.push_per_second,
        }
        self._turns = Turns(self.store.waiting, self.sending.waiting, rates, monotonic, most=CLAIMED_AHEAD)
        self._touched = Touched()
        self._cursor = 0
        self._tills: Tills = {}
        self._proposed_at: datetime | None = None
        self.lost = threading.Event()
        """Set when this worker lost its slot and must not go on."""

    def start(self, *, loops: bool = True) -> None:
        """Begin. `loops=False` leaves the ticking to the caller (`send_due`, `propose_due`)."""
        self._stopping.clear()
        self.lost.clear()
        self.sending.start()
        if self._settings.mail_inbound_port:
            email = self.channels[Channel.EMAIL]
            limit = {"size_limit": email.size_limit} if isinstance(email, EmailChannel) else {}
            self._mail = MailInbound(
                email,
                self.store,
                lambda address: takes_reports(address) or self.store.knows_reply_address(address),
                host=self._settings.mail_inbound_host,
                port=self._settings.mail_inbound_port,
                **limit,
            )
            self._mail.start()
        if loops:
            self._threads = [
                threading.Thread(target=self._loop, args=(step,), name=f"worker-{name}", daemon=True)
                for name, step in (
                    ("send", self.send_due),
                    ("propose", self.propose_due),
                    ("house", self.keep_house),
                    ("attachments", self.take_in),
                    ("audit", self.keep_audit),
                )
            ]
            for thread in self._threads:
                thread.start()
        log.info("worker_started")

    def stop(self) -> None:
        """End, letting attempts under way finish; what remains is recovered at the next start."""
        with self._life:
            self._stopping.set()
            for thread in self._threads:
                thread.join(timeout=30)
            if self._mail is not None:
                self._mail.stop()
                self._mail = None
            self.sending.stop()
        log.info("worker_stopped")

    def restart(self) -> None:
        """End and begin again, in another slot where the former is taken; to be tried again where that fails."""
        try:
            with self._life:
                self.stop()
                self.start()
        except Exception as error:  # the database may still be away
            self.lost.set()
            log.warning("worker_not_restarted", error=type(error).__name__)

    def send_due(self) -> int:
        """Claim every message whose time has come and start its workflow; return how many were claimed."""
        self._holding.pause(self.store.paused())
        chosen = self._turns.next(self._holding.paused)
        claimed = sum(self._claim(each.id) for each in chosen if not self._stopping.is_set())
        if self._look_after():
            self._turns.forgive()
            self._look_after_the_stranded()
            if self._asking_after is not None:
                self._asking_after()
        if self._prune():
            self.sending.prune(self._clock())
        return claimed

    def propose_due(self) -> int:
        """Propose follow-ups: for everybody once an hour of the clock, for those touched soon; return for how many."""
        now = self._clock()
        feed.sequence(self._engine)
        with reading(self._engine) as conn:
            before = self._cursor
            if self._proposed_at is None or abs(now - self._proposed_at) >= PROPOSE_EVERY:
                self._proposed_at = now
                self._touched.clear()
                self._cursor = feed.whole_head(conn)
                everybody, fresh = True, set[str]()
                self._tills = tills(conn, now)
            else:
                everybody = False
                fresh, self._cursor = touched_since(conn, before)
                if fresh:
                    self._tills = later(self._tills, tills_between(conn, before, self._cursor, now))
        if everybody:
            report = self._propose_everybody(now)
            log.info("proposed", customers=report.customers, opened=report.opened, dismissed=report.dismissed)
            return report.customers
        ids = self._touched.take(fresh)
        return propose_for(self._engine, self._clock, self._playbook, ids, tills=self._tills).customers if ids else 0

    def _propose_everybody(self, now: datetime) -> ProposalReport:
        with reading(self._engine) as conn:
            many = conn.scalar(select(func.count()).select_from(customers)) or 0
        if many < self._at_once_from or find_spec("ibis") is None:
            return propose_all(self._engine, self._clock, self._playbook)
        from sync.insight.candidates import candidates  # an extra, and a heavy one

        found = candidates(self._engine, now, self._playbook)
        with reading(self._engine) as conn:
            found |= owners_of_open(conn)
        log.info("narrowed", customers=many, candidates=len(found))
        return propose_for(self._engine, self._clock, self._playbook, sorted(found), tills=self._tills)

    def take_in(self) -> int:
        """Fetch and look at what came with replies; return how many of them."""
        return self._taking_in()

    def keep_house(self) -> int:
        """Look whether this is still the same database, shorten the feed, and remove old attachments; return how many
        changes went."""
        if self._ask_epoch():
            settle_epoch(self._engine)
        if self._ask_quota():
            self.tell_quota()
        if self._ask_holds():
            expire(self._engine, self._clock)
        if self._look_after_visits():
            hand_on_promises(self._engine, self._clock)
            close_visits(self._engine, self._clock)
            tie_receipts(self._engine, self._clock)
        if not self._compact():
            return 0
        self._taking_in.forget_old()
        self._retention()
        with transaction(self._engine) as conn:
            Records(conn, self._clock).drop_pins_of_leavers()
        forget(self._engine, self._clock)
        gone = compact(self._engine, self._clock(), keep=timedelta(days=self._settings.tombstone_days))
        if gone.replaced or gone.tombstones:
            log.info("feed_compacted", replaced=gone.replaced, tombstones=gone.tombstones)
        return gone.replaced + gone.tombstones

    def keep_audit(self) -> int:
        """Link the events that are not linked yet, and now and then anchor the chain's head; return how many were linked."""
        linked = audit_chain.link(self._engine)
        if self._anchor():
            anchor(self._engine, self._clock, Places.of(self._settings))
        return linked

    def tell_quota(self) -> bool:
        """Let the tablets know how much of LINE's month is left; return whether there was news."""
        quota = self._holding.quota()
        return quota is not None and announce_quota(
            self._engine, self._clock, quota, self._settings.line_reserve_percent
        )

    def _claim(self, message_id: str) -> bool:
        """Claim one message. What fails at it alone is tried again a minute later and holds up none behind it."""
        try:
            return self.store.claim(message_id) is not None
        except SQLAlchemyError:
            raise
        except Exception as error:
            self._turns.leave_out(message_id)
            log.warning("claim_failed", message_id=message_id, error=type(error).__name__)
            return False

    def _attempt(self, message_id: str, number: int) -> str:
        return run_attempt(
            message_id,
            number,
            store=self.store,
            channels=self.channels,
            compose=self._compose,
            holding=self._holding,
        )

    def _look_after_the_stranded(self) -> None:
        if not self.sending.held():
            self.lost.set()
            self._stopping.set()
            log.error("worker_slot_lost")
            return
        self.sending.recover_others()
        stranded = self.store.stranded(self._clock() - STRANDED_AFTER)
        active = self.sending.active() if stranded else set()
        for message_id, number in stranded:
            if (message_id, number) not in active:
                log.warning("attempt_restarted", message_id=message_id, number=number)
                self.store.restart(message_id, number)

    def _loop(self, step: Callable[[], int]) -> None:
        while not self._stopping.wait(self._tick_seconds):
            try:
                step()
            except Exception as error:  # a database that is away for a moment must not end the worker
                log.warning("worker_tick_failed", step=step.__name__, error=type(error).__name__)


def run_worker(settings: ServerSettings) -> None:
    """Run a worker until SIGTERM or SIGINT. Raises Unavailable where its slot was lost, so that it is started anew."""
    logs.configure(settings.log_level)
    engine = open_database(settings)
    migrate(engine)
    worker = Worker(settings, engine, clock_of(settings))
    told: list[int] = []  # no event: to set one here while this thread is about to wait for it would block for ever
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _: told.append(number))
    worker.start()
    try:
        while not told and not worker.lost.wait(0.5):
            pass
    finally:
        worker.stop()
        engine.dispose()
    if worker.lost.is_set():
        raise Unavailable("The worker lost its slot and ended, so that it can start anew.")
