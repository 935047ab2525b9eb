"""わたしの成果: whom one's contacts brought back, this week and the week before, as this tablet knows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from clienteling.device import Cache
from sync.errors import NotFound
from sync.model.base import CustomerRecord
from sync.model.customer import Customer
from sync.policy.facts import facts_from
from sync.policy.results import BroughtBack, brought_back


@dataclass(frozen=True)
class Told:
    """A customer who came after a contact in which this person had a part."""

    customer: Customer
    result: BroughtBack
    others: tuple[str, ...]
    """Ids of the colleagues who had a part in it too."""


@dataclass(frozen=True)
class Results:
    """The latest first."""

    this_week: tuple[Told, ...]
    last_week: tuple[Told, ...]
    days: int
    """How many days after a contact are looked at."""


def load_results(cache: Cache, staff_id: str | None, now: datetime, zone: tzinfo) -> Results:
    """Read who came since Monday of last week after a contact of this person's. Blocks for milliseconds."""
    local = now.astimezone(zone)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    before = monday - timedelta(days=7)
    days = cache.playbook().results.days
    came = {
        one.customer_id
        for kind in ("visit", "order", "appointment")
        for one in cache.records(kind, before, now)
        if isinstance(one, CustomerRecord)
    }

    def of(since: datetime, until: datetime) -> tuple[Told, ...]:
        found = []
        for facts in known:
            result = brought_back(facts, since=since, until=until, zone=zone, days=days)
            if result is not None and staff_id in result.staff_ids:
                others = tuple(one for one in result.staff_ids if one != staff_id)
                found.append(Told(facts.customer, result, others))
        return tuple(sorted(found, key=lambda one: one.result.at, reverse=True))

    known = []
    for customer_id in sorted(came):
        try:
            known.append(facts_from(cache.customer_range(customer_id)))
        except NotFound:
            continue  # she has left this tablet since
    return Results(of(monday, now), of(before, monday), days)
