"""A message in the making: what may be written to her and why, in which words, by which way, and what she will see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from clienteling.queries.letter import Letter
from sync.model.catalogue import Product, Variant
from sync.model.customer import Channel
from sync.model.outreach import Cause, FollowUp, FollowUpState, Message, MessageState, Reason, Voice
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.claims import claims_of, truth
from sync.policy.facts import CustomerFacts
from sync.policy.gate import ChannelChoice, channels
from sync.policy.naming import app_title, line_name, mail_account, mail_sender, work_name
from sync.policy.playbook import Playbook
from sync.policy.sender import Sender
from sync.policy.signals import Proposal, proposals
from sync.policy.speaker import speaks_for
from sync.policy.template_facts import product_name
from sync.policy.whose import named
from sync.policy.words import (
    Finding,
    Template,
    blocking_codes,
    check_subject,
    check_words,
    full_text,
    no_words,
    render,
    templates,
)

_TOKEN_PLACE = "x" * 26
"""Stands in the preview for the token of a link, as long as those that the server makes for each message."""
_ADDRESS_PLACE = "https://shop.example.jp"
"""Where the server has not told this tablet yet how customers reach it."""

_FREE = (FollowUpState.OPEN, FollowUpState.RETURNED)
"""Follow-ups that a new message may be written for; the others have one on its way."""


@dataclass(frozen=True)
class Writer:
    """Who writes, where and when: what words depend on besides the customer."""

    staff: Staff | None
    shop: Shop
    retailer: RetailerSettings
    colleagues: Sequence[Staff]
    now: datetime
    zone: tzinfo
    playbook: Playbook
    charge: Staff | None = None
    """The person in charge of the customer, where that person works in the shop."""

    def speaking(self, cause: Cause, voice: Voice) -> "Writer":
        """In whose name it is: the chosen one, or the shop where nobody else may speak of the cause."""
        return replace(self, staff=named(voice, cause, self.staff, self.charge) if self.staff is not None else None)


@dataclass(frozen=True)
class Checked:
    """What is said of the words as they stand."""

    body: tuple[Finding, ...]
    subject: tuple[Finding, ...]
    blocking: frozenset[str]
    untrue: Reason | None
    """What is claimed and does not hold for her, here and now."""

    @property
    def stops(self) -> bool:
        return self.untrue is not None or any(one.code in self.blocking for one in (*self.body, *self.subject))


@dataclass(frozen=True)
class Offer:
    """One way to begin: a cause, and the template for it in each channel."""

    cause: Cause
    proposal: Proposal | None
    templates: tuple[Template, ...]
    evidence: Reason | None = None
    """Why, where a signal or a follow-up says so."""
    refusal: Reason | None = None
    """Why nothing can be sent for it now, by any channel."""

    def template(self, channel: Channel) -> Template | None:
        """The template that suits a channel, the one that the proposal suggests before others."""
        fitting = [one for one in self.templates if channel in one.channels]
        named = self.proposal.template if self.proposal else ""
        return next((one for one in fitting if one.name == named), fitting[0] if fitting else None)


def offers(facts: CustomerFacts, writer: Writer, again: Message | None = None) -> tuple[Offer, ...]:
    """Return the causes for which somebody may write to her today: first what can be sent, then what cannot and why; of
    each the strongest first.

    What signals propose comes first, then open follow-ups, then what staff may always do: thank her for a visit, ask how
    a purchase is. A welcome-back or a service message without its cause is not on offer: the cause decides which rules
    bind, so it has to be true. That of a message which was sent back (`again`) was judged before.
    """
    found = proposals(facts, now=writer.now, zone=writer.zone, playbook=writer.playbook)
    causes: dict[Cause, Proposal | None] = {}
    evidence: dict[Cause, Reason] = {}
    for proposal in found:
        causes.setdefault(proposal.cause, proposal)
        evidence.setdefault(proposal.cause, proposal.evidence)
    for one in facts.follow_ups:
        if one.state in _FREE and (one.stale_after is None or one.stale_after > writer.now):
            causes.setdefault(one.cause, None)
            evidence.setdefault(one.cause, one.evidence)
    if again is not None:
        causes.setdefault(again.cause, None)
    if facts.arrivals(writer.now):
        causes.setdefault(Cause.AFTER_VISIT, None)
    if facts.orders:
        causes.setdefault(Cause.AFTER_PURCHASE, None)
    everything = templates(facts.customer.language)
    made = [
        Offer(cause, proposal, tuple(one for one in everything if one.cause is cause), evidence.get(cause))
        for cause, proposal in causes.items()
    ]
    worded = [one for one in made if no_words(facts.customer.language, one.cause) is None]
    judged = [replace(one, refusal=_refusal(facts, one, writer)) for one in worded]
    return tuple(sorted(judged, key=lambda one: one.refusal is not None))


def _refusal(facts: CustomerFacts, offer: Offer, writer: Writer) -> Reason | None:
    choices = ways(facts, offer.cause, writer)
    worded = [one for one in choices if offer.template(one.channel)] or choices
    if any(one.decision.allowed for one in worded):
        return None
    return worded[0].decision.refusals[0]


def ways(
    facts: CustomerFacts,
    cause: Cause,
    writer: Writer,
    *,
    voice: Voice = Voice.SELF,
    follow_up_id: str | None = None,
    body: str | None = None,
) -> list[ChannelChoice]:
    """Judge every channel for a cause, with everything that the server will judge by; the best first."""
    follow_up = follow_up_for(facts, cause, follow_up_id)
    return channels(
        facts,
        cause=cause,
        now=writer.now,
        zone=writer.zone,
        playbook=writer.playbook,
        follow_up_id=follow_up.id if follow_up else None,
        staff_id=writer.staff.id if writer.staff else None,
        sender=Sender(writer.shop, writer.retailer, writer.speaking(cause, voice).staff),
        body=body,
    )


def fill(
    template: Template,
    facts: CustomerFacts,
    products: Iterable[Product],
    writer: Writer,
    ready: Variant | None = None,
) -> tuple[str, str]:
    """Return (subject, body) of a template with her facts; `ready` is what waits for her, where that is why."""
    draft = render(
        template,
        facts=facts,
        staff=writer.staff,
        shop=writer.shop,
        retailer=writer.retailer,
        products=list(products),
        now=writer.now,
        zone=writer.zone,
        colleagues=writer.colleagues,
        ready=ready,
    )
    return draft.subject, draft.body


def check(
    subject: str,
    body: str,
    channel: Channel,
    cause: Cause,
    letter: Letter,
    products: Sequence[Product],
    writer: Writer,
    message_id: str = "",
) -> Checked:
    """Hold the words against the brand guide, and what they claim against what is known on this tablet."""
    customer, playbook = letter.contact.facts.customer, writer.playbook
    language = customer.language
    items = [product_name(one, language) for one in products]
    found = check_words(
        body,
        channel=channel,
        language=language,
        playbook=playbook,
        family_name=customer.family_name,
        footer=preview("", channel, language, writer, products=bool(products)),
        items=items,
        speaker=speaks_for(cause),
    )
    mail = channel is Channel.EMAIL
    untrue = truth(
        claims_of(f"{subject}\n{body}" if mail else body),
        letter.contact.facts,
        now=writer.now,
        stock=max((letter.stock[one.id] for one in products if one.id in letter.stock), default=None),
        categories={one.category for one in products},
        prices=letter.prices,
        message_id=message_id or None,
    )
    return Checked(
        body=tuple(found),
        subject=tuple(check_subject(subject, language=language, playbook=playbook, items=items)) if mail else (),
        blocking=blocking_codes(playbook, language, cause),
        untrue=untrue,
    )


def preview(body: str, channel: Channel, language: str, writer: Writer, *, products: bool = False) -> str:
    """Return the text as it will arrive, made by the function that makes what is sent; `products`: it leads to some."""
    address = writer.retailer.public_url.rstrip("/") or _ADDRESS_PLACE
    return full_text(
        body,
        channel=channel,
        retailer=writer.retailer,
        shop=writer.shop,
        language=language,
        opt_out_url=f"{address}/c/{_TOKEN_PLACE}",
        products_url=f"{address}/p/{_TOKEN_PLACE}" if products else "",
    )


def seen_sender(channel: Channel, language: str, writer: Writer) -> str:
    """Return whose name stands over the message, as that channel shows it."""
    staff, shop, retailer = writer.staff, writer.shop, writer.retailer
    if channel is Channel.LINE:
        account = retailer.line_account or retailer.brand
        name = line_name(staff, shop, retailer, language, writer.colleagues)
        return f"{name} from {account}" if name else account
    if channel is Channel.APP:
        return app_title(staff, shop, retailer, language, writer.colleagues)
    if channel is Channel.EMAIL:
        name = work_name(staff, language, writer.colleagues) if staff else ""
        return mail_sender(name, mail_account(shop, retailer, language))
    return retailer.brand


def sent_back(facts: CustomerFacts, staff_id: str | None, *, message_id: str, follow_up_id: str) -> Message | None:
    """Return the message that a manager gave back to this writer: the named one, or that of the named follow-up."""
    wanted = {message_id, *(one.message_id for one in facts.follow_ups if one.id == follow_up_id)}
    return next(
        (
            one
            for one in facts.messages
            if one.id in wanted and one.state is MessageState.RETURNED and one.writer_id == staff_id
        ),
        None,
    )


def follow_up_for(facts: CustomerFacts, cause: Cause, follow_up_id: str | None) -> FollowUp | None:
    """Return the follow-up that a message of this cause answers: the named one, else an open one of the same cause."""
    named = next((one for one in facts.follow_ups if one.id == follow_up_id and one.cause is cause), None)
    return named or next((one for one in facts.follow_ups if one.cause is cause and one.state in _FREE), None)
