"""`sync.policy.signals.first_purchase` for everybody. `about` is the order."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, days_between, first_of, outcome
from sync.model.outreach import Cause


def find(all_of_them: Everybody) -> ir.Table:
    rules, orders = all_of_them.playbook.signals.first_purchase, all_of_them.tables.orders
    past = orders.filter(orders.at <= all_of_them.at)
    lately = all_of_them.since_days(past, rules.days + rules.fresh_days)
    new = lately.anti_join(past.anti_join(lately, "id"), "customer_id")
    first = first_of(new, ibis.asc("at"), ibis.asc("id"))
    kept = all_of_them.dated(first.filter(~first.refunded, first.lines > 0)).join(all_of_them.today, "customer_id")
    age = days_between(kept.today, kept.day)
    due = kept.filter(age >= rules.days, age < rules.days + rules.fresh_days)
    return outcome(all_of_them.unwritten(due, Cause.FIRST_PURCHASE, "at"), Cause.FIRST_PURCHASE, 0.75, about="id")
