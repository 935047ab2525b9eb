"""`sync.policy.signals.cart_left` for everybody. `about` is the last thing that went into the cart."""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody, first_of, outcome
from sync.model.customer import BrowseEvent
from sync.model.outreach import Cause
from sync.policy.facts import WEB_SHOP_ID


def find(all_of_them: Everybody) -> ir.Table:
    rules, t, now = all_of_them.playbook.signals.cart_left, all_of_them.tables, all_of_them.at
    fresh = all_of_them.before(days=rules.fresh_days)
    added = t.web.filter(t.web.event == BrowseEvent.PRODUCT_ADDED.value, t.web.at > fresh, t.web.at <= now)
    past = t.orders.filter(t.orders.at <= now, t.orders.at >= fresh)
    bought = past.group_by("customer_id").aggregate(bought_at=past.at.max())
    open_ones = added.left_join(bought, "customer_id").drop("customer_id_right")
    open_ones = open_ones.filter(open_ones.bought_at.isnull() | (open_ones.at > open_ones.bought_at))
    last = first_of(open_ones, ibis.desc("at"), ibis.desc("id"))
    last = last.filter(last.at <= all_of_them.before(hours=rules.hours))
    last = last.mutate(shop_id=ibis.literal(WEB_SHOP_ID), since=last.at - ibis.interval(days=rules.fresh_days))
    last = all_of_them.unwritten(all_of_them.reported(last, "at"), Cause.CART_LEFT, "since")
    return outcome(last, Cause.CART_LEFT, 0.35, about="id")
