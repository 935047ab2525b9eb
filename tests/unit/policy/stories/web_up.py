"""She looks more often, and does not come."""

from dataclasses import replace
from typing import Any

from sync.model.outreach import Cause
from sync.policy.signals import web_up as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import ago, story
from tests.unit.policy.stories.story import Heard, Story

SIGNAL = signal.propose


def looks(count: int, days: float, **fields: Any) -> list[Any]:
    return [b.look(ago(days, hours=n), **fields) for n in range(count)]


STORIES = (
    Story(
        "二か月お見えでない間にワンピースをよくご覧に",
        "Looks at dresses much more, not here for two months",
        story(b.visit(ago(60)), *looks(8, 3), *looks(2, 25)),
        Heard("最近よくワンピースをご覧です", "Looks at dresses more than usual", {"views": 8}, "2026-11-20"),
    ),
    Story(
        "レジの集計がまだ届いていない",
        "What the tills say since is not known yet",
        replace(story(b.visit(ago(60)), *looks(8, 3)), tills_until={b.GINZA: ago(4)}),
    ),
    Story(
        "レジの集計が届き、お買い物はなかった",
        "The tills have told since, and she bought nothing",
        replace(story(b.visit(ago(60)), *looks(8, 3)), tills_until={b.GINZA: ago(1)}),
        Heard("最近よくワンピースをご覧です", "Looks at dresses more than usual", {"views": 8}),
    ),
    Story("先週ご来店", "Was here last week", story(b.visit(ago(7)), *looks(8, 3))),
    Story("いつもこのくらいご覧になる", "Looks as often as always", story(*looks(8, 3), *looks(16, 25))),
    Story("五回では足りない", "Five looks are too few", story(*looks(5, 3))),
    Story(
        "六回目で気づく",
        "Six are enough",
        story(*looks(6, 3)),
        Heard("最近よくワンピースをご覧です", "Looks at dresses more than usual", {"views": 6}),
    ),
    Story("もうご案内した", "Was invited already", story(*looks(8, 3), b.message(ago(20), Cause.WEB_UP))),
)
