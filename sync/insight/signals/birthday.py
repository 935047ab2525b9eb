"""`sync.policy.signals.birthday` for everybody. `day` is this year's."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, outcome
from sync.model.outreach import Cause

_LEAP = "02-29"


def find(all_of_them: Everybody) -> ir.Table:
    rules = all_of_them.playbook.signals.birthday
    c = all_of_them.tables.customers
    given = c.filter(c.birthday.length() == 5).select("customer_id", "birthday")
    near = ibis.memtable({"ahead": list(range(-rules.fresh_days, rules.ahead_days + 1))}, schema={"ahead": "int64"})
    days = all_of_them.today.cross_join(near).mutate(day=ibis._.today + ibis._.ahead.as_interval("D"))
    days = days.mutate(day=ibis._.day.cast("date"))
    days = days.mutate(written=_month_day(days.day), tomorrow=_month_day(days.day + ibis.interval(days=1)))
    both = given.join(days, "customer_id")
    last_of_february = (both.birthday == _LEAP) & (both.written == "02-28") & (both.tomorrow == "03-01")
    hers = both.filter((both.birthday == both.written) | last_of_february).mutate(since=all_of_them.before(days=180))
    return outcome(all_of_them.unwritten(hers, Cause.BIRTHDAY, "since"), Cause.BIRTHDAY, 0.65, day="day")


def _month_day(day: ir.Value) -> ir.StringValue:
    day = day.cast("date")
    return day.month().cast("string").lpad(2, "0") + "-" + day.day().cast("string").lpad(2, "0")
