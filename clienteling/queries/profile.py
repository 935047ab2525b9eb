"""One customer's profile: everything the screen shows, read and decided in one go, off the UI loop."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from clienteling.device import Cache
from clienteling.queries.around import facts_here
from clienteling.queries.belongings import Piece, pieces_of
from clienteling.queries.promises import Given, promises_to
from clienteling.queries.stock import Item, items
from clienteling.queries.timeline import Entry, timeline
from sync.model.customer import (
    Appointment,
    AppointmentKind,
    Channel,
    Consent,
    ConsentPurpose,
    ConsentState,
    Customer,
    Order,
    Visit,
    VisitSource,
)
from sync.model.outreach import FollowUp, FollowUpState, Reason
from sync.model.shop import RetailerSettings, Shop
from sync.policy.consent import deciding, spoken, standing, stopped
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals import Proposal, leave_alone, proposals
from sync.policy.stage import Relationship, relationship
from sync.policy.tact import WebInterest, web_interest

MOST_ITEMS = 8
_AT_WORK = {FollowUpState.OPEN, FollowUpState.AWAITING_APPROVAL, FollowUpState.RETURNED, FollowUpState.SCHEDULED}


@dataclass(frozen=True)
class ChannelState:
    """How she may be reached in one channel."""

    channel: Channel
    address: bool
    consent: str
    """`granted`, `refused` or `unasked`, for messages of the relationship; a refusal of everything is `refused`."""
    preferred: bool


@dataclass(frozen=True)
class Profile:
    facts: CustomerFacts
    retailer: RetailerSettings
    shop: Shop | None
    relationship: Relationship
    proposals: tuple[Proposal, ...]
    alone: Reason | None
    """Why she is to be left alone, where she is."""
    stop: Consent | None
    """The standing word that nothing may be sent to her at all."""
    channels: tuple[ChannelState, ...]
    interest: WebInterest
    items: tuple[Item, ...]
    """What she looked at lately, with stock; empty where tact withholds it."""
    pieces: tuple[Piece, ...]
    """What she owns, the newest first."""
    timeline: tuple[Entry, ...]
    here: Visit | None
    """Her visit of today in this shop."""
    next_appointment: Appointment | None
    follow_ups: tuple[FollowUp, ...]
    """Those still to be worked on, the nearest first."""
    promises: tuple[Given, ...]
    """What is still to be kept."""
    unanswered: frozenset[str]
    """Ids of records that so far only this tablet knows of."""
    as_of: datetime | None
    """The server's time up to which this tablet knows her; None when never."""
    fetched_at: datetime | None
    """Set for a customer of another shop who was fetched for this visit."""

    @property
    def orders(self) -> tuple[Order, ...]:
        return self.facts.orders

    @property
    def first_reason(self) -> Proposal | None:
        """What to do now: the strongest proposal."""
        return self.proposals[0] if self.proposals else None

    @property
    def last_shop_visit(self) -> datetime | None:
        """When she was in a shop before today's visit."""
        before = self.here.at if self.here else datetime.max.replace(tzinfo=UTC)
        return next(iter(self.facts.arrivals(before)), None)


def load_profile(
    cache: Cache, customer_id: str, *, shop: Shop | None, now: datetime, zone: tzinfo, playbook: Playbook
) -> Profile | None:
    """Read a customer's range and decide what to show; None where this tablet does not hold her. Blocks for milliseconds."""
    records = cache.customer_range(customer_id)
    retailer = cache.retailer()
    if retailer is None or not any(isinstance(one, Customer) for one in records):
        return None
    facts = facts_here(cache, records, now, playbook)
    here = visit_today(facts, shop, now, zone)
    interest = web_interest(facts, now=now, code_scanned=is_present(facts, shop, now, zone))
    fetched_at = cache.fetched_at(customer_id)
    wanted = [(one.product_id, one.variant_id) for one in interest.items[:MOST_ITEMS]]
    return Profile(
        facts=facts,
        retailer=retailer,
        shop=shop,
        relationship=relationship(facts, now, playbook.stage),
        proposals=tuple(proposals(facts, now=now, zone=zone, playbook=playbook)),
        alone=leave_alone(facts, now=now, zone=zone, playbook=playbook),
        stop=stopped(facts.consents),
        channels=tuple(_channel(facts, channel) for channel in facts.customer.channels),
        interest=interest,
        items=tuple(items(cache, wanted, shop)),
        pieces=pieces_of(cache, facts),
        timeline=timeline(facts, now),
        here=here,
        next_appointment=next(iter(facts.booked(now)), None),
        follow_ups=tuple(sorted((f for f in facts.follow_ups if f.state in _AT_WORK), key=lambda f: f.due_at)),
        promises=promises_to(cache, facts.customer, now, zone),
        unanswered=frozenset(cache.unanswered(customer_id)),
        as_of=fetched_at or cache.freshness().get("customer"),  # the feed does not keep a visitor of this shop fresh
        fetched_at=fetched_at,
    )


def visit_today(facts: CustomerFacts, shop: Shop | None, now: datetime, zone: tzinfo) -> Visit | None:
    """Return her latest visit of today in this shop; one opened by her own code counts before others."""
    today = now.astimezone(zone).date()
    visits = [
        visit
        for visit in facts.visits
        if shop and visit.shop_id == shop.id and visit.at.astimezone(zone).date() == today and visit.ended_at is None
    ]
    return next((visit for visit in visits if visit.source is VisitSource.SCAN), visits[0] if visits else None)


def is_present(facts: CustomerFacts, shop: Shop | None, now: datetime, zone: tzinfo) -> bool:
    """Whether she has shown herself: her own code was scanned here today, or she joined today's call."""
    visit = visit_today(facts, shop, now, zone)
    if visit is not None and visit.source is VisitSource.SCAN:
        return True
    today = now.astimezone(zone).date()
    return any(
        one.appointment_kind is AppointmentKind.VIDEO
        and one.call is not None
        and one.call.customer_joined_at is not None
        and one.call.customer_joined_at.astimezone(zone).date() == today
        for one in facts.appointments
    )


def _channel(facts: CustomerFacts, channel: Channel) -> ChannelState:
    # A refusal of everything comes first; then what she said of the relationship, then of campaigns, the wider grant.
    if standing(facts.consents, channel, ConsentPurpose.ALL) is ConsentState.REFUSED:
        consent = "refused"
    else:
        narrow, wide = (
            spoken(deciding(facts.consents, channel, purpose))
            for purpose in (ConsentPurpose.RELATIONSHIP, ConsentPurpose.CAMPAIGN)
        )
        said = narrow or (wide if wide is not None and wide.state is ConsentState.GRANTED else None)
        consent = said.state.value if said is not None else "unasked"
    return ChannelState(
        channel, bool(facts.customer.address(channel)), consent, facts.customer.preferred_channel is channel
    )
