"""The outbox: commands from the moment a person gave them until the server's answer has settled. It is never rebuilt."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from sync.client.device import Device
from sync.client.types import RefusedCommand
from sync.clock import micros, moment
from sync.model.commands import AnyCommand, Envelope, Outcome
from sync.model.commands_goods import AmendHold, PlaceHold
from sync.model.outreach import Reason
from sync.protocol import SealedWork
from sync.sealed.box import seal_for
from sync.sealed.lease import WORK_USE
from sync.sealed.vault import Unsealable

log = structlog.get_logger(__name__)


NOTICES = ("replayed", "maybe_same", "unusable_fields")
"""Codes with which the server accepts a command and yet wants somebody to look; the other ones show in the records."""

CHANGING = (
    "cancel_message",
    "approve_message",
    "return_message",
    "assign_follow_up",
    "close_follow_up",
    "put_off_follow_up",
    "move_hold",
    "amend_hold",
    "keep_promise",
    "pass_promise",
    "withdraw_promise",
    "change_tray",
    "flag_gift",
    "note_answer",
    "note_companions",
    "hand_over_visit",
    "drop_visit_draft",
    "close_visit",
    "attach_receipt",
    "plan_follow_up",
)
"""Commands about a record that an earlier one may have made or changed: they never overtake one that is still held."""


@dataclass(frozen=True)
class Pending:
    """A command whose effect is still shown by this device rather than by the server's records."""

    id: str
    staff_id: str | None
    device_time: datetime
    command: AnyCommand
    answered_at: datetime | None = None
    """When the server accepted it; its effect then stands until the feed has brought it."""

    @property
    def customer_id(self) -> str:
        return self.command.customer_id

    @property
    def range_id(self) -> str:
        """In whose range its effect shows; empty for what is no customer's, also where the command names one."""
        return "" if isinstance(self.command, PlaceHold | AmendHold) else self.customer_id


@dataclass(frozen=True)
class Counts:
    waiting: int
    held: int
    oldest: datetime | None


