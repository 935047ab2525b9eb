"""She came and did not buy."""

from dataclasses import replace

from sync.model.customer import AppointmentState
from sync.policy.signals import after_visit as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import GINZA, ago, story
from tests.unit.policy.stories.story import Heard, Story, on

SIGNAL = signal.propose

CAME = b.visit(ago(1))

STORIES = (
    Story(
        "昨日ご試着だけでお帰りに",
        "Tried things on yesterday and left",
        story(CAME, b.note(ago(1), product_ids=("product-9",))),
        Heard("昨日のご来店（銀座本店）", "Visited yesterday · Ginza", {"product_ids": ["product-9"]}, "2026-11-20"),
    ),
    Story("その日にお買い上げ", "Bought on that day", story(CAME, b.order(ago(1)))),
    Story(
        "レジの売上がまだ昨日の朝まで",
        "The tills have told of yesterday morning only",
        replace(story(CAME), tills_until={GINZA: ago(1.2)}),
    ),
    Story(
        "ご来店のあとの売上も届いている",
        "The tills have told past the visit",
        replace(story(CAME), tills_until={GINZA: ago(0.9)}),
        Heard("昨日のご来店（銀座本店）", "Visited yesterday · Ginza"),
    ),
    Story(
        "どの店のレジからも届いたことがない",
        "No till of that shop has ever told anything",
        replace(story(CAME), tills_until={}),
    ),
    Story(
        "その日のご予約があれば、そちらのお礼に",
        "An appointment took place that day: the thanks are for it",
        story(CAME, b.appointment(ago(1), ago(9), state=AppointmentState.DONE)),
    ),
    Story("五日たてばもう遅い", "After five days it is too late", story(b.visit(ago(5)))),
    Story(
        "四日目はまだ間に合う",
        "On the fourth day it is not",
        story(b.visit(ago(4))),
        Heard("11月16日(月)のご来店（銀座本店）", "Visited Mon 16 Nov · Ginza", {}, "2026-11-17"),
    ),
    Story(
        "月末のご来店は翌月一日から",
        "A visit on the last of the month is thanked for from the first",
        story(b.visit(on("2026-10-31", 19, 55))),
        Heard("昨日のご来店（銀座本店）", "Visited yesterday · Ginza", {}, "2026-11-01"),
        now=on("2026-11-01", 0, 5),
    ),
)
