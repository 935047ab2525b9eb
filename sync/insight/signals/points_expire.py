"""`sync.policy.signals.points_expire` for everybody. `day` is the last on which they can be used."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, days_between, outcome
from sync.model.outreach import Cause


def find(all_of_them: Everybody) -> ir.Table:
    rules, c = all_of_them.playbook.signals.points_expire, all_of_them.tables.customers
    some = c.filter(c.points >= rules.least_points, c.points_expire_on.notnull())
    some = some.select("customer_id", day=some.points_expire_on).join(all_of_them.today, "customer_id")
    left = days_between(some.day, some.today)
    soon = some.filter(left >= 0, left <= rules.ahead_days)
    soon = soon.mutate(due=(soon.day - ibis.interval(days=rules.ahead_days)).cast("date"))
    return outcome(all_of_them.unwritten_day(soon, Cause.POINTS_EXPIRE, "due"), Cause.POINTS_EXPIRE, 0.5, day="day")
