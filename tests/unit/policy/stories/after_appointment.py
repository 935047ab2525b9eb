"""She took the time for an appointment and did not buy."""

from dataclasses import replace

from sync.model.customer import AppointmentState
from sync.model.outreach import Cause
from sync.policy.signals import after_appointment as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import GINZA, ago, story
from tests.unit.policy.stories.story import Heard, Story

SIGNAL = signal.propose

MET = b.appointment(ago(1), ago(9), state=AppointmentState.DONE, staff_id="staff-1", subject="通勤服のご相談")

STORIES = (
    Story(
        "昨日のご相談、ご購入には至らず",
        "Consulted yesterday, without buying",
        story(MET, b.note(ago(1), product_ids=("product-3",))),
        Heard(
            "昨日に店頭のご予約。お買い上げはまだです",
            "Appointment in the shop, yesterday, without a purchase",
            {"staff_id": "staff-1", "product_ids": ["product-3"]},
            "2026-11-20",
        ),
    ),
    Story("ご相談のあと翌日にお買い上げ", "Bought the day after", story(MET, b.order(ago(hours=2)))),
    Story(
        "キャンセルされたご予約",
        "The appointment was cancelled",
        story(b.appointment(ago(1), ago(9), state=AppointmentState.CANCELLED)),
    ),
    Story(
        "ご来店の確認がない",
        "Nobody closed it: whether it took place is not known",
        story(b.appointment(ago(1), ago(9))),
    ),
    Story(
        "ご予約の日にお見えにならなかった",
        "She did not come: nothing is said about it",
        story(b.appointment(ago(1), ago(9), state=AppointmentState.NO_SHOW)),
    ),
    Story(
        "お見えになり、終わりの記録がない",
        "She came, and nobody noted the end",
        story(b.appointment(ago(1), ago(9), state=AppointmentState.ARRIVED)),
        Heard("昨日に店頭のご予約。お買い上げはまだです", "Appointment in the shop, yesterday, without a purchase"),
    ),
    Story(
        "もうご来店のお礼をお送りした",
        "Has been thanked for the visit already",
        story(MET, b.message(ago(hours=2), Cause.AFTER_VISIT)),
    ),
    Story(
        "レジの売上がまだ届いていない", "The tills have not told yet", replace(story(MET), tills_until={GINZA: ago(2)})
    ),
    Story("当日はまだ", "Not on the same day", story(b.appointment(ago(hours=2), ago(9), state=AppointmentState.DONE))),
    Story(
        "六日目は遅い", "The sixth day is too late", story(b.appointment(ago(6), ago(9), state=AppointmentState.DONE))
    ),
    Story(
        "五日目までは間に合う",
        "The fifth day is not",
        story(b.appointment(ago(5), ago(9), state=AppointmentState.DONE)),
        Heard(
            "11月15日(日)に店頭のご予約。お買い上げはまだです",
            "Appointment in the shop, Sun 15 Nov, without a purchase",
            {},
            "2026-11-16",
        ),
    ),
)
