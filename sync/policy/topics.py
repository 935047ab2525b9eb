"""What a contact of our own accord is about, as a customer chooses it on her page: a topic gathers causes.

What she asked for herself (answers, what is ready, appointments, orders, corrections) has no topic and cannot be declined here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sync.model.customer import Customer, Topic
from sync.model.outreach import Cause, Reason

TOPICS: Mapping[Cause, Topic] = MappingProxyType(
    {
        Cause.AFTER_VISIT: Topic.CARE,
        Cause.AFTER_PURCHASE: Topic.CARE,
        Cause.FIRST_PURCHASE: Topic.CARE,
        Cause.AFTER_APPOINTMENT: Topic.CARE,
        Cause.WANTED_IN_STOCK: Topic.WANTED,
        Cause.WEB_UP: Topic.WANTED,
        Cause.CART_LEFT: Topic.WANTED,
        Cause.DUE_AGAIN: Topic.WANTED,
        Cause.BIRTHDAY: Topic.CELEBRATION,
        Cause.ANNIVERSARY: Topic.CELEBRATION,
        Cause.RETURNED: Topic.GREETING,
        Cause.LAPSED: Topic.GREETING,
        Cause.RANK: Topic.MEMBERSHIP,
        Cause.POINTS_EXPIRE: Topic.MEMBERSHIP,
        Cause.CAMPAIGN: Topic.NEWS,
    }
)


def declined(customer: Customer, cause: Cause) -> Reason | None:
    """Return that she declined what a cause is about: `topic_declined` (topic)."""
    topic = TOPICS.get(cause)
    if topic is None or topic not in customer.declined_topics:
        return None
    return Reason(code="topic_declined", params={"topic": topic.value})
