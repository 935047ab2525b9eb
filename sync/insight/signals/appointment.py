"""`sync.policy.signals.appointment` for everybody. `about` is the appointment."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, first_of, outcome
from sync.model.outreach import Cause


def find(all_of_them: Everybody) -> ir.Table:
    hours = all_of_them.playbook.signals.appointment.ahead_hours
    ahead = ibis.interval(hours=hours)
    nearest = first_of(all_of_them.booked, ibis.asc("at"), ibis.asc("id"))
    soon = nearest.filter(nearest.at <= all_of_them.before(hours=-hours))
    soon = all_of_them.dated(soon, "booked_at", "booked_on").join(all_of_them.today, "customer_id")
    soon = soon.filter(soon.booked_on != soon.today)
    soon = soon.mutate(since=ibis.greatest(soon.booked_at, soon.at - ahead))
    return outcome(all_of_them.unwritten(soon, Cause.APPOINTMENT, "since"), Cause.APPOINTMENT, 0.8, about="id")
