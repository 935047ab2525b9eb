"""Something she owns is due: to be replaced after its time, or cared for at the change of season."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from sync.model.customer import Order, OrderLine
from sync.model.outreach import Cause, Reason
from sync.policy.contact import iso
from sync.policy.facts import CustomerFacts, own_lines
from sync.policy.playbook import Playbook
from sync.policy.signals.days import days_after, in_year, start_of_day
from sync.policy.signals.proposal import Proposal, written_since

_Owned = tuple[Order, OrderLine]


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose a word about the latest thing of a category that she owns, when its time has come.

    Evidence `due_again`: by (`replace`, `care`), order_id, shop_id, at, category, name, variant_id, days (since she
    bought it). A newer purchase of the category starts its time anew; what was taken back she does not own.
    """
    owned = _owned(facts, now)
    found = (*_replacements(owned, now, zone, playbook), *_cares(owned, now, zone, playbook))
    fitting = (p for p in found if not written_since(facts, Cause.DUE_AGAIN, p.due_at))
    return max(fitting, key=lambda p: (p.strength, p.due_at, p.episode), default=None)


def _owned(facts: CustomerFacts, now: datetime) -> dict[str, _Owned]:
    """The latest purchase of each category."""
    owned: dict[str, _Owned] = {}
    for order in facts.orders:
        if order.at <= now and not order.refunded:
            for line in own_lines(order):
                owned.setdefault(line.category, (order, line))
    return owned


def _replacements(owned: dict[str, _Owned], now: datetime, zone: tzinfo, playbook: Playbook) -> Iterator[Proposal]:
    rules = playbook.signals.due_again
    for category, days in rules.replace_days.items():
        if category in owned:
            order, line = owned[category]
            due = days_after(order.at, days, zone)
            stale = days_after(order.at, days + rules.fresh_days, zone)
            if due <= now < stale:
                yield _proposal("replace", order, line, now, zone, due, stale, f"{category}:{order.id}")


def _cares(owned: dict[str, _Owned], now: datetime, zone: tzinfo, playbook: Playbook) -> Iterator[Proposal]:
    today = now.astimezone(zone).date()
    for season in playbook.signals.due_again.care:
        first, last = in_year(season.from_, today.year), in_year(season.until, today.year)
        if first is None or last is None or not first <= today <= last:
            continue
        due, stale = start_of_day(first, zone), start_of_day(last + timedelta(days=1), zone)
        for category in season.categories:
            if category not in owned:
                continue
            order, line = owned[category]
            # bought within the season it is new, and past its years it may be gone
            if order.at < due and order.at >= due - timedelta(days=season.owned_days):
                yield _proposal("care", order, line, now, zone, due, stale, f"{category}:{first.isoformat()}")


def _proposal(
    by: str, order: Order, line: OrderLine, now: datetime, zone: tzinfo, due: datetime, stale: datetime, episode: str
) -> Proposal:
    return Proposal(
        cause=Cause.DUE_AGAIN,
        evidence=Reason(
            code="due_again",
            params={
                "by": by,
                "order_id": order.id,
                "shop_id": order.shop_id,
                "at": iso(order.at),
                "category": line.category,
                "name": line.name,
                "variant_id": line.variant_id,
                "days": (now.astimezone(zone).date() - order.at.astimezone(zone).date()).days,
            },
        ),
        strength=0.42 if by == "care" else 0.4,
        due_at=due,
        stale_after=stale,
        template="due_again",
        channel=None,
        episode=f"due_again:{by}:{episode}",
    )
