"""Her first purchase."""

from sync.model.outreach import Cause
from sync.policy.signals import first_purchase as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import ago, story
from tests.unit.policy.stories.story import Heard, Story

SIGNAL = signal.propose

STORIES = (
    Story(
        "昨日、はじめてのお買い上げ",
        "Bought for the first time yesterday",
        story(b.order(ago(1), "knit")),
        Heard("昨日、はじめてのお買い上げ（ニット）", "First purchase yesterday (knitwear)", {}, "2026-11-20"),
    ),
    Story("二度目のお買い上げ", "Her second purchase", story(b.order(ago(1)), b.order(ago(200)))),
    Story("ご返品になった", "She brought it back", story(b.order(ago(1), refunded=True))),
    Story("当日はまだ", "Not on the day itself", story(b.order(ago(hours=3)))),
    Story("六日たてば遅い", "After six days it is too late", story(b.order(ago(6)))),
    Story("もうお礼をお送りした", "Has been thanked", story(b.order(ago(2)), b.message(ago(1), Cause.FIRST_PURCHASE))),
)
