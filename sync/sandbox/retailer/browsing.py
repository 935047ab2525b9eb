"""Ninety days in the web shop: sessions of customers, of customers before they sign in, and of people nobody knows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sync.sandbox.retailer.catalogue_words import CATEGORIES
from sync.sandbox.retailer.orders import Shelf, shopping_time
from sync.sandbox.retailer.world import WEB, Customer, Look, Product, Variant, World

DAYS = 90
SESSIONS = 4_150
"""Sessions in all; at about 4.8 events each they make 20,000."""

STRANGERS = 0.15
"""Share of the sessions of people who never sign in."""

QUERIES = (
    "ワンピース", "結婚式", "セットアップ", "カシミヤ", "黒 パンプス", "通勤", "軽い コート", "ネイビー", "入学式", "母 プレゼント", "洗える", "トート a4",
)  # fmt: skip


def device(random: Random) -> str:
    """Return a browser's anonymous id, as Segment's own library writes one."""
    bits = f"{random.getrandbits(128):032x}"
    return "-".join((bits[:8], bits[8:12], bits[12:16], bits[16:20], bits[20:]))


def session(
    random: Random,
    shelf: Shelf,
    at: datetime,
    *,
    customer: Customer | None,
    anonymous: str,
    signed_in: bool,
    category: str = "",
    views: int = 0,
) -> Iterator[Look]:
    """Yield what one stay in the web shop leaves: a list or a search, some products, now and then a basket.

    `views` products are looked at (by chance one to seven) of `category` (by chance one that sells in that month).
    Moments run on from `at` by 10 to 150 seconds each.
    """
    wanted = category or shelf.category(random, at.date())
    sizes = customer.sizes if customer is not None else {}
    moment = at

    def look(event: str, product: Product | None = None, variant: Variant | None = None, query: str = "") -> Look:
        nonlocal moment
        moment += timedelta(seconds=random.randint(10, 150))
        return Look(
            moment, event, customer, anonymous, signed_in, product, variant, wanted if event != "My Page" else "", query
        )

    if signed_in and random.random() < 0.2:
        yield look("My Page")
    if random.random() < 0.22 and not category:
        yield look("Products Searched", query=random.choice(QUERIES))
    else:
        yield look("Product List Viewed")
    for _ in range(views or random.choices(range(1, 8), (22, 22, 18, 14, 10, 8, 6))[0]):
        product = shelf.product(random, wanted, at.date())
        variant = shelf.variant(random, product, sizes)
        yield look("Product Viewed", product, variant)
        chance = random.random()
        if chance < 0.1:
            yield look("Product Added to Wishlist", product, variant)
        elif chance < 0.18:
            yield look("Product Added", product, variant)
            if random.random() < 0.6:
                yield look("Cart Viewed")


def identified(look: Look) -> Look:
    """Return the `identify` event with which the browser of `look` becomes somebody's."""
    return Look(look.at + timedelta(seconds=5), "identify", look.customer, look.device, True)


def make_browsing(world: World, shelf: Shelf) -> None:
    """Let chance browse, from 90 days ago up to yesterday night."""
    random = world.random("browsing")
    known = [c for c in world.customers if c.shops_online and c.number and not c.told]
    eager = random.sample(known, min(len(known), 900))
    devices: dict[str, str] = {}
    starts = sorted(
        shopping_time(random, world.today - timedelta(days=1 + int(DAYS * random.random() ** 1.1)), WEB)
        for _ in range(SESSIONS)
    )
    for at in starts:
        if random.random() < STRANGERS:
            world.looks.extend(
                session(
                    random,
                    shelf,
                    at,
                    customer=None,
                    anonymous=device(random),
                    signed_in=False,
                    category=_leaning(random),
                )
            )
            continue
        customer = eager[int(len(eager) * random.random() ** 1.3)]
        new = customer.user_id not in devices
        anonymous = devices.setdefault(customer.user_id, device(random))
        before = new and random.random() < 0.3
        looks = list(session(random, shelf, at, customer=customer, anonymous=anonymous, signed_in=not before))
        world.looks.extend(looks)
        if new:
            world.looks.append(identified(looks[-1]) if before else _at_first(looks[0]))
    midnight = world.at(0, 0)
    world.looks = [look for look in world.looks if look.at < midnight]


def _leaning(random: Random) -> str:
    return random.choice(tuple(CATEGORIES)) if random.random() < 0.3 else ""


def _at_first(look: Look) -> Look:
    return Look(look.at - timedelta(seconds=2), "identify", look.customer, look.device, True)
