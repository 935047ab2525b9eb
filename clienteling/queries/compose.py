"""A message in the making: what may be written to her and why, in which words, by which way, and what she will see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from clienteling.queries.contact import Contact
from sync.model.catalogue import Product
from sync.model.customer import Channel
from sync.model.outreach import Cause, FollowUp, FollowUpState, Message, MessageState, Reason
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.facts import CustomerFacts
from sync.policy.gate import ChannelChoice, channels
from sync.policy.naming import mail_account, mail_sender, sender_name, work_name
from sync.policy.playbook import Playbook
from sync.policy.signals import Proposal, proposals
from sync.policy.words import Finding, Template, check_words, full_text, render, templates

OPT_OUT_PLACE = "https://…/c/…"
"""Stands in the preview for the link that the server makes for each message."""

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


@dataclass(frozen=True)
class Offer:
    """One way to begin: a cause, and the template for it in each channel."""

    cause: Cause
    proposal: Proposal | None
    templates: tuple[Template, ...]
    evidence: Reason | None = None
    """Why, where a signal or a follow-up says so."""

    def template(self, channel: Channel) -> Template | None:
        """The template that suits a channel, the one that the proposal suggests before others."""
        fitting = [one for one in self.templates if channel in one.channels]
        named = self.proposal.template if self.proposal else ""
        return next((one for one in fitting if one.name == named), fitting[0] if fitting else None)


def offers(facts: CustomerFacts, writer: Writer, again: Message | None = None) -> tuple[Offer, ...]:
    """Return the causes for which somebody may write to her today, the strongest first.

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
    return tuple(one for one in made if one.templates)


def ways(facts: CustomerFacts, cause: Cause, writer: Writer) -> list[ChannelChoice]:
    """Judge every channel for a cause; the best first."""
    return channels(facts, cause=cause, now=writer.now, zone=writer.zone, playbook=writer.playbook)


def fill(template: Template, facts: CustomerFacts, products: Iterable[Product], writer: Writer) -> tuple[str, str]:
    """Return (subject, body) of a template with her facts."""
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
    )
    return draft.subject, draft.body


def findings(body: str, channel: Channel, contact: Contact, writer: Writer) -> list[Finding]:
    """What the brand guide says of the words as they stand."""
    return check_words(
        body,
        channel=channel,
        language=contact.facts.customer.language,
        playbook=writer.playbook,
        family_name=contact.facts.customer.family_name,
    )


def preview(body: str, channel: Channel, language: str, writer: Writer) -> str:
    """Return the text as it will arrive, made by the function that makes what is sent."""
    return full_text(
        body,
        channel=channel,
        retailer=writer.retailer,
        shop=writer.shop,
        language=language,
        opt_out_url=OPT_OUT_PLACE,
    )


def seen_sender(channel: Channel, language: str, writer: Writer) -> str:
    """Return whose name stands over the message, as that channel shows it."""
    staff, shop, retailer = writer.staff, writer.shop, writer.retailer
    if channel is Channel.LINE:
        name = sender_name(staff, shop, language, writer.colleagues) if staff else shop.name
        return f"{name} from {retailer.line_account or retailer.brand}"
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
            if one.id in wanted and one.state is MessageState.RETURNED and one.staff_id == staff_id
        ),
        None,
    )


def follow_up_for(facts: CustomerFacts, cause: Cause, follow_up_id: str | None) -> FollowUp | None:
    """Return the follow-up that a message of this cause answers: the named one, else an open one of the same cause."""
    named = next((one for one in facts.follow_ups if one.id == follow_up_id and one.cause is cause), None)
    return named or next((one for one in facts.follow_ups if one.cause is cause and one.state in _FREE), None)
