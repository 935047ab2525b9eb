"""The effects of commands that the server's records do not show yet, laid over the cache; in memory only.

It is always what follows from the outbox and the cached records, so nothing of it needs saving: after a crash, a rebuild
or a page it is worked out again, and a refused command's effect is gone as soon as the command is.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sync.client.effects import Read, changes, effect_of, is_shown, makes
from sync.client.outbox import Pending
from sync.model.base import Record
from sync.model.commands import RegisterCustomer

SETTLE_AFTER = timedelta(minutes=10)
"""How long an accepted command's effect stands where the feed brings nothing of it (the server decided otherwise)."""

Key = tuple[str, str]


class Overlay:
    """Safe to use from several threads.

    `base` reads the server's records as they are cached; `merged` tells which of some customers were merged, and who each is by
    now. What is under way for her goes along: it shows where her records are.
    """

    def __init__(self, base: Read, merged: Callable[[Iterable[str]], Mapping[str, str]] = lambda _: {}) -> None:
        self._base, self._ask_merged = base, merged
        self._lock = threading.RLock()
        self._pending: dict[str, dict[str, Pending]] = {}
        self._merged: dict[str, str] = {}
        """Who is found under another's id by now."""
        self._records: dict[str, dict[Key, Record]] = {}
        self._owner: dict[Key, str] = {}

    def start(self, pending: Iterable[Pending]) -> None:
        """Begin anew with what the outbox holds."""
        with self._lock:
            self._pending.clear()
            self._merged.clear()
            self._records.clear()
            self._owner.clear()
            for one in pending:
                self._pending.setdefault(one.range_id, {})[one.id] = one
            self._follow_merges(self._pending)
            for customer_id in list(self._pending):
                self._work_out(customer_id)

    def put(self, pending: Pending) -> None:
        """Show a command's effect, or take note that it has been answered."""
        with self._lock:
            self._pending.setdefault(pending.range_id, {})[pending.id] = pending
            self._follow_merges([pending.range_id])
            self._work_out(self._merged.get(pending.range_id, pending.range_id))

    def accepted(self, command_id: str, at: datetime) -> None:
        """The server has accepted it: its effect stands until the feed has brought it."""
        with self._lock:
            for commands in self._pending.values():
                if command_id in commands:
                    commands[command_id] = replace(commands[command_id], answered_at=at)

    def drop(self, command_id: str) -> None:
        """Undo a command's effect: recalled, or refused."""
        with self._lock:
            for customer_id, commands in list(self._pending.items()):
                if commands.pop(command_id, None) is not None:
                    self._work_out(customer_id)

    def refresh(self, keys: Iterable[Key], customer_ids: Iterable[str], complete_at: datetime | None) -> list[str]:
        """Work out the effects again after the server's records have changed.

        `keys` are the (kind, id) that came; `complete_at` is set when there is no more to come. Return the ids of accepted commands that are settled: what they made is
        there, what they changed has come, or it was waited for long enough.
        """
        came = set(keys)
        settled: list[str] = []
        with self._lock:
            merged = self._follow_merges(self._pending)
            touched = {*customer_ids, *merged, ""} & self._pending.keys()  # "": of no customer
            for customer_id, commands in self._pending.items():
                for one in list(commands.values()):
                    if one.answered_at is not None and self._is_settled(one, one.answered_at, came, complete_at):
                        settled.append(one.id)
                        del commands[one.id]
                        touched.add(customer_id)
            for customer_id in touched:
                self._work_out(customer_id)
        return settled

    def find(self, command_id: str) -> Pending | None:
        """Return a command that is still shown."""
        with self._lock:
            return next((found[command_id] for found in self._pending.values() if command_id in found), None)

    def record(self, kind: str, record_id: str) -> Record | None:
        with self._lock:
            owner = self._owner.get((kind, record_id))
            return self._records[owner][kind, record_id] if owner is not None else None

    def of_customer(self, customer_id: str) -> dict[Key, Record]:
        with self._lock:
            return dict(self._records.get(self._merged.get(customer_id, customer_id), ()))

    def of_kind(self, kind: str) -> dict[Key, Record]:
        with self._lock:
            return {key: self._records[owner][key] for key, owner in self._owner.items() if key[0] == kind}

    def unanswered(self, customer_id: str) -> set[str]:
        """Return the ids of records of a customer that the server has not answered for yet."""
        with self._lock:
            pending = self._pending.get(self._merged.get(customer_id, customer_id), {})
            waiting = (one for one in pending.values() if one.answered_at is None)
            keys = (key for one in waiting for key in (makes(one.command), changes(one.command)) if key is not None)
            return {record_id for _, record_id in keys}

    def customers(self) -> set[str]:
        """Return the ids of customers that have commands under way."""
        with self._lock:
            return {customer_id for customer_id, commands in self._pending.items() if commands}

    def _is_settled(self, one: Pending, answered_at: datetime, came: set[Key], complete_at: datetime | None) -> bool:
        made, changed = makes(one.command), changes(one.command)
        if made is None and changed is None:
            return True
        if self._has(one):
            return True
        if {made, changed} & came:
            return True
        return complete_at is not None and not answered_at <= complete_at < answered_at + SETTLE_AFTER

    def _has(self, one: Pending) -> bool:
        """Say whether the server's records show what the command made: then what they say stands."""
        made = makes(one.command)
        base = self._base(*made) if made is not None else None
        return base is not None and is_shown(one.command, base)

    def _follow_merges(self, customer_ids: Iterable[str]) -> set[str]:
        """Take the commands for those who were merged to who they are now; return the ids of these."""
        merged = self._ask_merged(customer_ids)
        for other, current in merged.items():
            self._pending[current] = self._pending.get(current, {}) | self._pending.pop(other)
            before = [one for one, found in self._merged.items() if found == other]
            self._merged |= dict.fromkeys([other, *before], current)
            self._work_out(other)  # nothing of it shows there any more
        return set(merged.values())

    def _work_out(self, customer_id: str) -> None:
        records: dict[Key, Record] = {}

        def read(kind: str, record_id: str) -> Record | None:
            return records.get((kind, record_id)) or self._base(kind, record_id)

        for one in self._pending.get(customer_id, {}).values():
            if self._has(one) or (isinstance(one.command, RegisterCustomer) and one.customer_id != customer_id):
                continue  # the server's records say it; who was registered and merged is there as who she is now
            for record in effect_of(_as_for(one, customer_id), read):
                records[record.kind, record.id] = record
        for key in self._records.pop(customer_id, {}):
            self._owner.pop(key, None)
        if records:
            self._records[customer_id] = records
            self._owner.update(dict.fromkeys(records, customer_id))
        if not self._pending.get(customer_id):
            self._pending.pop(customer_id, None)


def _as_for(pending: Pending, customer_id: str) -> Pending:
    """Return a command as if it had been given for who its customer is by now; "" is no customer."""
    if customer_id in ("", pending.customer_id):
        return pending
    return replace(pending, command=pending.command.model_copy(update={"customer_id": customer_id}))
