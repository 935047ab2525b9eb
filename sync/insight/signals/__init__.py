"""The signals over everybody at once: for each file of `sync.policy.signals` one here that finds the same.

They tell for whom a rule speaks, by what, and how strongly; what holds us back from each of them (consent, restraint,
what is already settled) is asked of the few that remain, by the policy itself.
"""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody
from sync.insight.signals import (
    after_appointment,
    after_purchase,
    after_visit,
    appointment,
    birthday,
    cart_left,
    due_again,
    first_purchase,
    lapsed,
    points_expire,
    rank,
    reply,
    returned,
    web_up,
)

SIGNALS = {
    "reply": reply.find,
    "returned": returned.find,
    "appointment": appointment.find,
    "first_purchase": first_purchase.find,
    "birthday": birthday.find,
    "anniversary": birthday.find_anniversaries,
    "after_purchase": after_purchase.find,
    "after_appointment": after_appointment.find,
    "web_up": web_up.find,
    "lapsed": lapsed.find,
    "after_visit": after_visit.find,
    "due_again": due_again.find,
    "points_expire": points_expire.find,
    "rank": rank.find,
    "cart_left": cart_left.find,
}
"""By the value of the cause."""


def proposed(everybody: Everybody) -> ir.Table:
    """Return what every rule finds, in the form of `sync.insight.everybody.OUTCOME`."""
    return ibis.union(*(find(everybody) for find in SIGNALS.values()))
