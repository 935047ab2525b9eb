"""Two years of purchases, at the tills and in the web shop, and the ranks and points that follow from them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random

from sync.policy.playbook import playbook_text
from sync.sandbox.retailer.catalogue_words import CATEGORIES
from sync.sandbox.retailer.customers import HISTORY_DAYS
from sync.sandbox.retailer.organisation import SHOPS, sellers
from sync.sandbox.retailer.world import WEB, Customer, Line, Order, Product, Variant, World, moment

RANKS = (("platinum", 1_000_000), ("gold", 400_000), ("silver", 150_000), ("regular", 0))
"""Yen spent in two years from which a rank holds, highest first."""

_MONTHS = (0.9, 0.7, 1.1, 1.1, 1.0, 1.0, 1.2, 0.7, 1.0, 1.2, 1.2, 1.5)
"""How much is bought in each month of the year; the highest is 1.5."""
_WEEKDAYS = (0.8, 0.7, 0.75, 0.8, 1.0, 1.5, 1.45)


class Shelf:
    """Picks what somebody buys: by month, by her size, and only from what had been launched by then."""

    def __init__(self, world: World) -> None:
        self._by_category: dict[str, list[Product]] = defaultdict(list)
        for product in sorted(world.products, key=lambda p: p.launched):
            self._by_category[product.category].append(product)
        self._weights: dict[int, list[float]] = {}

    @cached_property
    def categories(self) -> tuple[str, ...]:
        return tuple(CATEGORIES)

    def category(self, random: Random, day: date) -> str:
        """Return a category, weighted by what sells in the month of `day`."""
        if day.month not in self._weights:
            warmth = (0, 0.1, 0.4, 0.6, 0.8, 0.9, 1, 0.8, 0.5, 0.3, 0.1, 0)[day.month - 1]
            self._weights[day.month] = [
                c.products * (warmth * c.summer + (1 - warmth) * c.winter) / (1 + c.low / 40000)
                for c in CATEGORIES.values()
            ]
        return random.choices(self.categories, self._weights[day.month])[0]

    def product(self, random: Random, category: str, day: date) -> Product:
        """Return a product of the category that had been launched by `day`, newer ones more often."""
        shelf = self._by_category[category]
        known = bisect_right(shelf, day, key=lambda product: product.launched) or 1
        return shelf[max(random.randrange(known), random.randrange(known))]

    def variant(self, random: Random, product: Product, sizes: dict[str, str]) -> Variant:
        """Return a colour of the product in her size, where she has told us one."""
        size = sizes.get(CATEGORIES[product.category].size_key)
        fits = [variant for variant in product.variants if variant.size == size] if size else []
        return random.choice(fits or product.variants)

    def line(self, random: Random, customer: Customer, day: date, category: str = "") -> Line:
        """Return a line of an order of hers on that day, of that category where one is named."""
        product = self.product(random, category or self.category(random, day), day)
        return Line(product, self.variant(random, product, customer.sizes))


def shopping_time(random: Random, day: date, shop: str) -> datetime:
    """Return a moment of that day at which the shop is open; the web shop always is."""
    if shop == WEB:
        hour = random.choices(range(24), (3, 2, 1, 1, 1, 1, 2, 4, 5, 5, 5, 5, 7, 5, 4, 4, 4, 5, 6, 7, 9, 11, 11, 7))[0]
    else:
        hour = random.choices(range(11, 20), (3, 4, 5, 7, 8, 8, 7, 6, 4))[0]
    return moment(day, hour, random.randint(0, 59)).replace(second=random.randint(0, 59))


def _day(random: Random, first: date, last: date) -> date:
    span = (last - first).days
    while True:
        day = first + timedelta(days=random.randint(0, span))
        if random.random() * 2.25 < _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()]:
            return day


def make_orders(world: World, shelf: Shelf) -> None:
    """Let chance shop for every customer whose history no case tells, up to yesterday."""
    random = world.random("orders")
    last = world.today - timedelta(days=1)
    for customer in world.customers:
        if customer.told or not customer.number:
            continue
        days = [
            _day(random, max(customer.joined, last - timedelta(days=HISTORY_DAYS - 1)), last)
            for _ in range(customer.orders)
        ]
        if days and (world.today - customer.joined).days < HISTORY_DAYS:
            days[0] = customer.joined  # most join when they first buy
        for day in sorted(set(days)):
            shop = _shop(random, customer)
            lines = [shelf.line(random, customer, day) for _ in range(random.choices((1, 2, 3, 4), (62, 26, 9, 3))[0])]
            staff = sellers(shop, (world.today - day).days)
            seller = customer.charge if customer.charge in staff and random.random() < 0.6 else _pick(random, staff)
            order = Order(customer, shop, shopping_time(random, day, shop), _together(lines), seller)
            order.refunded = random.random() < 0.02
            world.orders.append(order)


def _shop(random: Random, customer: Customer) -> str:
    chance = random.random()
    if customer.home == WEB:
        return WEB if chance < 0.85 else random.choice(("ginza", "omotesando"))
    if customer.shops_online and chance < 0.28:
        return WEB
    if chance > 0.93:
        return random.choice([shop.code for shop in SHOPS if shop.code != WEB])
    return customer.home


def _pick(random: Random, staff: Sequence[str]) -> str:
    return random.choice(staff) if staff else ""


def _together(lines: list[Line]) -> list[Line]:
    """Return the lines with the same variant once."""
    found: dict[str, Line] = {}
    for line in lines:
        found.setdefault(line.variant.sku, line)
    return list(found.values())


def settle(world: World) -> None:
    """Give every customer the rank and the points that her purchases make: one point for 100 yen, some of them spent."""
    random = world.random("points")
    spent: dict[int, int] = defaultdict(int)
    for order in world.orders:
        if not order.refunded:
            spent[id(order.customer)] += order.total
    for customer in world.customers:
        total = spent[id(customer)]
        customer.rank = next(rank for rank, least in RANKS if total >= least)
        customer.points = int(total // 100 * (0.3 + 0.7 * random.random()))


def playbook() -> str:
    """Return KAZAMI's playbook: the shipped one, and what the house says of its ranks."""
    spend = ", ".join(f"{code} = {least}" for code, least in reversed(RANKS))
    return f"""{playbook_text()}
[signals.rank]
days = {HISTORY_DAYS}
currency = "JPY"
spend = {{ {spend} }}
near_share = 0.1
ahead_days = 30
fresh_days = 45
quiet_days = 90
"""
