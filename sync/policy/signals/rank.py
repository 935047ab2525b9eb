"""Her rank is about to be reached, or to be lost."""

from datetime import date, datetime, timedelta, tzinfo

from sync.model.outreach import Cause, Reason
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.playbook_rules import Rank
from sync.policy.signals.days import start_of_day
from sync.policy.signals.proposal import Proposal, written_since

_Spend = list[tuple[date, int]]
"""Days of purchases and what was spent, latest first."""


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to tell her how little is missing to the next rank, or to keep the one she has.

    What counts is what she spent in the playbook's days up to today, orders taken back left out. Without a section, or
    where she has a rank that the section does not know, there is no signal. To keep comes before to reach: what she has
    is dearer to her; what is near is told from the day after the purchase that brought her near. Evidence `rank`: to (`keep`, `reach`), rank (its code), missing and spent (minor units of
    `currency`), currency, days, and to keep it until (ISO date: the first day on which it would be lost).
    """
    rules = playbook.signals.rank
    if rules is None or facts.customer.rank not in rules.spend:
        return None
    today = now.astimezone(zone).date()
    spend = _spend(facts, rules, now, zone)
    found = _losing(facts.customer.rank, spend, rules, today) or _reaching(facts.customer.rank, spend, rules, today)
    if found is None or written_since(facts, Cause.RANK, now - timedelta(days=rules.quiet_days)):
        return None
    until = found.get("until")
    if isinstance(until, str):
        stale = start_of_day(date.fromisoformat(until), zone)
        due = start_of_day(date.fromisoformat(until) - timedelta(days=rules.ahead_days), zone)
    else:
        due = start_of_day(spend[0][0] + timedelta(days=1), zone)
        stale = due + timedelta(days=rules.fresh_days)
    if now < due:
        return None
    about = {"currency": rules.currency, "days": rules.days}
    return Proposal(
        cause=Cause.RANK,
        evidence=Reason(code="rank", params={**found, **about}),
        strength=0.52 if until else 0.45,
        due_at=due,
        stale_after=stale,
        template="rank",
        channel=None,
        # By what made it so: the day on which a purchase falls out of the count, or the purchase that brought her near.
        episode=f"rank:{found['to']}:{found['rank']}:{until or spend[0][0].isoformat()}",
    )


def _spend(facts: CustomerFacts, rules: Rank, now: datetime, zone: tzinfo) -> _Spend:
    return [
        (order.at.astimezone(zone).date(), order.total.amount)
        for order in facts.orders
        if order.at <= now and not order.refunded and order.total.currency == rules.currency
    ]


def _total(spend: _Spend, rules: Rank, on: date) -> int:
    """What counts on a day: an order counts on its own and for `days` days in all."""
    return sum(amount for day, amount in spend if day > on - timedelta(days=rules.days))


def _losing(rank: str, spend: _Spend, rules: Rank, today: date) -> dict[str, object] | None:
    least = rules.spend[rank]
    spent = _total(spend, rules, today)
    if not least or spent < least:
        return None
    for day in sorted({d + timedelta(days=rules.days) for d, _ in spend}):
        if not today < day <= today + timedelta(days=rules.ahead_days):
            continue
        remaining = _total(spend, rules, day)
        if remaining < least:
            return {
                "to": "keep",
                "rank": rank,
                "missing": least - remaining,
                "spent": spent,
                "until": day.isoformat(),
            }
    return None


def _reaching(rank: str, spend: _Spend, rules: Rank, today: date) -> dict[str, object] | None:
    above = min((least for least in rules.spend.values() if least > rules.spend[rank]), default=None)
    if above is None:
        return None
    code = next(code for code, least in rules.spend.items() if least == above)
    spent = _total(spend, rules, today)
    if not above * (1 - rules.near_share) <= spent < above:
        return None
    return {"to": "reach", "rank": code, "missing": above - spent, "spent": spent}
