"""The retailer of a run: three shops, a member of staff for each tablet, customers at home in one shop or another."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from sync.clock import system_clock
from sync.ids import imported_id
from sync.model.base import Record
from sync.model.catalogue import Money, Product, StockLevel, Variant
from sync.model.customer import Customer, Visit
from sync.model.shop import Role, Shop, Staff
from tests.integration.server.people import GINZA, RETAILER, UMEDA, WEB, agrees, customer, person, pin, shop, write

KYOTO = shop("kyoto")
SHOPS: tuple[Shop, ...] = (GINZA, UMEDA, KYOTO)
"""Where tablets stand."""
RESIDENTS, MOVERS = 150, 60
"""Customers with whom staff work all day; and those whom the office moves about between shops, seldom met in one."""
VARIANTS = 12


def staff_of(tablet: int) -> Staff:
    """Return who works with a tablet: every fifth may only draft, so that messages wait for a manager."""
    return person(f"s{tablet}", SHOPS[tablet % len(SHOPS)].id, Role.ASSOCIATE, may_send=tablet % 5 != 4)


def movers() -> list[Customer]:
    """Return the customers whom the office moves about, as they are at first."""
    homes = [*SHOPS, None]
    found = []
    for number in range(MOVERS):
        home = homes[number % len(homes)]
        found.append(customer(str(5000 + number), home.id if home else None))
    return found


def stock(number: int, at: Shop, quantity: int, when: datetime) -> StockLevel:
    """Return how much of a variant lies in a shop."""
    code = f"v{number}"
    return StockLevel(
        id=imported_id("stock_level", f"{code}:{at.code}"),
        variant_id=imported_id("variant", code),
        shop_id=at.id,
        quantity=quantity,
        at=when,
    )


def fill(engine: Engine, tablets: int) -> None:
    """Write all of it into a migrated database."""
    start = datetime(2026, 1, 5, 3, tzinfo=UTC)
    people = [staff_of(number) for number in range(tablets)]
    people += [person(f"m{number}", each.id, Role.MANAGER) for number, each in enumerate(SHOPS)]
    people.append(person("stylist", WEB.id, Role.STYLIST))
    residents = [customer(str(1000 + number), SHOPS[number % len(SHOPS)].id) for number in range(RESIDENTS)]
    records: list[Record] = [RETAILER, *SHOPS, WEB, *people, *(pin(each) for each in people)]
    for number in range(VARIANTS):
        code = f"v{number}"
        product_id = imported_id("product", code)
        records.append(Product(id=product_id, code=code, name="ワンピース", category="dress"))
        records.append(
            Variant(id=imported_id("variant", code), product_id=product_id, sku=code, price=Money(amount=32000))
        )
        records += [stock(number, each, 3, start) for each in SHOPS]
    for number, each in enumerate([*residents, *movers()]):
        records += [each, agrees(each)]
        if number % 3 == 0:  # came long ago, so that coming again gives the worker something to propose
            visit_id = imported_id("visit", each.member_number)
            home = each.home_shop_id or GINZA.id
            records += [
                Visit(id=f"{visit_id[:-2]}{day:02}", customer_id=each.id, shop_id=home, at=start.replace(day=day))
                for day in (6, 13, 20)
                if number < RESIDENTS
            ]
    write(engine, system_clock, *records)
