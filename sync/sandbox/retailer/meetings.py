"""What happened in the shops and was written down: visits, notes and appointments."""

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

from sync.sandbox.retailer import shop_words
from sync.sandbox.retailer.organisation import ON_THE_FLOOR, sellers
from sync.sandbox.retailer.world import WEB, ZONE, Appointment, Customer, Note, Order, Product, Visit, World


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
    _keep_in_touch(world, random)
    bought = [order for order in world.orders if order.shop != WEB and not order.customer.told]
    for order in bought:
        if random.random() < 0.45:
            world.visits.append(
                Visit(order.customer, order.shop, order.at - timedelta(minutes=random.randint(12, 70)), order.staff)
            )
        if random.random() < 0.28 and order.staff:
            _note(
                world,
                random,
                order.customer,
                order.shop,
                order.staff,
                order.at + timedelta(minutes=9),
                order.lines[0].product,
            )
    for order in random.sample(bought, min(len(bought), 1300)):
        day = order.at + timedelta(days=random.randint(6, 160), minutes=random.randint(-90, 90))
        if day >= world.at(0, 0):
            continue
        staff = random.choice(sellers(order.shop, (world.today - day.date()).days))
        world.visits.append(Visit(order.customer, order.shop, day, staff))
        if random.random() < 0.45:
            _note(
                world,
                random,
                order.customer,
                order.shop,
                staff,
                day + timedelta(minutes=25),
                random.choice(world.products),
            )


def _keep_in_touch(world: World, random: Random) -> None:
    """Let most regulars who would seem to have stopped coming look in during the last weeks: a lapse is the exception."""
    days: dict[int, list[Order]] = defaultdict(list)
    for order in world.orders:
        if order.shop != WEB and not order.customer.told:
            days[id(order.customer)].append(order)
    for orders in days.values():
        since = (world.today - orders[-1].at.date()).days
        span = (orders[-1].at - orders[0].at).days
        if len(orders) >= 3 and since > 1.2 * span / (len(orders) - 1) and 50 < since < 300 and random.random() < 0.9:
            shop, ago = orders[-1].shop, random.randint(6, 45)
            at = world.at(-ago, random.randint(11, 18), random.randint(0, 59))
            world.visits.append(Visit(orders[-1].customer, shop, at, random.choice(sellers(shop, ago))))


def _note(
    world: World, random: Random, customer: Customer, shop: str, staff: str, at: datetime, product: Product
) -> None:
    tag, _, text = random.choice([note for note in shop_words.NOTES if product.category in note[1]])
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
