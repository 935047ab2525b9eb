"""`sync.policy.signals.yearly` for everybody: birthday and anniversary. `day` is this year's."""

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, outcome
from sync.model.outreach import Cause
from sync.policy.playbook_rules import YearlyDay
from sync.policy.signals.yearly import ONCE

_LEAP = "02-29"


def remember(all_of_them: Everybody, cause: Cause, rules: YearlyDay, strength: float) -> ir.Table:
    c = all_of_them.tables.customers
    c = c.mutate(yearly=c[cause.value])
    aheads = range(-rules.fresh_days, rules.ahead_days + 1)
    dates = {f"{all_of_them.now + timedelta(days=n):%m-%d}" for n in range(aheads[0] - 1, aheads[-1] + 2)}
    given = c.filter(c.yearly.isin(sorted(dates | {_LEAP}))).select("customer_id", "yearly")
    near = ibis.memtable({"ahead": list(aheads)}, schema={"ahead": "int64"})
    days = all_of_them.today.semi_join(given, "customer_id").cross_join(near)
    days = days.mutate(day=days.today + days.ahead.as_interval("D"))
    days = days.mutate(day=ibis._.day.cast("date"))
    days = days.mutate(written=_month_day(days.day), tomorrow=_month_day(days.day + ibis.interval(days=1)))
    both = given.join(days, "customer_id")
    last_of_february = (both.yearly == _LEAP) & (both.written == "02-28") & (both.tomorrow == "03-01")
    hers = both.filter((both.yearly == both.written) | last_of_february).mutate(
        since=all_of_them.before(days=ONCE.days)
    )
    return outcome(all_of_them.unwritten(hers, cause, "since"), cause, strength, day="day")


def _month_day(day: ir.Value) -> ir.StringValue:
    day = day.cast("date")
    return day.month().cast("string").lpad(2, "0") + "-" + day.day().cast("string").lpad(2, "0")
