"""Something she owns is due."""

from sync.model.outreach import Cause
from sync.policy.signals import due_again as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import ago, story
from tests.unit.policy.stories.story import Heard, Story, on

SIGNAL = signal.propose

STORIES = (
    Story(
        "一年半前の靴",
        "Shoes of a year and a half ago",
        story(b.order(ago(545), "shoes")),
        Heard(
            "2025年5月24日の靴、そろそろお取り替えの頃です",
            "Bought shoes 24 May 2025; may be due for replacement",
            {"by": "replace", "days": 545},
            "2026-11-15",
        ),
    ),
    Story("まだ539日", "539 days are too early", story(b.order(ago(539), "shoes"))),
    Story(
        "540日目",
        "The 540th day",
        story(b.order(ago(540), "shoes")),
        Heard("2025年5月29日の靴、そろそろお取り替えの頃です", "Bought shoes 29 May 2025; may be due for replacement"),
    ),
    Story("新しい靴をお持ち", "She has newer shoes", story(b.order(ago(545), "shoes"), b.order(ago(90), "shoes"))),
    Story("ご返品になった靴", "Those she brought back", story(b.order(ago(545), "shoes", refunded=True))),
    Story("決まりのない品", "A category that the playbook says nothing of", story(b.order(ago(545), "scarf"))),
    Story(
        "春、昨冬のコートのお手入れ",
        "In spring, care for last winter's coat",
        story(b.order(on("2025-12-06"), "coat")),
        Heard(
            "2025年12月6日のコート、お手入れの季節です",
            "Bought coats 6 Dec 2025; due for care this season",
            {"by": "care"},
            "2026-03-15",
        ),
        now=on("2026-03-15"),
    ),
    Story("前日はまだ", "Not the day before", story(b.order(on("2025-12-06"), "coat")), now=on("2026-03-14", 23)),
    Story(
        "季節のあいだにお買い上げ",
        "Bought within the season: it is new",
        story(b.order(on("2026-03-16"), "coat")),
        now=on("2026-03-20"),
    ),
    Story(
        "もうご案内した",
        "Was told this season",
        story(b.order(on("2025-12-06"), "coat"), b.message(on("2026-03-16"), Cause.DUE_AGAIN)),
        now=on("2026-03-20"),
    ),
)
