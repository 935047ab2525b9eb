"""She was long away, and came or booked."""

from datetime import timedelta

from sync.model.outreach import Cause
from sync.policy.signals import returned as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import NOW, ago, story
from tests.unit.policy.stories.story import Heard, Story

SIGNAL = signal.propose

BEFORE = (b.order(ago(300)), b.visit(ago(340)), b.order(ago(420)))

STORIES = (
    Story(
        "十か月ぶりに佐々木様がふらりとご来店",
        "Ms. Sasaki walks in after ten months",
        story(*BEFORE, b.visit(ago(hours=1))),
        Heard(
            "今日、約10か月ぶりにご来店",
            "Came in today, after about 10 months",
            {"by": "visit"},
            "2026-11-20",
            "welcome_back",
        ),
    ),
    Story(
        "八か月ぶりに二週間先のご予約",
        "Books for in two weeks, after eight months",
        story(b.order(ago(240)), b.order(ago(400)), b.appointment(NOW + timedelta(days=14), ago(1))),
        Heard(
            "約8か月ぶりにご予約（12月4日(金) 13:00）",
            "Booked for Fri 4 Dec 13:00, after about 8 months",
            {"by": "booking"},
            "2026-11-19",
            "welcome_back",
        ),
    ),
    Story("一年お見えでないだけ", "Away for a year, and nothing else", story(b.order(ago(365)), b.order(ago(400)))),
    Story(
        "180日目のご来店は「お久しぶり」",
        "The 180th day away makes a return",
        story(b.order(ago(180)), b.order(ago(400)), b.visit(ago(hours=1))),
        Heard(
            "今日、約6か月ぶりにご来店", "Came in today, after about 6 months", {"away_days": 180}, "", "welcome_back"
        ),
    ),
    Story(
        "179日ならまだ久しぶりではない",
        "After 179 days it is none",
        story(b.order(ago(179)), b.order(ago(400)), b.visit(ago(hours=1))),
    ),
    Story(
        "もう「おかえりなさい」をお送りした",
        "Has been welcomed already",
        story(*BEFORE, b.visit(ago(hours=5)), b.message(ago(hours=2), Cause.RETURNED)),
    ),
)
