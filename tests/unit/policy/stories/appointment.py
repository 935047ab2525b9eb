"""She comes soon."""

from datetime import timedelta

from sync.model.outreach import Cause
from sync.policy.signals import appointment as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import NOW, ago, story
from tests.unit.policy.stories.story import Heard, Story

SIGNAL = signal.propose

STORIES = (
    Story(
        "明日の夜のご予約",
        "Booked for tomorrow evening",
        story(b.appointment(NOW + timedelta(hours=30), ago(9))),
        Heard("明日 19:00 店頭のご予約", "Appointment in the shop, tomorrow 19:00", {}, "2026-11-20"),
    ),
    Story(
        "三日後ではまだ早い", "Three days ahead are too early", story(b.appointment(NOW + timedelta(days=3), ago(9)))
    ),
    Story(
        "48時間前から",
        "From 48 hours ahead",
        story(b.appointment(NOW + timedelta(hours=48), ago(9))),
        Heard("11月22日(日) 13:00 店頭のご予約", "Appointment in the shop, Sun 22 Nov 13:00"),
    ),
    Story(
        "今日いただいたばかり", "Was booked only today", story(b.appointment(NOW + timedelta(hours=30), ago(hours=1)))
    ),
    Story(
        "もうお知らせした",
        "Was reminded",
        story(b.appointment(NOW + timedelta(hours=30), ago(9)), b.message(ago(hours=2), Cause.APPOINTMENT)),
    ),
)
