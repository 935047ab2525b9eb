"""`sync.policy.signals.web_up` for everybody. `day` is the last on which she was with us, if any."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, days_between, outcome
from sync.model.outreach import Cause
from sync.policy.signals.web_up import VIEWS


def find(all_of_them: Everybody) -> ir.Table:
    rules, web = all_of_them.playbook.signals.web_up, all_of_them.tables.web
    recent_from = all_of_them.before(days=rules.days)
    earlier_from = all_of_them.before(days=rules.days + rules.before_days)
    views = web.filter(
        web.event.isin(sorted(event.value for event in VIEWS)), web.at >= earlier_from, web.at <= all_of_them.at
    )
    lately = views.at > recent_from
    counts = views.group_by("customer_id").aggregate(
        recent=lately.sum(), all_of_them=views.count(), first_view=views.at.min(where=lately), last_view=views.at.max()
    )
    usual = (counts.all_of_them - counts.recent) * rules.days / rules.before_days
    more = counts.mutate(usual=usual).filter(
        counts.recent >= rules.least_views,
        counts.recent >= usual * rules.factor,
        counts.last_view > all_of_them.before(days=rules.fresh_days),
    )
    days = all_of_them.days(all_of_them.past_moments, more)
    last = days.group_by("customer_id").aggregate(last_day=days.day.max())
    alone = more.join(all_of_them.today, "customer_id").left_join(last, "customer_id").drop("customer_id_right")
    away = days_between(alone.today, alone.last_day)
    alone = alone.filter(alone.last_day.isnull() | (away >= rules.no_visit_days))
    alone = alone.anti_join(all_of_them.booked, "customer_id").mutate(since=earlier_from)
    open_ones = all_of_them.reported_where_last(all_of_them.unwritten(alone, Cause.WEB_UP, "since"), "first_view")
    rise = open_ones.recent / ibis.greatest(open_ones.usual, ibis.literal(1.0))
    strength = ibis.least(ibis.literal(0.7), rise * 0.05 + 0.45)
    return outcome(open_ones, Cause.WEB_UP, strength, day="last_day")
