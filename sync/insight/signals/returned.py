"""`sync.policy.signals.returned` for everybody. `about` is the visit, order or appointment, `day` the last one before."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, days_between, first_of, outcome
from sync.model.customer import NOTHING_CAME_OF_IT
from sync.model.outreach import Cause


def find(all_of_them: Everybody) -> ir.Table:
    rules, now = all_of_them.playbook.signals.returned, all_of_them.at
    fresh = all_of_them.before(days=rules.fresh_days)
    doors = _doors(all_of_them)
    doors = doors.filter((doors.at >= fresh) | (doors.appointment_at > now).fill_null(False))
    days = all_of_them.days(all_of_them.moments, doors)
    doors = all_of_them.dated(doors, name="came_on")
    before = doors.join(days, "customer_id").filter(ibis._.day < ibis._.came_on)
    history = before.group_by("customer_id", "id", "door", "at", "appointment_at", "came_on").aggregate(
        last=before.day.max(), days_with_us=before.count()
    )
    long_away = history.filter(
        history.days_with_us >= rules.history_days, days_between(history.came_on, history["last"]) >= rules.away_days
    )
    first = first_of(long_away, ibis.asc("at"), ibis.asc("door"), ibis.asc("id"))
    open_ones = all_of_them.unwritten(first, Cause.RETURNED, "at")
    until = ibis.greatest(open_ones.at, open_ones.appointment_at.fill_null(open_ones.at))
    open_ones = open_ones.filter(until > fresh)
    strength = ibis.least(ibis.literal(1.0), open_ones.days_with_us * 0.01 + 0.85)
    return outcome(open_ones, Cause.RETURNED, strength, about="id", day="last")


def _doors(all_of_them: Everybody) -> ir.Table:
    """customer_id, id, at, door, appointment_at: when she came through the door or announced that she will."""
    t, now, never = all_of_them.tables, all_of_them.at, ibis.null("timestamp")
    visits = t.visits.filter(t.visits.at <= now)
    orders = t.orders.filter(t.orders.at <= now, ~t.orders.web)
    a = t.appointments
    bookings = a.filter(~a.state.isin(sorted(NOTHING_CAME_OF_IT)), a.booked_at <= now)
    return ibis.union(
        visits.select("customer_id", "id", at=visits.at, door=ibis.literal("visit"), appointment_at=never),
        orders.select("customer_id", "id", at=orders.at, door=ibis.literal("purchase"), appointment_at=never),
        bookings.select(
            "customer_id", "id", at=bookings.booked_at, door=ibis.literal("booking"), appointment_at=bookings.at
        ),
    )
