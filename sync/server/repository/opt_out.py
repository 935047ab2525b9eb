"""Stopping messages, and taking that back: entries of the consent ledger, and the messages they hold back."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from sync.ids import derived_id
from sync.model.base import Record
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Customer
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState, Reason
from sync.policy.consent import deciding, spoken, standing
from sync.policy.contact import iso
from sync.policy.gate import refusal
from sync.policy.topics import declined
from sync.server.repository import attempts, customer_links
from sync.server.repository.records import Records
from sync.server.tables_edges import attempts as attempts_table

BOUNCED = "hard_bounce"
"""Source of the refusal that stands where her address does not work."""
BY_STAFF = "staff"
"""Source of what staff entered for her: a stop, and the end of one."""
UNDO_SOURCE = "opt_out_link_undo"
_WAITING = ("queued", "sending")
UNDOABLE = frozenset({"opt_out_link", "preferences"})
"""Sources of what she stopped by a link herself, which she may take back there."""


def refuse(
    records: Records,
    customer_id: str,
    channel: Channel | None,
    *,
    at: datetime,
    source: str,
    entry_id: str,
    recorded_by: str | None = None,
    why: str = "",
    wording_version: str = "",
) -> bool:
    """Enter a refusal of everything on a channel (None: on every channel) and cancel what waits to be sent there.

    Return False where the same refusal stands already; nothing is entered then. What she says herself is entered beside what
    staff entered for her: it takes more to lift.
    """
    consents = records.find(Consent, customer_id=customer_id)
    last = deciding(consents, channel, ConsentPurpose.ALL)
    new = last is None or last.state is not ConsentState.REFUSED or (channel is None and last.channel is not None)
    if new or (last is not None and last.source == BY_STAFF != source):
        entry = _entry(entry_id, customer_id, channel, ConsentPurpose.ALL, ConsentState.REFUSED, at, source)
        records.put(
            entry.model_copy(update={"recorded_by": recorded_by, "wording": why, "wording_version": wording_version})
        )
        new = True
    cancel_waiting(records, customer_id, channel, at, source)
    return new


def undo(records: Records, customer_id: str, channel: Channel | None, *, at: datetime) -> bool:
    """Take back a refusal that she made by a link, and only such a one; return whether there was one.

    Entries are never removed, so the refusal is answered by a grant of `all`. That grant would also speak for narrower
    purposes that she never agreed to; for these, what stood before the refusal is entered beside it.
    """
    consents = records.find(Consent, customer_id=customer_id)
    refusal = deciding(consents, channel, ConsentPurpose.ALL)
    if refusal is None or refusal.state is not ConsentState.REFUSED or refusal.source not in UNDOABLE:
        return False
    if refusal.channel is not channel:
        return False  # she stopped everything; that is taken back as a whole or not at all
    lift(records, consents, refusal, at=at, source=UNDO_SOURCE)
    return True


def lift(
    records: Records,
    consents: Sequence[Consent],
    refusal: Consent,
    *,
    at: datetime,
    source: str,
    recorded_by: str | None = None,
    word: str = "",
    wording_version: str = "",
) -> None:
    """Answer a standing refusal of everything by a grant of `all`, since entries are never removed.

    That grant would also speak where she never agreed, and over her other refusals; so what stands without the refusal
    is entered beside it: refusals of everything as they are, and a refusal of each purpose of which she never spoke.
    """
    channel, customer_id = refusal.channel, refusal.customer_id
    at = max(at, refusal.at + timedelta(microseconds=1))  # of two entries of one instant the refusal would win
    others = [entry for entry in consents if entry.id != refusal.id]
    entry_id = derived_id("consent", source, refusal.id)
    granted = _entry(entry_id, customer_id, channel, ConsentPurpose.ALL, ConsentState.GRANTED, at, source)
    said = {"recorded_by": recorded_by, "wording": word, "wording_version": wording_version}
    entries = [granted.model_copy(update=said)]
    for one in [channel] if channel is not None else [None, *Channel]:
        other = deciding(others, one, ConsentPurpose.ALL)
        if other is not None and other.state is ConsentState.REFUSED:
            if other.channel is one or channel is not None:
                entry_id = derived_id("consent", source, refusal.id, one.value if one else "")
                entries.append(other.model_copy(update={"id": entry_id, "channel": one, "at": at}))
            continue
        for purpose in (ConsentPurpose.RELATIONSHIP, ConsentPurpose.CAMPAIGN) if one is not None else ():
            assert one is not None
            if spoken(deciding(others, one, purpose)) is None:
                entry_id = derived_id("consent", source, refusal.id, one.value, purpose.value)
                entries.append(_entry(entry_id, customer_id, one, purpose, ConsentState.REFUSED, at, source))
    records.put_many(entries)


def cancel_waiting(records: Records, customer_id: str, channel: Channel | None, at: datetime, source: str = "") -> int:
    """Cancel her messages on a channel (None: on every channel) as `heed` does, for a refusal of everything there."""
    why = {"at": iso(at), "source": source}

    def reason(message: Message) -> Reason | None:
        if channel is None:
            return Reason(code="do_not_contact", params=why)
        if message.channel is not channel:
            return None
        return Reason(code="opted_out", params={"channel": channel.value, **why})

    return _cancel(records, customer_id, at, reason)


def heed(records: Records, customer_ids: Collection[str], at: datetime) -> int:
    """Cancel what waits and the ledgers and declined topics, as they stand now, refuse: for entries that were not made by
    `refuse`.

    That is what waits for its turn, or was claimed but not yet handed to a provider. One that a provider may have from an
    earlier attempt ends as UNKNOWN: it is not tried again, but it may have gone. Return how many.
    """
    waiting = records.find(Message, customer_id=list(set(customer_ids)), state=_WAITING) if customer_ids else []
    cancelled = 0
    for customer_id in sorted({message.customer_id for message in waiting}):
        consents = records.find(Consent, customer_id=customer_id)
        customer = records.get(Customer, customer_id)
        cancelled += _cancel(records, customer_id, at, partial(_refusal, consents, customer))
    return cancelled


def _refusal(consents: Sequence[Consent], customer: Customer | None, message: Message) -> Reason | None:
    word = refusal(consents, message.channel, message.purpose)
    return word or (declined(customer, message.cause) if customer is not None else None)


def _cancel(records: Records, customer_id: str, at: datetime, reason_of: Callable[[Message], Reason | None]) -> int:
    reasons = {
        message.id: (message, reason)
        for message in records.find(Message, customer_id=customer_id, state=_WAITING)
        if (reason := reason_of(message)) is not None
    }
    waiting = [message for message, _ in reasons.values()]
    under_way = _under_way(records, [m.id for m in waiting])
    maybe = attempts.may_have_gone(records.conn, [m.id for m in waiting])
    changed: list[Record] = []
    for message in waiting:
        if message.id in under_way:
            continue
        if message.id in maybe:
            changed += unknown(records, message, at)
            continue
        update = {"state": MessageState.CANCELLED, "state_at": at, "reason": reasons[message.id][1]}
        changed.append(message.model_copy(update=update))
        follow_up = released(records, message)
        if follow_up is not None:
            changed.append(follow_up)
    records.put_many(changed)
    return len(changed)


def released(records: Records, message: Message) -> FollowUp | None:
    """Return the follow-up of a message that will not go, open again; None where it has none or it was closed since."""
    if message.follow_up_id is None:
        return None
    follow_up = records.get(FollowUp, message.follow_up_id)
    if follow_up is None or follow_up.state is not FollowUpState.SCHEDULED:
        return None
    return follow_up.model_copy(update={"state": FollowUpState.OPEN, "message_id": None})


def done(records: Records, message: Message) -> FollowUp | None:
    """Return the follow-up of a message that went, or may have, as done; None where it has none that waited for it."""
    follow_up = records.get(FollowUp, message.follow_up_id) if message.follow_up_id else None
    if follow_up is None or follow_up.state is not FollowUpState.SCHEDULED:
        return None
    return follow_up.model_copy(update={"state": FollowUpState.DONE})


def unknown(records: Records, message: Message, at: datetime) -> list[Record]:
    """Return a message that may have gone and is not tried again, and its follow-up, as they are to be written."""
    update = {"state": MessageState.UNKNOWN, "state_at": at, "reason": Reason(code=attempts.NO_ANSWER)}
    follow_up = done(records, message)
    return [message.model_copy(update=update), *([follow_up] if follow_up is not None else [])]


def resume(records: Records, customer_id: str, channel: Channel, *, at: datetime, source: str, entry_id: str) -> bool:
    """Enter that she opened a channel by her own act (following the LINE account), unless she refused it elsewhere.

    Only a block of the account is lifted by following it again.
    """
    last = deciding(records.find(Consent, customer_id=customer_id), channel, ConsentPurpose.ALL)
    if last is not None and (last.state is ConsentState.GRANTED or last.source != "line_unfollow"):
        return False
    records.put(_entry(entry_id, customer_id, channel, ConsentPurpose.ALL, ConsentState.GRANTED, at, source))
    return True


def reopen(records: Records, customer_id: str, channel: Channel, at: datetime) -> bool:
    """Enter that a channel works again, since she has another address there; return whether it was closed for that.

    Only what a bounce closed is opened: what she refused herself stays refused, whatever her address is.
    """
    last = deciding(records.find(Consent, customer_id=customer_id), channel, ConsentPurpose.ALL)
    if last is None or last.source != BOUNCED or last.state is not ConsentState.REFUSED:
        return False
    entry_id = derived_id("consent", "new_address", last.id)
    at = max(at, last.at + timedelta(microseconds=1))
    entries = [_entry(entry_id, customer_id, channel, ConsentPurpose.ALL, ConsentState.GRANTED, at, "new_address")]
    before = [e for e in records.find(Consent, customer_id=customer_id) if e.id != last.id]
    for purpose in (ConsentPurpose.RELATIONSHIP, ConsentPurpose.CAMPAIGN):
        if standing(before, channel, purpose) is not ConsentState.GRANTED:
            entry_id = derived_id("consent", "new_address", last.id, purpose.value)
            entries.append(_entry(entry_id, customer_id, channel, purpose, ConsentState.REFUSED, at, "new_address"))
    records.put_many(entries)
    return True


def reopen_changed(records: Records, customers: Sequence[Customer], at: datetime) -> None:
    """Reopen mail for those of these customers, about to be written, whose mail address is another one now. Where an address
    or number of hers became another, whoever has the former may not see her page by a link that went there."""
    before = records.get_many(Customer, [each.id for each in customers])
    for each in customers:
        if each.id not in before:
            continue
        was = before[each.id]
        mail = was.email != "" and each.email.casefold() != was.email.casefold()
        if mail and each.email:
            reopen(records, each.id, Channel.EMAIL, at)
        if mail or (was.phone and was.phone != each.phone):
            customer_links.revoke(records.conn, each.id, at)


def _under_way(records: Records, message_ids: list[str]) -> set[str]:
    """Return those messages of which an attempt began and has no outcome: a provider may have them already."""
    if not message_ids:
        return set()
    query = select(attempts_table.c.message_id).where(
        attempts_table.c.message_id.in_(message_ids), attempts_table.c.finished_at.is_(None)
    )
    return set(records.conn.scalars(query))


def _entry(
    entry_id: str,
    customer_id: str,
    channel: Channel | None,
    purpose: ConsentPurpose,
    state: ConsentState,
    at: datetime,
    source: str,
) -> Consent:
    return Consent(
        id=entry_id, customer_id=customer_id, channel=channel, purpose=purpose, state=state, at=at, source=source
    )
