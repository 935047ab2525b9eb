"""`sync.policy.signals.lapsed` for everybody. `day` is the last on which she was with us."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, days_between, outcome
from sync.model.outreach import Cause


def find(all_of_them: Everybody) -> ir.Table:
    rules, moments = all_of_them.playbook.signals.lapsed, all_of_them.past_moments
    # First what is cheap: most were here lately, or not for years, and need neither days nor a rhythm.
    last = moments.group_by("customer_id").aggregate(last_at=moments.at.max())
    earliest, latest = all_of_them.before(days=rules.most_days + 2), all_of_them.before(days=rules.least_days - 2)
    days = all_of_them.days(moments, last.filter(last.last_at >= earliest, last.last_at <= latest))
    seen = days.group_by("customer_id").aggregate(days_with_us=days.count(), last_day=days.day.max())
    regular = seen.filter(seen.days_with_us >= rules.history_days).join(all_of_them.today, "customer_id")
    away = days_between(regular.today, regular.last_day)
    gone = regular.mutate(away=away).filter(away >= rules.least_days, away <= rules.most_days)
    gone = gone.anti_join(all_of_them.booked, "customer_id")
    gone = gone.join(_rhythm(days.semi_join(gone, "customer_id")), "customer_id")
    patience = ibis.greatest(ibis.literal(rules.least_days), _to_even(gone.rhythm * rules.rhythm_factor))
    gone = gone.mutate(patience=patience).filter(patience <= gone.away)
    gone = all_of_them.begun(gone, "last_day", "began")
    gone = gone.mutate(ends=gone.began + gone.patience.as_interval("D"))
    gone = all_of_them.reported_where_last(gone, "ends")
    open_ones = all_of_them.unwritten_day(gone, Cause.LAPSED, "last_day")
    often = ibis.least(open_ones.days_with_us, ibis.literal(10)) * 0.02
    strength = often + open_ones.patience * 0.2 / open_ones.away + 0.4
    return outcome(open_ones, Cause.LAPSED, strength, day="last_day")


def _rhythm(days: ir.Table) -> ir.Table:
    """customer_id, rhythm: the median of the days between two days with us (by row numbers: engines disagree on medians)."""
    earlier = days.day.lag().over(group_by="customer_id", order_by=days.day)
    gaps = days.mutate(earlier=earlier).filter(ibis._.earlier.notnull())
    gaps = gaps.mutate(gap=days_between(gaps.day, gaps.earlier))
    ranked = gaps.mutate(
        place=ibis.row_number().over(group_by="customer_id", order_by=gaps.gap) + 1,
        many=gaps.count().over(group_by="customer_id"),
    )
    middle = ranked.filter(ranked.place * 2 >= ranked.many, ranked.place * 2 <= ranked.many + 2)
    return middle.group_by("customer_id").aggregate(rhythm=middle.gap.cast("float64").mean())


def _to_even(number: ir.FloatingValue) -> ir.IntegerValue:
    """Round as Python does, half to even: engines round half away from zero, or one way for some types only."""
    whole = number.floor().cast("int64")
    rest = number - whole
    up = (rest > 0.5) | ((rest == 0.5) & (whole % 2 == 1))
    return whole + ibis.ifelse(up, 1, 0)
