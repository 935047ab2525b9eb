"""The gate: may this message go to her, by this channel, now? The tablet asks beforehand, the server when it takes the
command, and again in the transaction that claims the message for sending.

The cause decides the purpose, and the purpose the rules:

    reply         within 72 hours of her message; no cap and no marketing consent; by day and evening
    service       she asked for it: no cap and no marketing consent; quiet hours hold
    relationship  everything holds: consent for the channel, caps, pace, reasons to leave her alone, quiet hours
    campaign      everything holds, and the consent must be for campaigns

That she wants no contact at all, an opt-out or block of the channel, a missing address and an expired message stop all four. A relationship message needs
a standing `relationship` grant, or, where she never spoke about that, a `campaign` grant: who agreed to be written to by
the shop at large agreed to the lesser thing. The wider way round does not hold.

Codes that refuse, with their parameters (times are ISO 8601 in UTC):

    staff_left      staff_id                 in whose name it would go
    not_set_up      channel                  the house has no app to send to
    not_complete    field                    of the sender, which the law asks for in a mail or text message
    too_long        limit                    with its footer
    no_address      channel
    do_not_contact  at, source               a standing refusal of everything on every channel
    opted_out       channel, at, source      a standing refusal of everything on this channel
    blocked         channel, at              she blocked our LINE account
    no_message      hours                    nothing of hers to answer
    reply_late      hours, at                her message is too old to be answered as one
    refused         channel, purpose, at
    no_consent      channel, purpose
    cap             days, most, count, next_at
    pace_gap        pace, days, next_at
    topic_declined  topic                    she does not want to hear of such things
    pace_quiet, open_complaint (at), return_open (at), displeased (at, until), unanswered (count, days, until)
    bereaved        at, until                no congratulations while she mourns
    duplicate       at, cause, staff_id      somebody has written, or is about to, for the same reason (see `duplicate`)
    stale_reason    why, at                  what it was for is gone (see `stale`)
    expired         hours, at                its time is over

Codes that only tell (also beside a yes):

    later           at                       it is quiet there; it goes at `at`
    last_contact    at, days, channel, staff_id, message_id, cause
    also_writing    at, cause, staff_id      somebody else answered, or served, minutes ago
    next_contact    at                       after this one, no further contact before; beside a refusal: not before
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from sync.model.base import Id
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState
from sync.model.outreach import Cause, Direction, Message, Purpose, Reason
from sync.policy import consent
from sync.policy.bereavement import CONGRATULATIONS, bereaved
from sync.policy.contact import CAPPED_PURPOSES, contact_time, frequency, iso, next_contact, outgoing, restraint
from sync.policy.duplicate import also_writing, duplicate
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.quiet_hours import next_allowed
from sync.policy.sender import Sender, unfit
from sync.policy.stale import stale
from sync.policy.topics import declined

NOTES = frozenset({"later", "last_contact", "also_writing", "next_contact"})
"""Codes that tell without refusing."""

_PURPOSES = {
    Cause.REPLY: Purpose.REPLY,
    Cause.ALTERATION_READY: Purpose.SERVICE,
    Cause.HOLD_READY: Purpose.SERVICE,
    Cause.APPOINTMENT: Purpose.SERVICE,
    Cause.ORDER: Purpose.SERVICE,
    Cause.CORRECTION: Purpose.SERVICE,
    Cause.RETURNED: Purpose.RELATIONSHIP,
    Cause.LAPSED: Purpose.RELATIONSHIP,
    Cause.AFTER_VISIT: Purpose.RELATIONSHIP,
    Cause.AFTER_PURCHASE: Purpose.RELATIONSHIP,
    Cause.FIRST_PURCHASE: Purpose.RELATIONSHIP,
    Cause.WEB_UP: Purpose.RELATIONSHIP,
    Cause.BIRTHDAY: Purpose.RELATIONSHIP,
    Cause.ANNIVERSARY: Purpose.RELATIONSHIP,
    Cause.WANTED_IN_STOCK: Purpose.RELATIONSHIP,
    Cause.DUE_AGAIN: Purpose.RELATIONSHIP,
    Cause.AFTER_APPOINTMENT: Purpose.RELATIONSHIP,
    Cause.CART_LEFT: Purpose.CAMPAIGN,
    Cause.RANK: Purpose.CAMPAIGN,
    Cause.POINTS_EXPIRE: Purpose.CAMPAIGN,
    Cause.CAMPAIGN: Purpose.CAMPAIGN,
}


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    purpose: Purpose
    reasons: tuple[Reason, ...] = ()
    """Why not, and what to know."""
    send_after: datetime | None = None
    """When it goes if not at once: the end of the quiet hours, or the time it was planned for. None beside a refusal."""

    @property
    def refusals(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.code not in NOTES)

    @property
    def notes(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.code in NOTES)


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    channel: Channel
    decision: Decision
    preferred: bool
    """She named this channel as the one she likes."""


def purpose_of(cause: Cause) -> Purpose:
    """Return the purpose that a cause has. Staff choose neither."""
    return _PURPOSES[cause]


def judge(
    facts: CustomerFacts,
    *,
    cause: Cause,
    channel: Channel,
    now: datetime,
    zone: tzinfo,
    playbook: Playbook,
    message_id: str | None = None,
    planned_for: datetime | None = None,
    follow_up_id: Id | None = None,
    staff_id: Id | None = None,
    sender: Sender | None = None,
    body: str | None = None,
) -> Decision:
    """Decide, with all reasons. `zone` is the customer's, else that of her home shop.

    `message_id` names the message under judgement where it already is among the facts (approving, claiming): it does not
    count against itself, and its own planned time and age are taken into account. `planned_for` is the time that staff
    chose for a message that is not; `follow_up_id` what it answers, `staff_id` who writes. With `sender` (and `body`, once there
    are words) it is judged too whether it can go from there: everything that the claim would refuse. Rules are judged for
    the moment at which it would arrive.
    """
    message = next((m for m in facts.messages if m.id == message_id), None) if message_id else None
    if message is not None:
        planned_for = planned_for or message.send_after
        follow_up_id, staff_id, body = message.follow_up_id, message.staff_id, message.body
    now = now.astimezone(UTC)
    earliest = max(now, planned_for.astimezone(UTC)) if planned_for else now
    when = next_allowed(earliest, zone=zone, purpose=purpose_of(cause), playbook=playbook)
    case = _Case(
        facts, cause, channel, now, earliest, when, zone, playbook, message, follow_up_id, staff_id, sender, body
    )

    refusals = tuple(_refusals(case))
    notes = tuple(_notes(case, refused=bool(refusals)))
    waits = when if when > now and not refusals else None
    return Decision(not refusals, case.purpose, (*refusals, *notes), waits)


def channels(
    facts: CustomerFacts,
    *,
    cause: Cause,
    now: datetime,
    zone: tzinfo,
    playbook: Playbook,
    follow_up_id: Id | None = None,
    staff_id: Id | None = None,
    sender: Sender | None = None,
    body: str | None = None,
) -> list[ChannelChoice]:
    """Judge every channel for a cause; best first: allowed, then the one she prefers, then the house's order.

    The app is among them only where the house has one, or, where no `sender` tells, she does.
    """
    order = [*playbook.contact.channel_order, *(c for c in Channel if c not in playbook.contact.channel_order)]
    if not (sender.retailer.app_name if sender is not None else facts.customer.app_token):
        order = [channel for channel in order if channel is not Channel.APP]
    choices = [
        ChannelChoice(
            channel,
            judge(
                facts,
                cause=cause,
                channel=channel,
                now=now,
                zone=zone,
                playbook=playbook,
                follow_up_id=follow_up_id,
                staff_id=staff_id,
                sender=sender,
                body=body,
            ),
            facts.customer.preferred_channel is channel,
        )
        for channel in order
    ]
    return sorted(choices, key=lambda choice: (not choice.decision.allowed, not choice.preferred))


def ever_open(facts: CustomerFacts, purpose: Purpose) -> bool:
    """Return whether any channel could carry a capped purpose to her at all: she has an address there, and her consent
    stands. What passes by itself (caps, pace, quiet hours, a pause) is not asked."""
    return any(
        facts.customer.address(channel)
        and _opt_out(facts.consents, channel) is None
        and not any(_consent_missing(facts.consents, channel, purpose))
        for channel in Channel
    )


@dataclass(frozen=True, slots=True)
class _Case:
    facts: CustomerFacts
    cause: Cause
    channel: Channel
    now: datetime
    earliest: datetime
    when: datetime
    """When it would arrive."""
    zone: tzinfo
    playbook: Playbook
    message: Message | None
    follow_up_id: Id | None
    staff_id: Id | None
    sender: Sender | None
    body: str | None

    @property
    def purpose(self) -> Purpose:
        return purpose_of(self.cause)

    @property
    def message_id(self) -> Id | None:
        return self.message.id if self.message is not None else None


def _refusals(case: _Case) -> Iterator[Reason]:
    facts, channel, when, rules = case.facts, case.channel, case.when, case.playbook.contact
    if case.sender is not None:
        yield from unfit(case.sender, channel, language=facts.customer.language, body=case.body, at=when)
    if not facts.customer.address(channel):
        yield Reason(code="no_address", params={"channel": channel.value})
    if case.message is not None:
        latest = contact_time(case.message) + timedelta(hours=rules.expiry_hours)
        if when > latest:
            yield Reason(code="expired", params={"hours": rules.expiry_hours, "at": iso(latest)})
    gone = _stale(case)
    if gone is not None:
        yield gone
    opted_out = _opt_out(facts.consents, channel)
    if opted_out is not None:
        yield opted_out
    if case.purpose is Purpose.REPLY:
        yield from _too_late_to_reply(facts, when, rules.reply_hours)
    if case.purpose in CAPPED_PURPOSES:
        if opted_out is None:
            yield from _consent_missing(facts.consents, channel, case.purpose)
        yield from _of_our_own_accord(case)


def _stale(case: _Case) -> Reason | None:
    follow_up = next((f for f in case.facts.follow_ups if f.id == case.follow_up_id), None)
    source = case.message or follow_up
    since = case.now if source is None else source.at if isinstance(source, Message) else source.created_at
    evidence = follow_up.evidence if follow_up is not None and follow_up.cause is case.cause else None
    return stale(case.facts, case.cause, since=since, when=case.when, evidence=evidence)


def _of_our_own_accord(case: _Case) -> Iterator[Reason]:
    facts, when, playbook = case.facts, case.when, case.playbook
    unwanted = declined(facts.customer, case.cause)
    if unwanted is not None:
        yield unwanted
    mourns = bereaved(facts, when, playbook.restraint) if case.cause in CONGRATULATIONS else None
    if mourns is not None:
        yield mourns
    yield from restraint(facts, when, playbook, case.message_id)
    said = duplicate(
        facts,
        case.cause,
        now=case.now,
        zone=case.zone,
        playbook=playbook,
        message=case.message,
        follow_up_id=case.follow_up_id,
    )
    if said is not None:
        yield said
    yield from frequency(facts, when, playbook.contact, case.message_id)


def refusal(consents: Sequence[Consent], channel: Channel, purpose: Purpose) -> Reason | None:
    """Return by what word of hers a message of a purpose may not go on a channel, or None where she refused nothing that
    binds it."""
    everything = _opt_out(consents, channel)
    if everything is not None or purpose not in CAPPED_PURPOSES:
        return everything
    return next((each for each in _consent_missing(consents, channel, purpose) if each.code == "refused"), None)


def _opt_out(consents: Sequence[Consent], channel: Channel) -> Reason | None:
    entry = consent.deciding(consents, channel, ConsentPurpose.ALL)
    if entry is None or entry.state is not ConsentState.REFUSED:
        return None
    everywhere = consent.stopped(consents)
    if everywhere is not None:
        return Reason(code="do_not_contact", params={"at": iso(everywhere.at), "source": everywhere.source})
    if entry.source == "line_unfollow":
        return Reason(code="blocked", params={"channel": channel.value, "at": iso(entry.at)})
    return Reason(code="opted_out", params={"channel": channel.value, "at": iso(entry.at), "source": entry.source})


def _consent_missing(consents: Sequence[Consent], channel: Channel, purpose: Purpose) -> Iterator[Reason]:
    asked = ConsentPurpose.CAMPAIGN if purpose is Purpose.CAMPAIGN else ConsentPurpose.RELATIONSHIP
    entry = consent.spoken(consent.deciding(consents, channel, asked))
    if entry is None and asked is ConsentPurpose.RELATIONSHIP:
        wider = consent.spoken(consent.deciding(consents, channel, ConsentPurpose.CAMPAIGN))
        entry = wider if wider is not None and wider.state is ConsentState.GRANTED else None
    if entry is None:
        yield Reason(code="no_consent", params={"channel": channel.value, "purpose": asked.value})
    elif entry.state is ConsentState.REFUSED:
        yield Reason(code="refused", params={"channel": channel.value, "purpose": asked.value, "at": iso(entry.at)})


def _too_late_to_reply(facts: CustomerFacts, when: datetime, hours: int) -> Iterator[Reason]:
    last = next((m for m in facts.messages if m.direction is Direction.IN and m.at <= when), None)
    if last is None:
        yield Reason(code="no_message", params={"hours": hours})
    elif when > last.at + timedelta(hours=hours):
        yield Reason(code="reply_late", params={"hours": hours, "at": iso(last.at)})


def _notes(case: _Case, *, refused: bool) -> Iterator[Reason]:
    facts, now, when = case.facts, case.now, case.when
    if when > case.earliest and not refused:
        yield Reason(code="later", params={"at": iso(when)})
    past = next((m for m in outgoing(facts, case.message_id) if contact_time(m) <= now), None)
    if past is not None:
        at = contact_time(past)
        params = {"at": iso(at), "days": (now - at).days, "channel": past.channel.value, "message_id": past.id}
        params["cause"] = past.cause.value
        if past.staff_id is not None:
            params["staff_id"] = past.staff_id
        yield Reason(code="last_contact", params=params)
    if case.purpose not in CAPPED_PURPOSES:
        beside = also_writing(facts, case.cause, now=now, staff_id=case.staff_id, message=case.message)
        if beside is not None:
            yield beside
        return
    free_at = next_contact(facts, when, case.playbook.contact, case.message_id, also=None if refused else when)
    if free_at is not None and free_at > when:
        yield Reason(code="next_contact", params={"at": iso(free_at)})
