"""What she wants lies in her shop."""

from dataclasses import replace
from typing import Any

from sync.model.customer import BrowseEvent
from sync.model.outreach import Cause
from sync.policy.facts import CustomerFacts, Piece
from sync.policy.signals import wanted_in_stock as signal
from tests.unit.policy import build as b
from tests.unit.policy.build import GINZA, ago, story
from tests.unit.policy.stories.story import Heard, Story

SIGNAL = signal.propose

AGREED = b.granted(None, "online_history")
WROTE = b.message(ago(60))
WISH = b.look(
    ago(4), BrowseEvent.PRODUCT_ADDED_TO_WISHLIST, product_id="coat-1", variant_id="coat-1-m", category="coat"
)
LOOKS = tuple(b.look(ago(d), product_id="coat-1", variant_id="coat-1-m", category="coat") for d in (2, 5, 9))

_ANY = b.order(ago(1))
BOUGHT = _ANY.model_copy(update={"lines": (_ANY.lines[0].model_copy(update={"variant_id": "coat-1-m"}),)})


def lying(*records: Any, quantity: int = 2, shop: str = GINZA, variant: str = "coat-1-m") -> CustomerFacts:
    """Her facts (銀座本店 is her shop), with so many of the coat in a shop."""
    facts = story(*records, her=b.customer(home_shop_id=GINZA))
    return replace(facts, shelf=(Piece("coat-1", variant, shop, quantity, "ウールコート", "coat"),))


STORIES = (
    Story(
        "お気に入りのコートが銀座に入荷",
        "The coat on her wish list has come to Ginza",
        lying(AGREED, WROTE, WISH),
        Heard(
            "お気に入りのコートが銀座本店にございます",
            "In stock at Ginza: coats from the wish list",
            {"product_id": "coat-1", "wished": True},
            "2026-11-17",
        ),
    ),
    Story(
        "お気に入り、残り1点",
        "The last one of what she wished for",
        lying(AGREED, WROTE, WISH, quantity=1),
        Heard(
            "お望みのコート、銀座本店に残り1点です",
            "Last one at Ginza of what was wanted (coats)",
            {"last_one": True, "wished": True},
        ),
    ),
    Story(
        "三度ご覧になったコート",
        "Looked at the coat three times",
        lying(AGREED, WROTE, *LOOKS),
        Heard("お探しのコートが銀座本店にございます", "In stock at Ginza: coats looked at several times"),
    ),
    Story("二度では足りない", "Twice is too little", lying(AGREED, WROTE, *LOOKS[:2])),
    Story("閲覧への同意がない", "Never agreed that we see single items", lying(WROTE, WISH)),
    Story(
        "閲覧への同意を取り消された",
        "Took that consent back",
        lying(AGREED, b.refused(None, "online_history"), WROTE, WISH),
    ),
    Story("まだ一度もやりとりがない", "We have never written with her: this is no first contact", lying(AGREED, WISH)),
    Story("品切れ", "Sold out", lying(AGREED, WROTE, WISH, quantity=0)),
    Story("横浜にしかない", "Only another shop has it", lying(AGREED, WROTE, WISH, shop="shop-yokohama")),
    Story("別のサイズしかない", "Only another size is here", lying(AGREED, WROTE, WISH, variant="coat-1-s")),
    Story(
        "レジの売上がまだ届いていない",
        "The tills have not told yet: she may have bought it",
        replace(lying(AGREED, WROTE, WISH), tills_until={GINZA: ago(5)}),
    ),
    Story("もうお持ち", "She has bought it", lying(AGREED, WROTE, WISH, BOUGHT)),
    Story("もうお知らせした", "Was told", lying(AGREED, WROTE, WISH, b.message(ago(1), Cause.WANTED_IN_STOCK))),
    Story(
        "今日お気に入りに入れたばかり",
        "Wished for it only today: she would feel watched",
        lying(AGREED, WROTE, WISH.model_copy(update={"at": ago(hours=2)})),
    ),
)
