"""The messages of the time before: what staff wrote in the last year, what came back, and what they answered."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random

from sync.sandbox.retailer import shop_words
from sync.sandbox.retailer.organisation import SHOPS, STAFF
from sync.sandbox.retailer.world import WEB, ZONE, Customer, Letter, Order, Product, World, moment

LETTERS = 1500
"""How many messages of staff, about."""

GAP = timedelta(days=20)
"""Two messages to one customer lie at least so far apart."""

_CAUSES = (
    ("after_purchase", 10),
    ("after_visit", 3),
    ("alteration_ready", 3),
    ("birthday", 2),
    ("campaign", 3),
    ("lapsed", 4),
)
_ALTERED = shop_words.SLEEVES | shop_words.HEMS
_SHOP_NAMES = {shop.code: shop.name for shop in SHOPS}
_STAFF_NAMES = {clerk.code: clerk.family for clerk in STAFF}


def make_letters(world: World) -> None:
    """Let staff write after purchases of ordinary customers, only where it was consented to; replies are answered."""
    random = world.random("letters")
    open_to = _open_channels(world)
    orders = [o for o in world.orders if o.shop != WEB and not o.customer.told and o.customer.language == "ja"]
    bought: dict[int, list[datetime]] = defaultdict(list)
    for order in world.orders:
        bought[id(order.customer)].append(order.at)
    written: dict[int, list[datetime]] = defaultdict(list)
    count = 0
    for order in random.sample(orders, len(orders)):
        customer, product = order.customer, order.lines[0].product
        cause = random.choices([cause for cause, _ in _CAUSES], [weight for _, weight in _CAUSES])[0]
        at = _when(random, world, order, cause)
        channels = open_to[id(customer), "campaign" if cause == "campaign" else "relationship"]
        if (
            count >= LETTERS
            or at is None
            or not channels
            or not world.at(-365, 0) < at < world.at(-1, 0)
            or any(abs(at - other) < GAP for other in written[id(customer)])
            or (cause == "lapsed" and any(order.at < other < at for other in bought[id(customer)]))
        ):
            continue
        count += 1
        written[id(customer)].append(at)
        channel = customer.preferred if customer.preferred in channels else random.choice(channels)
        write(world, customer, order.shop, order.staff, channel, cause, at, product)
        if random.random() < 0.28 and channel != "sms":
            _converse(world, random, order, channel, at)


def _open_channels(world: World) -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for consent in world.consents:
        if consent.channel and consent.state == "granted" and consent.customer.pace != "quiet":
            found[id(consent.customer), consent.purpose].append(consent.channel)
    return found


def _when(random: Random, world: World, order: Order, cause: str) -> datetime | None:
    """Return when the message about this order was written, or None where there was no such cause."""
    hour, minute = random.randint(11, 18), random.randint(0, 59)
    if cause == "birthday":
        return moment(_last_birthday(order.customer, world.today), hour, minute) if order.customer.birthday else None
    if cause == "alteration_ready" and order.lines[0].product.category not in _ALTERED:
        return None
    days = {"after_purchase": 11, "after_visit": 1, "alteration_ready": 8}.get(cause, random.randint(60, 120))
    return moment(order.at.date() + timedelta(days=days), hour, minute)


def _last_birthday(customer: Customer, today: date) -> date:
    month, day = map(int, customer.birthday.split("-"))
    this_year = date(today.year, month, min(day, 28))
    return this_year if this_year < today else this_year.replace(year=today.year - 1)


def _converse(world: World, random: Random, order: Order, channel: str, at: datetime) -> None:
    said, answer = random.choice(shop_words.REPLIES)
    back = at + timedelta(minutes=random.randint(4, 600))
    if back >= world.at(-3, 0):
        return
    reply(world, order.customer, order.shop, order.staff, channel, back, said)
    answered = back + timedelta(minutes=random.randint(9, 55))
    if not 10 <= answered.astimezone(ZONE).hour < 20:
        answered = moment(back.astimezone(ZONE).date() + timedelta(days=1), 11, random.randint(0, 40))
    body = f"{order.customer.family}様\n{answer}"
    subject = shop_words.SUBJECTS["reply"] if channel == "email" else ""
    world.letters.append(
        Letter(order.customer, order.shop, order.staff, "out", channel, "reply", answered, body, subject)
    )


def write(
    world: World, customer: Customer, shop: str, staff: str, channel: str, cause: str, at: datetime, product: Product
) -> None:
    """Add a message from staff to a customer, in the words that the house uses for the cause."""
    choice = shop_words.OUTREACH[cause]
    words = {"name": customer.family, "shop": _SHOP_NAMES[shop], "staff": _STAFF_NAMES[staff], "item": product.name}
    body = choice[(len(world.letters) + at.day) % len(choice)].format(**words)
    subject = shop_words.SUBJECTS[cause].format(**words) if channel == "email" else ""
    world.letters.append(Letter(customer, shop, staff, "out", channel, cause, at, body, subject))


def reply(world: World, customer: Customer, shop: str, staff: str, channel: str, at: datetime, text: str) -> None:
    """Add a message from a customer to the member of staff who wrote to her."""
    subject = shop_words.SUBJECTS["reply"] if channel == "email" else ""
    world.letters.append(Letter(customer, shop, staff, "in", channel, "reply", at, text, subject))
