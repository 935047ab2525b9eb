"""`sync.policy.signals.first_purchase` for everybody. `about` is the order."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, days_between, first_of, outcome
from sync.model.outreach import Cause


def find(all_of_them: Everybody) -> ir.Table:
    rules, orders = all_of_them.playbook.signals.first_purchase, all_of_them.orders
    first = first_of(orders.filter(orders.at <= all_of_them.at), ibis.asc("at"), ibis.asc("id"))
    kept = first.filter(~first.refunded, first.lines > 0).join(all_of_them.today, "customer_id")
    age = days_between(kept.today, kept.day)
    due = kept.filter(age >= rules.days, age < rules.days + rules.fresh_days)
    return outcome(all_of_them.unwritten(due, Cause.FIRST_PURCHASE, "at"), Cause.FIRST_PURCHASE, 0.75, about="id")
