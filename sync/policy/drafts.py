"""When what somebody has begun to write ends without being sent: with the visit it was begun in, with the customer."""

from collections.abc import Iterable
from datetime import datetime

from sync.model.base import Record
from sync.model.customer import Customer, Visit


def ended_with(begun_at: datetime, shop_id: str | None, records: Iterable[Record]) -> bool:
    """Whether the customer is gone, or the visit to this shop during which it was begun has ended. What was begun before
    she came, or after she left, is of no visit."""
    there = False
    for one in records:
        there = there or isinstance(one, Customer)
        if isinstance(one, Visit) and one.shop_id == shop_id and one.ended_at and one.at <= begun_at <= one.ended_at:
            return True
    return not there
