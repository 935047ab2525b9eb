"""`sync.policy.signals.due_again` for everybody. `about` is the order with the thing in it."""

from collections.abc import Iterator

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, days_between, first_of, outcome
from sync.model.outreach import Cause
from sync.policy.signals.days import in_year

_FOUND = ("customer_id", "order_id", "due_on", "strength", "episode")


def find(all_of_them: Everybody) -> ir.Table:
    found = ibis.union(_replacements(all_of_them), *_cares(all_of_them))
    open_ones = all_of_them.unwritten_day(found, Cause.DUE_AGAIN, "due_on")
    best = first_of(open_ones, ibis.desc("strength"), ibis.desc("due_on"), ibis.desc("episode"))
    return outcome(best, Cause.DUE_AGAIN, best.strength, about="order_id")


def _owned(all_of_them: Everybody, categories: list[str]) -> ir.Table:
    """The latest purchase of each of some categories."""
    o = all_of_them.tables.owned
    kept = o.filter(o.at <= all_of_them.at, ~o.refunded, o.category.isin(sorted(categories)))
    place = ibis.row_number().over(
        group_by=["customer_id", "category"], order_by=[kept.at.desc(), kept.order_id.desc()]
    )
    return kept.mutate(place=place).filter(ibis._.place == 0).drop("place")


def _replacements(all_of_them: Everybody) -> ir.Table:
    rules = all_of_them.playbook.signals.due_again
    latest = all_of_them.dated(_owned(all_of_them, list(rules.replace_days))).join(all_of_them.today, "customer_id")
    days = ibis.cases(
        *((latest.category == category, ibis.literal(days)) for category, days in rules.replace_days.items()),
        (ibis.literal(True), ibis.literal(-1)),
    ).cast("int64")
    over = days_between(latest.today, latest.day) - days
    due = latest.mutate(due_on=(latest.day + days.as_interval("D")).cast("date")).filter(
        days > 0, over >= 0, over < rules.fresh_days
    )
    return due.mutate(strength=ibis.literal(0.4), episode="replace:" + due.category + ":" + due.order_id).select(
        *_FOUND
    )


def _cares(all_of_them: Everybody) -> Iterator[ir.Table]:
    for season in all_of_them.playbook.signals.due_again.care:
        for year in {all_of_them.now.year + n for n in (-1, 0, 1)}:
            first, last = in_year(season.from_, year), in_year(season.until, year)
            if first is None or last is None:
                continue
            begun = ibis.literal(first)
            here = all_of_them.today.filter(ibis._.today >= first, ibis._.today <= last).mutate(due_on=begun)
            here = all_of_them.begun(here, "due_on", "due_at")
            latest = _owned(all_of_them, list(season.categories)).join(here, "customer_id")
            owned = latest.filter(
                latest.at < latest.due_at, latest.at >= latest.due_at - ibis.interval(days=season.owned_days)
            )
            episode = "care:" + owned.category + f":{first.isoformat()}"
            yield owned.mutate(strength=ibis.literal(0.42), episode=episode).select(*_FOUND)
