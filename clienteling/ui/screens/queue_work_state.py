"""What is suggested for a follow-up, ready to be sent from the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from clienteling.device import Cache
from clienteling.queries.compose import Offer, Writer, check, offers, sent_back, ways
from clienteling.queries.letter import Letter, load_letter
from clienteling.queries.queue import Group, Line
from clienteling.queries.sender import Sender, sender
from clienteling.state import Directory
from clienteling.ui.screens.compose_state import Writing, begin, resume
from sync.model.commands import CloseFollowUp, PutOffFollowUp, QueueMessage
from sync.model.customer import Channel
from sync.model.outreach import Cause
from sync.model.shop import Staff
from sync.policy.gate import ChannelChoice
from sync.policy.queue import may_be_put_off
from sync.policy.whose import in_charge

WORK = frozenset({Group.RETURNED, Group.OVERDUE, Group.TODAY, Group.LATER})
DAYS = (1, 3, 7)
"""In how many days one that is put off may come back."""


def is_ones_own(line: Line, staff_id: str | None) -> bool:
    """Return whether somebody can do the follow-up from here: it is theirs or nobody's, and nothing of it is on its way."""
    return line.group in WORK and not line.loose and line.follow_up.assignee_id in (None, staff_id)


@dataclass(frozen=True)
class Suggestion:
    line: Line
    letter: Letter
    writer: Writer
    offer: Offer
    writing: Writing
    way: ChannelChoice
    names: Sender | None

    def hindrance(self, body: str) -> str:
        """Return why it cannot go from here in these words, as a code; empty where it can."""
        if not self.way.decision.allowed:
            return "gate"
        if self.names is not None and self.names.off_duty:
            return "off_duty"
        if self.letter.namesakes:
            return "namesakes"
        words = self.writing
        said = check(words.subject, body, self.way.channel, self.offer.cause, self.letter, words.products,
                     self.writer.speaking(self.offer.cause, words.voice), words.message_id)  # fmt: skip
        return "words" if said.stops or not body.strip() else ""

    def goes_at(self) -> datetime | None:
        """Return until when it waits; None where it goes at once."""
        earliest = self.way.decision.send_after or self.writer.now
        at = max(earliest, self.names.chosen.from_ or earliest) if self.names is not None else earliest
        return at if at > self.writer.now else None

    def command(self, body: str, message_id: str) -> QueueMessage:
        """Return what sends it; `message_id` is that of a new message."""
        words, reply = self.writing, self.letter.contact.last_reply if self.offer.cause is Cause.REPLY else None
        return QueueMessage(
            message_id=words.message_id or message_id,
            customer_id=self.letter.contact.facts.customer.id,
            shop_id=self.writer.shop.id,
            channel=self.way.channel,
            cause=self.offer.cause,
            subject=words.subject.strip() if self.way.channel is Channel.EMAIL else "",
            body=body.strip(),
            product_ids=tuple(one.id for one in words.products),
            template=words.template,
            follow_up_id=self.line.follow_up.id,
            in_reply_to=reply.id if reply else None,
            voice=words.voice,
        )


def load_suggestions(
    cache: Cache, lines: Sequence[Line], directory: Directory, me: Staff | None, now: datetime
) -> Mapping[str, Suggestion]:
    """Read what is suggested, by follow-up id; one for which nothing can be suggested is left out. Blocks for milliseconds
    each."""
    found = ((one.follow_up.id, _suggestion(cache, one, directory, me, now)) for one in lines)
    return {name: one for name, one in found if one is not None}


def _suggestion(cache: Cache, line: Line, directory: Directory, me: Staff | None, now: datetime) -> Suggestion | None:
    shop, zone, one = directory.shop, directory.zone, line.follow_up
    letter = load_letter(cache, one.customer_id, shop, now, zone, directory.playbook, ())
    if letter is None or shop is None or me is None:
        return None
    contact = letter.contact
    charge = in_charge(contact.facts.customer, directory.staff.values(), shop.id)
    writer = Writer(me, shop, contact.retailer, contact.colleagues, now, zone, directory.playbook, charge)
    again = sent_back(contact.facts, me.id, message_id="", follow_up_id=one.id)
    offer = next((found for found in offers(contact.facts, writer, again) if found.cause is one.cause), None)
    if offer is None:
        return None
    words = resume(again, contact) if again is not None else begin(contact, [offer], writer, one.cause.value)
    choice = ways(contact.facts, one.cause, writer, voice=words.voice, follow_up_id=one.id, body=words.body)
    way = next((found for found in choice if found.channel is words.channel), choice[0])
    people, shifts = directory.staff.values(), tuple(cache.shifts())
    names = sender(contact.facts, writer, people, shifts, one.cause, way.channel, words.voice, way.decision.send_after)
    return Suggestion(line, letter, writer, offer, words, way, names)


def put_off(lines: Sequence[Line], days: int, now: datetime, zone: tzinfo) -> list[PutOffFollowUp]:
    """Return what brings each back in so many days from today, at its own time of the day; one whose time is over by then is
    left out."""
    day = now.astimezone(zone).date() + timedelta(days=days)
    made = []
    for one in (line.follow_up for line in lines):
        to = datetime.combine(day, one.due_at.astimezone(zone).timetz())
        if may_be_put_off(one, to):
            made.append(
                PutOffFollowUp(follow_up_id=one.id, customer_id=one.customer_id, seen_due_at=one.due_at, due_at=to)
            )
    return made


def leave(lines: Sequence[Line], why: str) -> list[CloseFollowUp]:
    """Return what ends each without a message, with the reason as a code, which each reads in the own language."""
    return [
        CloseFollowUp(
            follow_up_id=one.follow_up.id, customer_id=one.follow_up.customer_id, outcome="dismissed", comment=why
        )
        for one in lines
    ]