class Outbox:
    """Every method is one transaction on `device.db`, on the disk before it returns."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self.unreadable: set[str] = set()
        """Ids of waiting commands that were sealed with a key which is gone; they are kept, in case it comes back."""

    def add(self, pending: Pending, *, not_before: datetime | None) -> None:
        """Keep a command. With `not_before` it may be recalled until it is released."""
        plain = _payload(pending)
        payload = self._device.vault.seal("outbox", pending.id, plain)
        with self._device.transaction() as conn:
            conn.execute(
                "INSERT INTO outbox"
                " (id, staff_id, type, customer_id, payload, device_time, made_at, not_before, for_server, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')",
                (
                    pending.id,
                    pending.staff_id,
                    pending.command.type,
                    pending.customer_id,
                    payload,
                    pending.device_time.isoformat(),
                    micros(pending.device_time),
                    micros(not_before) if not_before is not None else None,
                    self._for_server(pending.id, plain),
                ),
            )

    def recall(self, command_id: str) -> bool:
        """Take a held command back. False when it was not held, or has been released already."""
        with self._device.transaction() as conn:
            return (
                conn.execute(
                    "DELETE FROM outbox WHERE id = ? AND seq IS NULL AND not_before IS NOT NULL AND state = 'waiting'",
                    (command_id,),
                ).rowcount
                == 1
            )

    def release(self, now: datetime, limit: int) -> list[Envelope]:
        """Number what may go, in the order it was given, and return the oldest `limit` that wait for an answer.

        A hold also ends when the clock has been set back to before the command was given. What is new goes past what is
        held; what changes something (`CHANGING`) waits for whatever is held for that customer before it.
        """
        held = "state = 'waiting' AND seq IS NULL AND not_before > ?1 AND made_at <= ?1"
        changing = ", ".join(f"'{one}'" for one in CHANGING)
        with self._device.transaction() as conn:
            due = conn.execute(
                f"SELECT id FROM outbox AS one WHERE state = 'waiting' AND seq IS NULL AND NOT coalesce({held}, 0)"  # noqa: S608 - our own text  # nosec B608
                f" AND NOT (type IN ({changing}) AND EXISTS (SELECT 1 FROM outbox AS other WHERE {held}"
                " AND other.customer_id = one.customer_id AND other.rowid < one.rowid)) ORDER BY rowid",
                (micros(now),),
            ).fetchall()
            if due:
                last = conn.execute("SELECT value FROM meta WHERE name = 'last_seq'").fetchone()
                start = int(last[0]) if last else 0
                conn.executemany(
                    "UPDATE outbox SET seq = ? WHERE id = ?", [(start + n, row[0]) for n, row in enumerate(due, 1)]
                )
                conn.execute("INSERT OR REPLACE INTO meta VALUES ('last_seq', ?)", (str(start + len(due)),))
            rows = conn.execute(
                "SELECT id, seq, payload FROM outbox WHERE state = 'waiting' AND seq IS NOT NULL AND payload IS NOT NULL"
                " ORDER BY seq LIMIT ?",
                (limit + len(self.unreadable),),
            ).fetchall()
        found = []
        for command_id, seq, payload in rows:
            plain = self._open(command_id, payload)
            if plain is not None:
                found.append(Envelope.model_validate({**plain, "id": command_id, "seq": seq}))
        return found[:limit]

    def answer(self, outcomes: Iterable[Outcome], now: datetime) -> list[str]:
        """Keep the server's answers; return the ids that were still waiting for one."""
        answered = []
        with self._device.transaction() as conn:
            for outcome in outcomes:
                reason = outcome.reason.model_dump_json() if outcome.reason is not None else None
                changed = conn.execute(
                    "UPDATE outbox SET state = ?, reason = ?, answered_at = ?, settled = ?,"
                    " payload = CASE WHEN ? THEN payload END, for_server = NULL WHERE id = ? AND state = 'waiting'",
                    (
                        "sent" if outcome.accepted else "refused",
                        reason,
                        micros(now),
                        0 if outcome.accepted else 1,
                        outcome.accepted,
                        outcome.id,
                    ),
                ).rowcount
                if changed:
                    answered.append(outcome.id)
        return answered

    def to_hand_over(self, limit: int) -> list[SealedWork]:
        """Return the oldest commands that the server has not answered and nobody has left there yet, sealed for it.

        One whose own seal is of a key that is gone goes with the server's.
        """
        rows = self._device.rows(
            "SELECT id, payload, for_server FROM outbox WHERE state = 'waiting' AND handed_over = 0 ORDER BY rowid"
        )
        found = []
        for command_id, payload, for_server in rows:
            sealed = for_server
            if sealed is None and (plain := self._open(command_id, payload)) is not None:
                sealed = self._for_server(command_id, json.dumps(plain, ensure_ascii=False).encode())
            if sealed is not None:
                found.append(SealedWork(id=command_id, sealed=sealed.hex()))
            if len(found) == limit:
                break
        return found

    def handed_over(self, command_ids: Iterable[str]) -> None:
        """The server keeps these for a manager. They stay here too, for the day this device is enrolled again."""
        with self._device.transaction() as conn:
            conn.executemany("UPDATE outbox SET handed_over = 1 WHERE id = ?", [(one,) for one in command_ids])

    def count_handed_over(self) -> int:
        """Return how many commands wait at the server for a manager."""
        return int(self._device.rows("SELECT count(*) FROM outbox WHERE state = 'waiting' AND handed_over = 1")[0][0])

    def settle(self, command_ids: Sequence[str]) -> None:
        """The server's own records show these now: their words need not be kept here."""
        if command_ids:
            with self._device.transaction() as conn:
                conn.executemany(
                    "UPDATE outbox SET settled = 1, payload = NULL WHERE id = ? AND state = 'sent'",
                    [(command_id,) for command_id in command_ids],
                )

    def forget_answered(self, before: datetime) -> None:
        """Drop what was answered before a moment and needs nobody's eye any more."""
        with self._device.transaction() as conn:
            conn.execute(
                "DELETE FROM outbox WHERE answered_at < ? AND settled = 1 AND (state = 'sent' OR dismissed = 1)",
                (micros(before),),
            )

    def unsettled(self) -> list[Pending]:
        """Return every command whose effect this device has to show itself, in the order they were given."""
        rows = self._device.rows("SELECT id, payload, answered_at FROM outbox WHERE settled = 0 ORDER BY rowid")
        found = []
        for command_id, payload, answered_at in rows:
            plain = self._open(command_id, payload) if payload is not None else None
            if plain is not None:
                envelope = Envelope.model_validate({**plain, "id": command_id, "seq": 1})
                found.append(
                    Pending(
                        id=command_id,
                        staff_id=envelope.staff_id,
                        device_time=envelope.device_time,
                        command=envelope.command,
                        answered_at=moment(answered_at) if answered_at is not None else None,
                    )
                )
        return found

    def states(self, command_ids: Iterable[str]) -> dict[str, str]:
        """Return of each command whether it is `waiting`, `sent` or `refused`; one that was recalled is missing."""
        found = dict(self._device.rows("SELECT id, state FROM outbox"))
        return {one: found[one] for one in command_ids if one in found}

    def refused(self) -> tuple[RefusedCommand, ...]:
        """Return what the server refused and nobody has dismissed yet, newest first."""
        return self._answered("state = 'refused'")

    def notices(self) -> tuple[RefusedCommand, ...]:
        """Return what the server accepted in a way that a person should look at, not dismissed yet, newest first."""
        codes = ", ".join(f"'{code}'" for code in NOTICES)
        return self._answered(f"state = 'sent' AND reason ->> 'code' IN ({codes})")

    def _answered(self, which: str) -> tuple[RefusedCommand, ...]:
        rows = self._device.rows(
            "SELECT id, type, customer_id, reason, answered_at, staff_id FROM outbox"  # noqa: S608 - our own text  # nosec B608
            f" WHERE {which} AND dismissed = 0 ORDER BY answered_at DESC, rowid DESC"
        )
        return tuple(
            RefusedCommand(
                command_id=row[0],
                type=row[1],
                customer_id=row[2],
                reason=Reason.model_validate_json(row[3]) if row[3] else None,
                at=moment(row[4]),
                staff_id=row[5],
            )
            for row in rows
        )

    def dismiss(self, command_id: str) -> None:
        """A person has seen this refusal or notice."""
        with self._device.transaction() as conn:
            conn.execute("UPDATE outbox SET dismissed = 1 WHERE id = ? AND state != 'waiting'", (command_id,))

    def counts(self, now: datetime) -> Counts:
        """Count what waits for the server and what is still held back; a hold that is over counts as waiting."""
        row = self._device.rows(
            "SELECT count(*), coalesce(sum(seq IS NULL AND not_before > ?), 0), min(made_at)"
            " FROM outbox WHERE state = 'waiting'",
            micros(now),
        )[0]
        return Counts(waiting=row[0] - row[1], held=row[1], oldest=moment(row[2]) if row[2] is not None else None)

    def has_unsent(self) -> bool:
        """Say whether anything waits for the server, held or not."""
        return bool(self._device.rows("SELECT 1 FROM outbox WHERE state = 'waiting' LIMIT 1"))

    def next_release(self) -> datetime | None:
        """Return when the next hold ends."""
        row = self._device.rows("SELECT min(not_before) FROM outbox WHERE state = 'waiting' AND seq IS NULL")[0]
        return moment(row[0]) if row[0] is not None else None

    def _for_server(self, command_id: str, plain: bytes) -> bytes | None:
        public = self._device.get("server_key")
        return seal_for(bytes.fromhex(public), WORK_USE, command_id, plain) if public else None

    def _open(self, command_id: str, payload: bytes) -> dict[str, Any] | None:
        try:
            plain: dict[str, Any] = json.loads(self._device.vault.open("outbox", command_id, payload))
        except Unsealable:
            if command_id not in self.unreadable:
                log.error("unsent_command_unreadable", command=command_id)
            self.unreadable.add(command_id)
            return None
        return plain


def _payload(pending: Pending) -> bytes:
    return json.dumps(
        {
            "staff_id": pending.staff_id,
            "device_time": pending.device_time.isoformat(),
            "command": pending.command.model_dump(mode="json", exclude_none=True),
        },
        ensure_ascii=False,
    ).encode()
