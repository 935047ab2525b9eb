"""The signals over everybody at once: for each file of `sync.policy.signals` one here that finds the same.

They tell for whom a rule speaks, by what, and how strongly, and leave out campaigns that could never be sent; what else
holds us back from each of them (consent to the rest, restraint, what is already settled) is asked of the few that remain,
by the policy itself.
"""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody
from sync.insight.signals import (
    after_appointment,
    after_purchase,
    after_visit,
    anniversary,
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
from sync.model.outreach import Cause, Purpose
from sync.policy.gate import purpose_of

SIGNALS = {
    "reply": reply.find,
    "returned": returned.find,
    "appointment": appointment.find,
    "first_purchase": first_purchase.find,
    "birthday": birthday.find,
    "anniversary": anniversary.find,
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
    campaigns = {cause for cause in SIGNALS if purpose_of(Cause(cause)) is Purpose.CAMPAIGN}
    told = ibis.union(*(find(everybody) for cause, find in SIGNALS.items() if cause in campaigns))
    others = (find(everybody) for cause, find in SIGNALS.items() if cause not in campaigns)
    return ibis.union(*others, everybody.reached(told))
