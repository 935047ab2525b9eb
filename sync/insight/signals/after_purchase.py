"""`sync.policy.signals.after_purchase` for everybody. `about` is the order."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, days_between, first_of, outcome
from sync.model.outreach import Cause


def find(all_of_them: Everybody) -> ir.Table:
    rules = all_of_them.playbook.signals.after_purchase
    reach = max([rules.days, *rules.by_category.values()]) + rules.fresh_days
    orders = all_of_them.dated(all_of_them.since_days(all_of_them.tables.orders, reach))
    kept = orders.filter(~orders.refunded, orders.lines > 0, orders.at <= all_of_them.at)
    wait = ibis.cases(
        *((kept.category == category, ibis.literal(days)) for category, days in rules.by_category.items()),
        (ibis.literal(True), ibis.literal(rules.days)),
    ).cast("int64")
    kept = kept.mutate(wait=wait).join(all_of_them.today, "customer_id")
    over = days_between(kept.today, kept.day) - kept.wait
    due = kept.mutate(over=over).filter(over >= 0, over < rules.fresh_days)
    open_ones = all_of_them.unwritten(due, Cause.AFTER_PURCHASE, "at")
    latest_due = first_of(open_ones, ibis.asc("over"), ibis.desc("at"), ibis.desc("id"))
    return outcome(latest_due, Cause.AFTER_PURCHASE, 0.6, about="id")
