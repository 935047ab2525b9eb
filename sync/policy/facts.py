"""Everything policy knows of one customer, in one frozen value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import TypeVar

from sync.errors import NotFound
from sync.ids import imported_id
from sync.model.base import CustomerRecord, Id, Record
from sync.model.belonging import Belonging
from sync.model.customer import (
    CAME,
    Appointment,
    AppointmentState,
    Consent,
    Customer,
    Interaction,
    Order,
    OrderLine,
    Visit,
    WebActivity,
)
from sync.model.outreach import ContactElsewhere, FollowUp, Message
from sync.model.slip import Slip

WEB_SHOP_ID = imported_id("shop", "web")
"""The web shop's id: orders placed there are purchases, but no visits."""

_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Piece:
    """How many of a variant lie in a shop, with what is said of its product."""

    product_id: Id
    variant_id: Id
    shop_id: Id
    quantity: int
    name: str = ""
    category: str = ""
    since: datetime | None = None
    """From when on it has lain there without a break (`StockLevel.since`)."""


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """One customer and what belongs to her; each tuple is sorted newest first (by `sort_at`, then id).

    The last two are not hers but lie about her: whoever asks for signals lays them beside (`dataclasses.replace`).
    """

    customer: Customer
    consents: tuple[Consent, ...] = ()
    orders: tuple[Order, ...] = ()
    web: tuple[WebActivity, ...] = ()
    visits: tuple[Visit, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    messages: tuple[Message, ...] = ()
    contacts_elsewhere: tuple[ContactElsewhere, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    slips: tuple[Slip, ...] = ()
    belongings: tuple[Belonging, ...] = ()
    shelf: tuple[Piece, ...] = ()
    """Where the pieces lie that she may be waiting for (`signals.wanted_in_stock.wanted`); those at none lie nowhere."""
    tills_until: Mapping[Id, datetime] | None = None
    """Up to when each shop's tills have reported: the time of the newest order seen there, whoever's it was. A shop
    that is missing has never reported. None: nobody looked, and nothing waits for the tills."""

    def arrivals(self, before: datetime) -> tuple[datetime, ...]:
        """Return the moments before `before` at which she was in a shop, newest first: visits, purchases at a till,
        and appointments that took place."""
        moments = [visit.at for visit in self.visits]
        moments += [order.at for order in self.orders if order.shop_id != WEB_SHOP_ID]
        moments += [a.at for a in self.appointments if a.state in CAME]
        return tuple(sorted((at for at in moments if at < before), reverse=True))

    def contact_days(self, before: datetime, zone: tzinfo) -> tuple[date, ...]:
        """Return the days (in `zone`) before `before` on which she was with us, newest first and each once:
        in a shop, or buying in the web shop."""
        moments = [*self.arrivals(before), *(order.at for order in self.orders if order.at < before)]
        return tuple(sorted({at.astimezone(zone).date() for at in moments}, reverse=True))

    def reported(self, shop_id: Id, since: datetime) -> bool:
        """Return whether the tills of a shop have reported past a moment, so that not having bought there means it.

        True as well where nobody looked (`tills_until` is None): then every purchase known counts, and no other.
        """
        if self.tills_until is None:
            return True
        until = self.tills_until.get(shop_id)
        return until is not None and until > since

    @property
    def shop_id(self) -> Id | None:
        """Her shop: the one she is at home in, else the one she was in last; None for one who only knows the web."""
        been = [(at, shop_id) for at, shop_id in self.been() if shop_id != WEB_SHOP_ID]
        return self.customer.home_shop_id or (max(been)[1] if been else None)

    def been(self) -> tuple[tuple[datetime, Id], ...]:
        """Return when and where she came or bought, in no order."""
        visits = ((visit.at, visit.shop_id) for visit in self.visits)
        return (*visits, *((order.at, order.shop_id) for order in self.orders))

    def booked(self, now: datetime) -> tuple[Appointment, ...]:
        """Return her appointments that lie ahead, the nearest first."""
        ahead = [a for a in self.appointments if a.state is AppointmentState.BOOKED and a.at > now]
        return tuple(sorted(ahead, key=lambda a: (a.at, a.id)))


def own_lines(order: Order) -> tuple[OrderLine, ...]:
    """Return the lines of an order that say something of her: gifts left out."""
    return tuple(line for line in order.lines if not line.gift)


def main_line(order: Order) -> OrderLine | None:
    """Return the line of an order that it is remembered for: the dearest piece, the first of equals, never a gift."""
    return max(own_lines(order), key=lambda line: line.price.amount, default=None)


R = TypeVar("R", bound=CustomerRecord)


def facts_from(records: Iterable[Record]) -> CustomerFacts:
    """Gather one customer's records into facts; records of other kinds, or of somebody else, are left out.

    Raises NotFound where her own record is not among them.
    """
    records = tuple(records)
    customer = next((record for record in records if isinstance(record, Customer)), None)
    if customer is None:
        raise NotFound("There is no customer among these records.")
    hers = {customer.id, *customer.aliases}

    def of(kind: type[R]) -> tuple[R, ...]:
        found = {r.id: r for r in records if isinstance(r, kind) and r.customer_id in hers}
        return tuple(sorted(found.values(), key=lambda r: (r.sort_at or _EARLIEST, r.id), reverse=True))

    return CustomerFacts(
        customer=customer,
        consents=of(Consent),
        orders=of(Order),
        web=of(WebActivity),
        visits=of(Visit),
        appointments=of(Appointment),
        interactions=of(Interaction),
        messages=of(Message),
        contacts_elsewhere=of(ContactElsewhere),
        follow_ups=of(FollowUp),
        slips=of(Slip),
        belongings=of(Belonging),
    )
