"""Points of hers are about to expire."""

from datetime import date

from sync.model.outreach import Cause
from sync.policy.signals import points_expire as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import ago, story
from tests.unit.policy.stories.story import Heard, Story, on

SIGNAL = signal.propose

STORIES = (
    Story(
        "二週間後に1,200ポイントが期限",
        "1,200 points expire in two weeks",
        story(her=b.customer(points=1200, points_expire_on=date(2026, 12, 4))),
        Heard(
            "1,200ポイントの期限は12月4日(金)です。ご案内はお店かブランドの名前で",
            "1,200 points expire after Fri 4 Dec; for the shop or the brand to write",
            {"in_days": 14},
            "2026-11-13",
        ),
    ),
    Story(
        "期限は22日後",
        "22 days ahead are too early",
        story(her=b.customer(points=1200, points_expire_on=date(2026, 12, 12))),
    ),
    Story(
        "今日が最後の日",
        "Today is the last day",
        story(her=b.customer(points=500, points_expire_on=date(2026, 11, 20))),
        Heard(
            "500ポイントの期限は今日です。ご案内はお店かブランドの名前で",
            "500 points expire after today; for the shop or the brand to write",
            {"in_days": 0},
        ),
    ),
    Story(
        "昨日で失効した", "Expired yesterday", story(her=b.customer(points=1200, points_expire_on=date(2026, 11, 19)))
    ),
    Story(
        "わずか499ポイント", "Only 499 points", story(her=b.customer(points=499, points_expire_on=date(2026, 12, 4)))
    ),
    Story(
        "もうお知らせした",
        "Was told",
        story(b.message(ago(3), Cause.POINTS_EXPIRE), her=b.customer(points=1200, points_expire_on=date(2026, 12, 4))),
    ),
    Story(
        "東京では最後の日が明けた",
        "In Tokyo the last day has dawned already",
        story(her=b.customer(points=800, points_expire_on=date(2026, 12, 31))),
        Heard(
            "800ポイントの期限は今日です。ご案内はお店かブランドの名前で",
            "800 points expire after today; for the shop or the brand to write",
            {"in_days": 0},
        ),
        now=on("2026-12-31", 0, 10),
    ),
)
