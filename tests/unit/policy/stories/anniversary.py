"""A day that she asked us to remember."""

from zoneinfo import ZoneInfo

from sync.model.outreach import Cause
from sync.policy.signals import anniversary as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import ago, story
from tests.unit.policy.stories.story import Heard, Story, on

SIGNAL = signal.propose

STORIES = (
    Story(
        "五日後がご結婚記念日",
        "Her wedding day is in five days",
        story(her=b.customer(anniversary="11-25")),
        Heard("記念日 11月25日(水)", "Anniversary Wed 25 Nov", {"in_days": 5}, "2026-11-25"),
    ),
    Story("6日前では早い", "6 days ahead are too early", story(her=b.customer(anniversary="11-26"))),
    Story("教えていただいていない", "Never told us", story()),
    Story(
        "もうお祝いした",
        "Has been thought of",
        story(b.message(ago(1), Cause.ANNIVERSARY), her=b.customer(anniversary="11-20")),
    ),
    Story(
        "二月二十九日、平年は二十八日に",
        "29 February is kept on the 28th in other years",
        story(her=b.customer(anniversary="02-29")),
        Heard("記念日 今日", "Anniversary today", {"day": "2027-02-28"}, "2027-02-28"),
        now=on("2027-02-28"),
    ),
    Story(
        "閏年は二十九日に",
        "and on the 29th in a leap year",
        story(her=b.customer(anniversary="02-29")),
        Heard("記念日 今日", "Anniversary today", {"day": "2028-02-29"}, "2028-02-29"),
        now=on("2028-02-29"),
    ),
    Story(
        "年をまたぐ",
        "Across the turn of the year",
        story(her=b.customer(anniversary="01-01")),
        Heard("記念日 2027年1月1日", "Anniversary 1 Jan 2027", {"day": "2027-01-01"}),
        now=on("2026-12-30"),
    ),
    Story(
        "ニューヨークではまだ前日",
        "In New York it is still the day before",
        story(her=b.customer(anniversary="11-21")),
        Heard("記念日 明日", "Anniversary tomorrow", {"in_days": 1}, "2026-11-21"),
        now=on("2026-11-21", 9),
        zone=ZoneInfo("America/New_York"),
    ),
    Story("翌々日にはもう言わない", "Two days later nobody mentions it", story(her=b.customer(anniversary="11-18"))),
)
