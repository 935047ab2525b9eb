"""What happened in the shops and was written down: visits, notes, appointments, and the messages of the time before."""

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

from sync.sandbox.retailer import shop_words
from sync.sandbox.retailer.organisation import ON_THE_FLOOR, SHOPS, STAFF
from sync.sandbox.retailer.world import WEB, ZONE, Appointment, Customer, Letter, Note, Order, Product, Visit, World

SHOP_NAMES = {shop.code: shop.name for shop in SHOPS}
STAFF_NAMES = {clerk.code: clerk.family for clerk in STAFF}


def next_slot(now: datetime) -> datetime:
    """Return the next quarter of an hour, at least 15 minutes ahead, that lies within today's shop hours.

    Before opening it is 11:00, and from 18:45 on 19:00, so that the day's bookings still fit before closing.
    """
    local = now.astimezone(ZONE)
    ahead = local + timedelta(minutes=29)
    slot = ahead.replace(minute=ahead.minute // 15 * 15, second=0, microsecond=0)
    first, last = (local.replace(hour=hour, minute=0, second=0, microsecond=0) for hour in (11, 19))
    return last if slot.date() > local.date() else max(first, min(slot, last))


def make_visits_and_notes(world: World) -> None:
    """Let tills and staff record visits of ordinary customers, with and without a purchase, and notes on many of them."""
    random = world.random("visits")
    bought = [order for order in world.orders if order.shop != WEB and not order.customer.told]
    by_category: dict[str, list[Product]] = defaultdict(list)
    for product in world.products:
        by_category[product.category].append(product)
    for order in bought:
        if random.random() < 0.45:
            world.visits.append(
                Visit(order.customer, order.shop, order.at - timedelta(minutes=random.randint(12, 70)), order.staff)
            )
        if random.random() < 0.28 and order.staff:
            _note(world, random, order.customer, order.shop, order.staff, order.at + timedelta(minutes=9), order)
    for order in random.sample(bought, min(len(bought), 1300)):
        day = order.at + timedelta(days=random.randint(6, 160), minutes=random.randint(-90, 90))
        if day >= world.at(0, 0):
            continue
        staff = random.choice(ON_THE_FLOOR[order.shop])
        world.visits.append(Visit(order.customer, order.shop, day, staff))
        if random.random() < 0.45:
            _note(world, random, order.customer, order.shop, staff, day + timedelta(minutes=25), None)


def _note(
    world: World, random: Random, customer: Customer, shop: str, staff: str, at: datetime, order: Order | None
) -> None:
    tag, text = random.choice(shop_words.NOTES)
    product = random.choice(order.lines).product if order else random.choice(world.products)
    products = (product,) if "{item}" in text else ()
    world.notes.append(Note(customer, shop, staff, at, text.format(item=product.name), (tag,), products))


def make_appointments(world: World) -> None:
    """Book ordinary customers in for the next days; today's of Ginza, and the video calls, are told by cases."""
    random = world.random("appointments")
    candidates = [c for c in world.customers if not c.told and c.number and c.orders >= 2 and c.home != WEB]
    random.shuffle(candidates)
    for customer in candidates[:34]:
        day, hour = random.randint(1, 9), random.randint(11, 18)
        staff = customer.charge or random.choice(ON_THE_FLOOR[customer.home])
        world.appointments.append(
            Appointment(
                customer,
                customer.home,
                staff,
                "store",
                world.at(day, hour, random.choice((0, 30))),
                random.choice((30, 45, 60)),
                world.at(-random.randint(1, 6), random.randint(9, 22), random.randint(0, 59)),
                random.choice(shop_words.SUBJECTS_OF_APPOINTMENTS),
            )
        )


def make_letters(world: World) -> None:
    """Write what staff wrote in the last year, only where it was consented to; most replies were answered."""
    random = world.random("letters")
    open_to: dict[int, list[str]] = defaultdict(list)
    for consent in world.consents:
        if consent.purpose == "relationship" and consent.state == "granted" and consent.customer.pace != "quiet":
            open_to[id(consent.customer)].append(consent.channel)
    orders = [o for o in world.orders if o.shop != WEB and not o.customer.told and o.customer.language == "ja"]
    written: dict[int, list[datetime]] = defaultdict(list)
    for order in random.sample(orders, len(orders)):
        customer = order.customer
        channels = open_to[id(customer)]
        cause = random.choices(
            ("after_purchase", "after_visit", "alteration_ready", "birthday", "campaign", "lapsed"), (10, 3, 3, 1, 3, 2)
        )[0]
        at = order.at.replace(hour=random.randint(11, 18), minute=random.randint(0, 59)) + timedelta(
            days={"after_purchase": 11, "after_visit": 1, "alteration_ready": 8}.get(cause, random.randint(40, 100))
        )
        near = any(abs(at - other) < timedelta(days=20) for other in written[id(customer)])
        if not channels or near or not world.at(-365, 0) < at < world.at(-1, 0) or len(world.letters) > 1500:
            continue
        written[id(customer)].append(at)
        channel = customer.preferred if customer.preferred in channels else random.choice(channels)
        write(world, customer, order.shop, order.staff, channel, cause, at, order.lines[0].product)
        if random.random() < 0.28 and channel != "sms":
            said, answer = random.choice(shop_words.REPLIES)
            back = at + timedelta(minutes=random.randint(4, 600))
            if back < world.at(-3, 0):
                reply(world, customer, order.shop, order.staff, channel, back, said)
                world.letters.append(_answer(customer, order, channel, back, answer, random))


def _answer(customer: Customer, order: Order, channel: str, back: datetime, text: str, random: Random) -> Letter:
    opening = back.astimezone(ZONE).replace(hour=11, minute=random.randint(0, 40))
    at = back + timedelta(minutes=random.randint(9, 90)) if 10 <= back.astimezone(ZONE).hour < 19 else opening
    at = max(at, back + timedelta(minutes=3))
    subject = shop_words.SUBJECTS["reply"] if channel == "email" else ""
    return Letter(
        customer, order.shop, order.staff, "out", channel, "reply", at, f"{customer.family}様\n{text}", subject
    )


def write(
    world: World, customer: Customer, shop: str, staff: str, channel: str, cause: str, at: datetime, product: Product
) -> None:
    """Add a message from staff to a customer, in the words that the house uses for the cause."""
    choice = shop_words.OUTREACH[cause]
    words = {"name": customer.family, "shop": SHOP_NAMES[shop], "staff": STAFF_NAMES[staff], "item": product.name}
    body = choice[(len(world.letters) + at.day) % len(choice)].format(**words)
    subject = shop_words.SUBJECTS[cause].format(**words) if channel == "email" else ""
    world.letters.append(Letter(customer, shop, staff, "out", channel, cause, at, body, subject))


def reply(world: World, customer: Customer, shop: str, staff: str, channel: str, at: datetime, text: str) -> None:
    """Add a message from a customer to the member of staff who wrote to her."""
    subject = shop_words.SUBJECTS["reply"] if channel == "email" else ""
    world.letters.append(Letter(customer, shop, staff, "in", channel, "reply", at, text, subject))
