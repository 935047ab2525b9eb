"""`sync.policy.signals.after_appointment` for everybody. `about` is the appointment."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, days_between, first_of, outcome
from sync.model.outreach import Cause


def find(all_of_them: Everybody) -> ir.Table:
    rules, orders = all_of_them.playbook.signals.after_appointment, all_of_them.tables.orders
    reach = rules.days + rules.fresh_days
    kept = all_of_them.dated(all_of_them.since_days(all_of_them.took_place(), reach))
    last = first_of(kept, ibis.desc("at"), ibis.desc("id")).join(all_of_them.today, "customer_id")
    age = days_between(last.today, last.day)
    due = last.filter(age >= rules.days, age < rules.days + rules.fresh_days)
    bought = all_of_them.dated(
        all_of_them.since_days(orders.filter(orders.at <= all_of_them.at), reach), name="bought_on"
    )
    bought = bought.group_by("customer_id").aggregate(bought_on=bought.bought_on.max())
    due = due.left_join(bought, "customer_id").drop("customer_id_right")
    due = due.filter(due.bought_on.isnull() | (due.bought_on < due.day)).drop("bought_on")
    due = all_of_them.unwritten(all_of_them.reported(due, "at"), Cause.AFTER_APPOINTMENT, "at")
    return outcome(all_of_them.unwritten(due, Cause.AFTER_VISIT, "at"), Cause.AFTER_APPOINTMENT, 0.58, about="id")
