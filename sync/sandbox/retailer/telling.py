"""The tools by which cases tell a customer's history instead of leaving it to chance."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sync.sandbox.retailer import letters, meetings
from sync.sandbox.retailer.browsing import device, identified, session
from sync.sandbox.retailer.customers import LIKES, Addresses, draw_sizes, everything_granted
from sync.sandbox.retailer.names import Name
from sync.sandbox.retailer.orders import Shelf
from sync.sandbox.retailer.world import (
    WEB,
    Appointment,
    Case,
    Consent,
    Customer,
    Look,
    Note,
    Order,
    Product,
    Visit,
    World,
)


class Teller:
    """Adds to a world what happened to one customer at a time. Days count back from today; hours are the shop's."""

    def __init__(self, world: World, shelf: Shelf, addresses: Addresses) -> None:
        self.world = world
        self.random: Random = world.random("cases")
        self.addresses = addresses
        self._shelf = shelf
        self._devices: dict[str, str] = {}

    def persona(self, name: Name, home: str, charge: str, channels: str, joined: date, **more: Any) -> Customer:
        """Make an ordinary customer, whose number she keeps, into this person, with fresh addresses on these channels."""
        customer = self.cast(lambda c: c.orders >= 3)
        customer.family, customer.given = name.family, name.given
        customer.family_kana, customer.given_kana, customer.language = name.family_kana, name.given_kana, name.language
        customer.home, customer.charge, customer.joined = home, charge, joined
        customer.line = self.addresses.line() if "line" in channels else ""
        customer.phone = self.addresses.phone(fails="fails" in channels) if "sms" in channels else ""
        customer.email = self.addresses.email(*name.latin) if "email" in channels else ""
        customer.preferred = channels.split()[0]
        customer.pace, customer.birthday = "modest", ""
        customer.sizes, customer.dislikes = draw_sizes(self.random), ()
        customer.likes = tuple(self.random.sample(LIKES, 2))
        for key, value in more.items():
            setattr(customer, key, value)
        return customer

    def cast(self, fits: Callable[[Customer], bool]) -> Customer:
        """Return an ordinary customer who fits, and mark that her history is told."""
        while True:
            customer = self.random.choice(self.world.customers)
            if not customer.told and customer.language == "ja" and customer.home != WEB and fits(customer):
                customer.told = True
                return customer

    def more(self, code: str, count: int, story: Callable[[Customer, int], None]) -> None:
        """Tell the same of `count` more customers of Ginza, numbered from 1; they granted everything and prefer LINE."""
        for number in range(1, count + 1):
            customer = self.cast(lambda c: c.home == "ginza" and bool(c.charge) and bool(c.line))
            customer.joined = min(customer.joined, self.world.today - timedelta(days=900))
            customer.pace = "" if customer.pace == "quiet" else customer.pace
            customer.preferred = "line"
            self.agrees(customer)
            story(customer, number)
            self.listed(code, customer, "", "", on_page=False)

    def ago(self, minutes: int) -> datetime:
        """Return the moment so many minutes ago, to the minute."""
        return self.world.now.replace(second=0, microsecond=0) - timedelta(minutes=minutes)

    def slot(self, number: int) -> datetime:
        """Return today's n-th free time at Ginza, from 0: the next one, then 45 minutes apart, or less so that all fit."""
        first = meetings.next_slot(self.world.now)
        step = int((first.replace(hour=19, minute=45) - first) / timedelta(minutes=20)) * 5
        return first + timedelta(minutes=min(45, step)) * number

    def listed(self, code: str, customer: Customer, ja: str, en: str, *, on_page: bool = True) -> None:
        """Note that she is a case, and whether the page of phones shows her."""
        self.world.cases.append(Case(code, customer, ja, en, on_page))

    def agrees(self, customer: Customer, *, but: str = "") -> None:
        """She granted everything when she joined, `but` not to relationship and campaign messages on one channel."""
        everything_granted(self.world, customer)
        for consent in self.world.consents:
            if but and consent.customer is customer and consent.channel == but:
                consent.state = "refused"

    def refuses_everything(self, customer: Customer, days: int) -> None:
        """She refused every channel and purpose so many days ago."""
        self.world.consents.append(Consent(customer, "", "all", "refused", self.world.at(-days, 20, 14)))

    def buys(
        self, customer: Customer, days: int, *categories: str, shop: str = "", staff: str = "", hour: int = 15
    ) -> Order:
        """She bought these categories (by chance one) so many days ago, in her home shop from the one in charge."""
        at = self.world.at(-days, hour, self.random.randint(2, 57))
        lines = [self._shelf.line(self.random, customer, at.date(), category) for category in categories or ("",)]
        shop = shop or customer.home
        seller = "" if shop == WEB else staff or customer.charge
        order = Order(customer, shop, at, lines, seller)
        self.world.orders.append(order)
        if shop != WEB:
            self.world.visits.append(Visit(customer, shop, at - timedelta(minutes=35), seller))
        return order

    def visits(self, customer: Customer, days: int, *, shop: str = "", staff: str = "", hour: int = 14) -> None:
        """She came without buying."""
        at = self.world.at(-days, hour, self.random.randint(2, 57))
        self.world.visits.append(Visit(customer, shop or customer.home, at, staff or customer.charge))

    def note(
        self,
        customer: Customer,
        days: int,
        tag: str,
        text: str,
        *,
        shop: str = "",
        staff: str = "",
        product: Product | None = None,
    ) -> None:
        """Staff wrote this down at the end of the meeting of that day."""
        at = self.world.at(-days, 16, self.random.randint(2, 57))
        products = (product,) if product is not None else ()
        self.world.notes.append(
            Note(customer, shop or customer.home, staff or customer.charge, at, text, (tag,), products)
        )

    def browses(self, customer: Customer, days: int, category: str, views: int, hour: int = 21) -> None:
        """She looked at products of a category in the web shop, signed in."""
        at = self.world.at(-days, hour, self.random.randint(2, 50))
        anonymous = self._devices.get(customer.user_id) or device(self.random)
        looks = list(
            session(
                self.random,
                self._shelf,
                at,
                customer=customer,
                anonymous=anonymous,
                signed_in=True,
                category=category,
                views=views,
            )
        )
        self._looked(customer, anonymous, looks)

    def _looked(self, customer: Customer, anonymous: str, looks: list[Look]) -> None:
        new = customer.user_id not in self._devices
        self._devices[customer.user_id] = anonymous
        self.world.looks.extend(looks)
        if new:
            self.world.looks.append(identified(looks[0]))

    def puts(self, customer: Customer, days: int, category: str, event: str, hour: int = 21) -> Look:
        """She put a product of a category into her cart (`Product Added`) or on her wish list
        (`Product Added to Wishlist`) in the web shop, signed in."""
        at = self.world.at(-days, hour, self.random.randint(2, 50))
        anonymous = self._devices.get(customer.user_id) or device(self.random)
        product = self._shelf.product(self.random, category, at.date())
        variant = self._shelf.variant(self.random, product, customer.sizes)
        look = Look(at, event, customer, anonymous, True, product, variant, category)
        self._looked(customer, anonymous, [look])
        return look

    def spends(self, customer: Customer, least: int, below: int, days: int) -> None:
        """She bought for at least `least` and less than `below` yen in all: last so many days ago, and each month
        before. A purchase that would be too much did not happen."""
        spent = 0
        while spent < least:
            order = self.buys(customer, days)
            if spent + order.total >= below:
                self.world.orders.remove(order)
                self.world.visits.pop()
                continue
            spent += order.total
            days = min(days + 31, 720)

    def books(
        self, customer: Customer, at: datetime, staff: str, subject: str, *, kind: str = "store", minutes: int = 45
    ) -> None:
        """She has an appointment at Ginza, booked yesterday night."""
        booked = self.world.at(-1, 21, self.random.randint(2, 57))
        self.world.appointments.append(Appointment(customer, "ginza", staff, kind, at, minutes, booked, subject))

    def met(self, customer: Customer, days: int, subject: str, state: str) -> None:
        """She had an appointment at Ginza with the one in charge, booked a week before; `state` is what became of it."""
        at, booked = self.world.at(-days, 14, 30), self.world.at(-days - 7, 20, self.random.randint(2, 57))
        self.world.appointments.append(
            Appointment(customer, "ginza", customer.charge, "store", at, 45, booked, subject, state)
        )

    def written(
        self,
        customer: Customer,
        days: int,
        cause: str,
        product: Product,
        *,
        channel: str = "",
        shop: str = "",
        staff: str = "",
    ) -> None:
        """Staff wrote to her that day at 15:12, on the channel she prefers."""
        letters.write(
            self.world,
            customer,
            shop or customer.home,
            staff or customer.charge,
            channel or customer.preferred,
            cause,
            self.world.at(-days, 15, 12),
            product,
        )

    def answers(self, customer: Customer, at: datetime, text: str) -> None:
        """She wrote back to the one in charge, and nobody has answered."""
        letters.reply(self.world, customer, customer.home, customer.charge, customer.preferred, at, text)
