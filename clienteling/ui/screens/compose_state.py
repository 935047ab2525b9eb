"""A message while it is written: how it begins, and what fills it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clienteling.queries.compose import Offer, Writer, fill, follow_up_for, ways
from clienteling.queries.contact import Contact
from sync.model.catalogue import Product
from sync.model.customer import Channel
from sync.model.outreach import Cause, Message, Voice
from sync.policy.renaming import renamed


@dataclass(frozen=True)
class Writing:
    """What the screen holds while somebody writes."""

    cause: Cause | None = None
    channel: Channel | None = None
    template: str = ""
    subject: str = ""
    body: str = ""
    products: tuple[Product, ...] = ()
    edited: bool = False
    """Typed by hand: another product or channel then leaves the words alone."""
    confirmed: bool = False
    """Somebody has looked at kana and last visit: it is she, and not another of that name."""
    voice: Voice = Voice.SELF
    """The name that was chosen."""
    written_as: Voice = Voice.SELF
    """The name that the words were written for: another one may stand in them than was chosen since."""
    message_id: str = ""
    """Of the message that was sent back and whose words these are; empty for a new one."""
    follow_up_id: str = ""
    """Of the follow-up that it began with; empty where none asked for it."""


def begin(
    contact: Contact,
    offered: Sequence[Offer],
    writer: Writer,
    cause: str,
    voice: Voice = Voice.SELF,
    follow_up_id: str = "",
) -> Writing:
    """Start with the asked-for cause, or the strongest one; the channel is the best the gate leaves open. What waits for
    her is named where that is why."""
    offer = next((one for one in offered if one.cause == cause), offered[0])
    choice = ways(contact.facts, offer.cause, writer, voice=voice)
    fitting = [one for one in choice if offer.template(one.channel)]  # none: an answer in a language without words
    way = (fitting or choice)[0]
    if offer.proposal and offer.proposal.channel and any(one.channel is offer.proposal.channel for one in fitting):
        way = next(one for one in fitting if one.channel is offer.proposal.channel)
    task = follow_up_for(contact.facts, offer.cause, follow_up_id)
    ready = contact.ready.get(task.id) if task else None
    products = tuple(one for one in contact.products if ready is not None and one.id == ready.product_id)
    writing = Writing(
        offer.cause, way.channel, products=products, voice=voice, follow_up_id=task.id if task is not None else ""
    )
    return refill(writing, offer, contact, writer)


def resume(again: Message, contact: Contact) -> Writing:
    """Go on with what a manager sent back, in its own words."""
    products = tuple(one for one in contact.products if one.id in again.product_ids)
    own = again.staff_id == again.writer_id
    voice = Voice.SELF if own else Voice.SHOP if again.staff_id is None else Voice.CHARGE
    return Writing(
        again.cause,
        again.channel,
        again.template,
        again.subject,
        again.body,
        products,
        edited=True,
        voice=voice,
        written_as=voice,
        message_id=again.id,
    )


def refill(writing: Writing, offer: Offer, contact: Contact, writer: Writer) -> Writing:
    """Fill the template of the channel, unless somebody has already typed."""
    assert writing.channel is not None
    template = offer.template(writing.channel)
    if writing.edited or template is None:
        return writing
    voice, ready = writer.speaking(offer.cause, writing.voice), contact.ready.get(writing.follow_up_id)
    subject, body = fill(template, contact.facts, writing.products, voice, ready)
    return replace(writing, template=template.name, subject=subject, body=body, written_as=writing.voice)


def another_name(writing: Writing, contact: Contact, writer: Writer) -> bool:
    """Whether words that were typed by hand still say the name that was chosen before."""
    changed = renamed_words(writing, contact, writer)
    return writing.edited and (changed.subject, changed.body) != (writing.subject, writing.body)


def renamed_words(writing: Writing, contact: Contact, writer: Writer) -> Writing:
    """Put the chosen name where the words say the former one."""
    if writing.cause is None or writing.written_as is writing.voice:
        return writing
    old = writer.speaking(writing.cause, writing.written_as).staff
    new = writer.speaking(writing.cause, writing.voice).staff
    language = contact.facts.customer.language

    def change(words: str) -> str:
        return renamed(
            words,
            old,
            new,
            shop=writer.shop,
            retailer=writer.retailer,
            language=language,
            colleagues=writer.colleagues,
        )

    return replace(writing, subject=change(writing.subject), body=change(writing.body), written_as=writing.voice)
