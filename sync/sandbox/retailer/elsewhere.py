"""What others than the shops sent: an agency's broadcast on LINE, a letter to good customers, calls of the call centre.

All of it lies so far back that it holds nothing back today; who was contacted lately is told by a case.
"""

from collections.abc import Iterable
from typing import Any

from sync.sandbox.retailer.world import Contact, Customer, World

_AGENCY, _POST, _CALLS = "LINE配信代行", "本社の案内状", "コールセンター"


def make_contacts(world: World) -> None:
    """Let the agency broadcast in two months, head office write to those of a rank, and the call centre ring up a few."""
    random = world.random("elsewhere")
    granted = {id(c.customer) for c in world.consents if (c.purpose, c.state) == ("campaign", "granted")}
    ordinary = [c for c in world.customers if c.number and not c.told and c.pace != "quiet" and id(c) in granted]
    for days, number, text in ((64, "B-31", "秋の新作のご案内"), (95, "B-30", "残暑の装いのご案内")):
        for customer in ordinary:
            if customer.line and random.random() < 0.2:
                broadcast(world, customer, days, number, text)
    for customer in ordinary:
        if customer.rank == "platinum" and random.random() < 0.5:
            at = world.at(-80, 10)
            world.contacts.append(Contact(customer, "D-08", at, "letter", "campaign", _POST, "秋の内覧会のご案内状"))
    reached = [c for c in ordinary if c.phone]
    for serial, customer in enumerate(random.sample(reached, min(12, len(reached))), 1):
        at = world.at(-random.randint(3, 40), random.randint(11, 17), random.randint(0, 59))
        called = Contact(customer, f"T-{serial:03d}", at, "phone", "service", _CALLS, "ご注文のお届け先の確認")
        world.contacts.append(called)


def broadcast(world: World, customer: Customer, days: int, number: str, text: str) -> None:
    """The agency sent her this so many days ago at 18:00; its number is the same for everybody."""
    world.contacts.append(Contact(customer, number, world.at(-days, 18), "line", "campaign", _AGENCY, text))


def contact_rows(world: World) -> list[dict[str, Any]]:
    """Return the rows of contacts.csv: everything but the calls, which come as events."""
    return [
        {
            "member_number": c.customer.number,
            "number": c.number,
            "at": c.at,
            "means": c.means,
            "purpose": c.purpose,
            "tool": c.tool,
            "text": c.text,
        }
        for c in sorted(world.contacts, key=lambda c: (c.at, c.customer.number))
        if c.means != "phone"
    ]


def calls(world: World) -> Iterable[Contact]:
    """Return what the call centre's program tells by events."""
    return (c for c in world.contacts if c.means == "phone")
