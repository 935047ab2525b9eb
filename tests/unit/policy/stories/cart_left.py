"""She left something in her cart."""

from dataclasses import replace

from sync.model.customer import BrowseEvent
from sync.model.outreach import Cause
from sync.policy.facts import WEB_SHOP_ID
from sync.policy.signals import cart_left as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import GINZA, ago, story
from tests.unit.policy.stories.story import Heard, Story

SIGNAL = signal.propose

ADDED = b.look(ago(hours=30), BrowseEvent.PRODUCT_ADDED, category="knit")

STORIES = (
    Story(
        "昨日カートに入れたまま",
        "Left it in the cart yesterday",
        story(ADDED),
        Heard(
            "昨日、カートに1点（ニット）。ご案内はお店かブランドの名前で",
            "1 left in the cart yesterday (knitwear); for the shop or the brand to write",
            {"count": 1, "categories": ["knit"]},
        ),
    ),
    Story("そのあと店でお買い上げ", "Bought in a shop since", story(ADDED, b.order(ago(hours=3)))),
    Story(
        "まだ数時間", "Only some hours ago", story(b.look(ago(hours=23), BrowseEvent.PRODUCT_ADDED, category="knit"))
    ),
    Story(
        "24時間ちょうど",
        "24 hours exactly",
        story(b.look(ago(hours=24), BrowseEvent.PRODUCT_ADDED, category="knit")),
        Heard(
            "昨日、カートに1点（ニット）。ご案内はお店かブランドの名前で",
            "1 left in the cart yesterday (knitwear); for the shop or the brand to write",
        ),
    ),
    Story(
        "Webの注文がまだ届いていない",
        "The web shop has not told yet",
        replace(story(ADDED), tills_until={GINZA: ago(hours=1)}),
    ),
    Story(
        "Webの注文は届いている",
        "The web shop has told past it",
        replace(story(ADDED), tills_until={WEB_SHOP_ID: ago(hours=29)}),
        Heard(
            "昨日、カートに1点（ニット）。ご案内はお店かブランドの名前で",
            "1 left in the cart yesterday (knitwear); for the shop or the brand to write",
        ),
    ),
    Story("八日前のこと", "Eight days ago", story(b.look(ago(8), BrowseEvent.PRODUCT_ADDED))),
    Story("もうお知らせした", "Was told", story(ADDED, b.message(ago(hours=2), Cause.CART_LEFT))),
    Story("見ただけ", "Only looked", story(b.look(ago(hours=30)))),
)
