"""`sync.policy.signals.birthday` for everybody. `day` is this year's."""

import ibis.expr.types as ir

from sync.insight.everybody import Everybody
from sync.insight.signals.yearly import remember
from sync.model.outreach import Cause
from sync.policy.signals.birthday import STRENGTH


def find(all_of_them: Everybody) -> ir.Table:
    return remember(all_of_them, Cause.BIRTHDAY, all_of_them.playbook.signals.birthday, STRENGTH)
