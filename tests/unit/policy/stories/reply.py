"""She wrote, and nobody has answered."""

from sync.model.outreach import Cause
from sync.policy.signals import reply as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import ago, story
from tests.unit.policy.stories.story import Heard, Story

SIGNAL = signal.propose

STORIES = (
    Story(
        "二時間前、LINEでご質問",
        "Asked by LINE two hours ago",
        story(b.her_message(ago(hours=2))),
        Heard("2時間前、LINEでお返事をいただきました", "Replied by LINE 2 h ago", {"unanswered": 1}),
    ),
    Story("お返事した", "Was answered", story(b.her_message(ago(hours=2)), b.message(ago(hours=1), Cause.REPLY))),
    Story(
        "72時間ちょうど",
        "Exactly 72 hours: taken as its end",
        story(b.her_message(ago(hours=72))),
        Heard("3日前、LINEでお返事をいただきました", "Replied by LINE 3 days ago"),
    ),
    Story("72時間を過ぎた", "Past 72 hours", story(b.her_message(ago(hours=72.1)))),
    Story(
        "お便りの一斉配信は返事ではない",
        "A campaign answers nobody",
        story(b.her_message(ago(hours=2)), b.message(ago(hours=1), Cause.CAMPAIGN)),
        Heard("2時間前、LINEでお返事をいただきました", "Replied by LINE 2 h ago"),
    ),
)
