"""How is it, now that she has worn it?"""

from sync.model.outreach import Cause
from sync.policy.signals import after_purchase as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import ago, story
from tests.unit.policy.stories.story import Heard, Story

SIGNAL = signal.propose

STORIES = (
    Story(
        "二週間前にコートをお買い上げ",
        "Bought a coat two weeks ago",
        story(b.order(ago(14), "coat")),
        Heard("約2週間前にコートをご購入", "Bought coats about 2 weeks ago", {"category": "coat"}, "2026-11-20"),
    ),
    Story("コートは13日では早い", "For a coat 13 days are too early", story(b.order(ago(13), "coat"))),
    Story("ご返品になった", "She brought it back", story(b.order(ago(14), "coat", refunded=True))),
    Story(
        "もうお尋ねした", "Was asked already", story(b.order(ago(14), "coat"), b.message(ago(1), Cause.AFTER_PURCHASE))
    ),
    Story("三週間たてば尋ねない", "After three weeks nobody asks", story(b.order(ago(21), "coat"))),
)
