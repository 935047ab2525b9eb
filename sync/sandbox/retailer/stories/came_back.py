"""Customers who came after somebody wrote to them: what わたしの成果 tells of."""

from sync.sandbox.retailer.telling import Teller
from sync.sandbox.retailer.world import Customer

_COMINGS = (
    ("G02", "G02", 9, 3, True),
    ("G02", "G03", 8, 1, False),
    ("G01", "G01", 10, 2, True),
    ("G03", "G02", 12, 4, True),
    ("G05", "G05", 7, 1, False),
)
"""Who wrote, who received her, how many days ago each was, and whether she bought."""


def came_back(t: Teller) -> None:
    def came(customer: Customer, number: int) -> None:
        writer, receiver, written, came, bought = _COMINGS[number - 1]
        customer.charge = writer
        t.buys(customer, 420)
        last = t.buys(customer, 260).lines[0].product
        t.written(customer, written, "lapsed", last)
        if bought:
            t.buys(customer, came, staff=receiver)
        else:
            t.visits(customer, came, staff=receiver)

    t.more("came_back", len(_COMINGS), came)
