"""A regular who stopped coming."""

from dataclasses import replace

from sync.model.outreach import Cause
from sync.policy.signals import lapsed as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import GINZA, ago, story
from tests.unit.policy.stories.story import Heard, Story

SIGNAL = signal.propose

MONTHLY = tuple(b.order(ago(d)) for d in (130, 160, 190, 220))

STORIES = (
    Story(
        "毎月いらした方が四か月お見えでない",
        "Came every month, and not for four",
        story(*MONTHLY),
        Heard(
            "最後のご来店から約4か月。いつもは約4週間おきです",
            "Last here about 4 months ago; usual gap about 4 weeks",
            {"away_days": 130, "rhythm_days": 30},
        ),
    ),
    Story("もともと半年に一度の方", "Comes twice a year anyway", story(*(b.order(ago(d)) for d in (130, 310, 490)))),
    Story(
        "二週間おきの方でも60日までは待つ",
        "Came every two weeks: 60 days are waited for all the same",
        story(*(b.order(ago(d)) for d in (59, 73, 87))),
    ),
    Story(
        "ちょうど60日目",
        "The 60th day",
        story(*(b.order(ago(d)) for d in (60, 74, 88))),
        Heard(
            "最後のご来店から約2か月。いつもは約2週間おきです", "Last here about 2 months ago; usual gap about 2 weeks"
        ),
    ),
    Story("お尋ねしたばかり", "Was asked after already", story(*MONTHLY, b.message(ago(20), Cause.LAPSED))),
    Story(
        "レジの売上が百日前から届いていない",
        "The tills have told nothing for a hundred days",
        replace(story(*MONTHLY), tills_until={GINZA: ago(100)}),
    ),
    Story(
        "レジの売上は今日まで届いている",
        "The tills have told up to today",
        replace(story(*MONTHLY), tills_until={GINZA: ago(hours=1)}),
        Heard(
            "最後のご来店から約4か月。いつもは約4週間おきです", "Last here about 4 months ago; usual gap about 4 weeks"
        ),
    ),
)
