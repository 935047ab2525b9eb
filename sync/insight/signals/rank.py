"""`sync.policy.signals.rank` for everybody. `day` is the first on which it would be lost; none where one is to be reached."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import OUTCOME, Everybody, days_between, outcome
from sync.model.outreach import Cause
from sync.policy.playbook_rules import Rank


def find(all_of_them: Everybody) -> ir.Table:
    rules = all_of_them.playbook.signals.rank
    if rules is None:
        return ibis.memtable([], schema=OUTCOME)
    spend, hers = _spend(all_of_them, rules), _hers(all_of_them, rules)
    counted = spend.group_by("customer_id").aggregate(
        spent=spend.amount.sum(where=spend.day > spend.earliest).fill_null(0), last_day=spend.day.max()
    )
    both = hers.join(counted, "customer_id")
    losing = _losing(both, spend, rules)
    reaching = both.anti_join(losing, "customer_id")
    reaching = reaching.filter(
        reaching.above.notnull(), reaching.spent >= reaching.near, reaching.spent < reaching.above
    )
    age = days_between(reaching.today, reaching.last_day)
    quiet = all_of_them.before(days=rules.quiet_days)
    lost = losing.mutate(since=quiet)
    near = reaching.mutate(since=quiet).filter(age >= 1, age < 1 + rules.fresh_days)
    return ibis.union(
        outcome(all_of_them.unwritten(lost, Cause.RANK, "since"), Cause.RANK, 0.52, day="until"),
        outcome(all_of_them.unwritten(near, Cause.RANK, "since"), Cause.RANK, 0.45),
    )


def _hers(all_of_them: Everybody, rules: Rank) -> ir.Table:
    """customer_id, today, least, above, near: what her rank takes, the next one, and from where that is near."""
    steps = sorted(set(rules.spend.values()))
    rows = []
    for code, least in rules.spend.items():
        above = next((step for step in steps if step > least), None)
        rows.append({"rank": code, "least": least, "above": above, "near": above and above * (1 - rules.near_share)})
    schema = {"rank": "string", "least": "int64", "above": "int64", "near": "float64"}
    ranks = ibis.memtable(rows, schema=schema)
    c = all_of_them.tables.customers.select("customer_id", "rank")
    return c.join(ranks, "rank").drop("rank").join(all_of_them.today, "customer_id")


def _spend(all_of_them: Everybody, rules: Rank) -> ir.Table:
    """customer_id, day, amount, today, earliest: purchases, and the day after which they count today."""
    o = all_of_them.tables.orders
    kept = all_of_them.dated(o.filter(o.at <= all_of_them.at, ~o.refunded, o.currency == rules.currency))
    spend = kept.select("customer_id", "day", "amount").join(all_of_them.today, "customer_id")
    return spend.mutate(earliest=(spend.today - ibis.interval(days=rules.days)).cast("date"))


def _losing(both: ir.Table, spend: ir.Table, rules: Rank) -> ir.Table:
    """Whose rank falls within the days ahead, with the first day on which it would be lost (`until`)."""
    held = both.filter(both.least > 0, both.spent >= both.least)
    falls = spend.mutate(until=(spend.day + ibis.interval(days=rules.days)).cast("date"))
    ahead = days_between(falls.until, falls.today)
    falls = falls.filter(ahead > 0, ahead <= rules.ahead_days).select("customer_id", "until").distinct()
    falls = falls.join(held, "customer_id").mutate(
        counts_after=(ibis._.until - ibis.interval(days=rules.days)).cast("date")
    )
    paid = spend.select("customer_id", "day", "amount")
    left = falls.left_join(paid, ["customer_id", falls.counts_after < paid.day]).drop("customer_id_right")
    left = left.group_by("customer_id", "until", "least").aggregate(remaining=left.amount.sum().fill_null(0))
    lost = left.filter(left.remaining < left.least)
    return lost.group_by("customer_id").aggregate(until=lost.until.min())
