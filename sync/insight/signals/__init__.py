"""The signals over everybody at once: for each file of `sync.policy.signals` one here that finds the same.

They tell for whom a rule speaks, by what, and how strongly; what holds us back from each of them (consent, restraint,
what is already settled) is asked of the few that remain, by the policy itself.
"""

import ibis
import ibis.expr.types as ir

from sync.insight.everybody import Everybody
from sync.insight.signals import (
    after_purchase,
    after_visit,
    appointment,
    birthday,
    first_purchase,
    lapsed,
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
    "after_purchase": after_purchase.find,
    "web_up": web_up.find,
    "lapsed": lapsed.find,
    "after_visit": after_visit.find,
}
"""By the value of the cause."""


def proposed(everybody: Everybody) -> ir.Table:
    """Return what every rule finds, in the form of `sync.insight.everybody.OUTCOME`."""
    return ibis.union(*(find(everybody) for find in SIGNALS.values()))
