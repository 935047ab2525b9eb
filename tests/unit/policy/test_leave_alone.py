"""The contrary signal: when to leave her alone, and for which reason first."""

from typing import Any

import pytest

from sync.model.customer import Channel, Feeling, Pace
from sync.policy.playbook import load_playbook
from sync.policy.signals import leave_alone
from tests.unit.policy.build import NOW, TOKYO, ago, customer, message, note, refused, story, visit

PLAYBOOK = load_playbook()


@pytest.mark.parametrize(
    ("records", "her", "expected"),
    [
        ([], {}, None),
        ([refused(None)], {}, "opted_out"),
        ([refused(c) for c in Channel], {}, "opted_out"),
        ([refused(Channel.LINE), refused(Channel.SMS)], {}, None),
        ([], {"pace": Pace.QUIET}, "pace_quiet"),
        ([note(ago(3), feeling=Feeling.DISPLEASED)], {}, "displeased"),
        ([note(ago(300), tags=("complaint",))], {}, "open_complaint"),
        ([message(ago(3))], {}, "cap"),
        ([message(ago(10))], {"pace": Pace.MODEST}, "pace_gap"),
        ([message(ago(60)), message(ago(40))], {}, "unanswered"),
        ([message(ago(60)), message(ago(40)), visit(ago(20))], {}, None),
        ([message(ago(3)), note(ago(2), tags=("complaint",)), refused(None)], {"pace": Pace.QUIET}, "opted_out"),
        ([message(ago(3)), note(ago(2), tags=("complaint",))], {"pace": Pace.QUIET}, "open_complaint"),
    ],
)
def test_the_weightiest_reason_is_named(records: list[Any], her: dict[str, Any], expected: str | None) -> None:
    """Opted out everywhere, an open complaint, displeasure, her pace, silence on her side, enough contact; in this order."""
    reason = leave_alone(story(*records, her=customer(**her)), now=NOW, zone=TOKYO, playbook=PLAYBOOK)
    assert (reason.code if reason else None) == expected
