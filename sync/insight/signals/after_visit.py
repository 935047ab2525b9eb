"""`sync.policy.signals.after_visit` for everybody. `about` is the visit."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, days_between, first_of, outcome
from sync.model.customer import VisitSource
from sync.model.outreach import Cause


def find(all_of_them: Everybody) -> ir.Table:
    rules, t = all_of_them.playbook.signals.after_visit, all_of_them.tables
    reach = rules.days + rules.fresh_days
    visits = all_of_them.dated(all_of_them.since_days(t.visits, reach))
    past = visits.filter(visits.at <= all_of_them.at, visits.source != VisitSource.TILL.value)
    latest = first_of(past, ibis.desc("at"), ibis.desc("id")).join(all_of_them.today, "customer_id")
    age = days_between(latest.today, latest.day)
    due = latest.filter(age >= rules.days, age < rules.days + rules.fresh_days)
    bought = all_of_them.dated(all_of_them.since_days(t.orders, reach))
    kept = all_of_them.dated(all_of_them.since_days(all_of_them.took_place(), reach))
    spoken_for = ibis.union(*(each.select("customer_id", "day") for each in (bought, kept)))
    due = due.anti_join(spoken_for, ["customer_id", "day"]).mutate(over_at=ibis._.ended_at.fill_null(ibis._.at))
    due = all_of_them.reported(due, "over_at")
    open_ones = all_of_them.unwritten(due, Cause.AFTER_VISIT, "at")
    notes = all_of_them.dated(t.interactions.semi_join(open_ones, "customer_id"))
    noted = notes.select("customer_id", "day", noted=True).distinct()
    told = open_ones.left_join(noted, ["customer_id", "day"])
    return outcome(told, Cause.AFTER_VISIT, ibis.ifelse(told.noted.notnull(), 0.55, 0.4), about="id")
