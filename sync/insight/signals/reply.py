"""`sync.policy.signals.reply` for everybody. `about` is her latest message."""

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, first_of, outcome
from sync.model.outreach import Cause, Direction, Purpose


def find(all_of_them: Everybody) -> ir.Table:
    m, now = all_of_them.tables.messages, all_of_them.at
    hers = m.filter(m.direction == Direction.IN.value, m.at <= now).select("id", "customer_id", "at")
    ours = all_of_them.written.filter(all_of_them.written.purpose != Purpose.CAMPAIGN.value)
    answered = ours.group_by("customer_id").aggregate(answered_at=ours.at.max())
    waiting = hers.left_join(answered, "customer_id").drop("customer_id_right")
    waiting = waiting.filter(waiting.answered_at.isnull() | (waiting.at > waiting.answered_at))
    latest = first_of(waiting, ibis.desc("at"), ibis.desc("id"))
    fresh = timedelta(hours=all_of_them.playbook.contact.reply_hours)
    return outcome(
        latest.filter(latest.at > all_of_them.before(seconds=fresh.total_seconds())), Cause.REPLY, 1.0, about="id"
    )
