"""The profile answers in five seconds who she is, what helps before speaking to her, and what lies where for her."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.demo import Demo
from tests.journeys.speech import Speech
from tests.journeys.tablet import Tablet

LANGUAGE = "en"
MISAKI = "髙橋(美)"


@pytest.fixture
def signed_in(tablet: Tablet) -> Tablet:
    tablet.sign_in(MISAKI)
    return tablet


def lies(_: Speech, *places: str) -> re.Pattern[str]:
    """What a chip says of the stock in one of these places, where it is known."""
    place = re.compile(f"({'|'.join(map(re.escape, places))})")
    ways = [_.within(one, place=place).pattern for one in ("{place} none", "{place} last one")]
    return re.compile("^(" + "|".join([place.pattern + r" \d+", *ways]) + ")$")


def test_who_she_is_why_now_and_what_happened(signed_in: Tablet, demo: Demo) -> None:
    """Name, kana, rank, points, since when, who looks after her, the channel she prefers and what she agreed to; what
    to do now with its reason; and that each part says how fresh it is."""
    _, person = signed_in.words, demo.person("returning")
    signed_in.open_member(person["member_number"], person["name"])
    parts = [
        _.within("Member since {year}", year="2019"),
        _.within("No. {number}", number="10050819"),
        _.within("{n} points", n=re.compile(r"[\d,]+")),
        _.within("Looked after by {staff:name}", staff=_.who(MISAKI)),
    ]
    signed_in.sees(person["kana"], "ゴールド", re.compile(" · ".join(one.pattern for one in parts)))
    agreed, mail = _.code("consent", "granted"), _.code("channel", "email")
    signed_in.sees(_("{channel} preferred · {state}", channel="LINE", state=agreed), f"SMS · {agreed}")
    signed_in.sees(f"{mail} · {_.code('consent', 'refused')}")
    signed_in.sees(_("Before you approach"), _.code("cause_now", "returned"))
    signed_in.sees(_.like_code("reason", "returned:booking", away_days=_.span(213), appointment_at=_.today))
    signed_in.sees(_.like("Next appointment {at:datetime} {subject}", at=_.today, subject="ご友人の結婚式"))
    signed_in.sees(f"{_.code('size_of', 'tops')} S", _("dislikes {what}", what="ウール"), _.code("closeness", "close"))
    signed_in.sees(_.like("Last in a shop {at:datetime}"))
    for part in ("Profile", "History"):
        signed_in.sees(_.like("{what} {at:datetime}", what=_(part), at=_.today))
    # the history: staff's notes, purchases, visits and messages
    signed_in.sees(_.within("{staff:name}: {text}", staff=_.who(MISAKI), text="コートのお直しをお渡し"))
    bought, message = f"{_.code('timeline', 'order')} ¥", _.code("timeline", "sent")
    said = {"bought": bought, "messages": _("{channel:channel}: {what}", channel="line", what=message)}
    for kind, words in said.items():  # only what is in sight is drawn
        signed_in.press(_.code("timeline_filter", kind))
        signed_in.sees(words)


def test_her_purchases_stand_beside_her_interests(signed_in: Tablet, demo: Demo) -> None:
    """Each purchase with shop, pieces, sum and how fresh the list is."""
    _, person = signed_in.words, demo.person("returning")
    signed_in.open_member(person["member_number"], person["name"])
    signed_in.press(_.like("Bought {n}", n=re.compile(r"\d+")))
    signed_in.sees(re.compile(r"ダウンノーカラーコート ¥[\d,]+"), "¥88,900", _.shop("ginza"))
    signed_in.sees(_.like("{what} {at:datetime}", what=_("Purchases"), at=_.today))


def test_items_and_their_stock_show_only_after_her_own_code_was_scanned(signed_in: Tablet, demo: Demo) -> None:
    """Looked up by number, and even noted as here by staff, what she looked at online is categories and sizes; once she
    has shown her own code, the items stand there with today's stock here, in the web shop and in the nearest shops."""
    _, person = signed_in.words, demo.person("surge")
    signed_in.open_member(person["member_number"], person["name"])
    stock, withheld = lies(_, _("Here")), _.code("reason", "withheld_not_scanned")
    signed_in.sees(_.code("category", "dress"), withheld, _.like("Size {size}"))
    expect(signed_in.count(stock)).to_have_count(0)
    signed_in.press(_("Check in"))
    signed_in.sees(_.like("In the shop since {at:time}", at=re.compile(r"\d{2}:\d{2}")))
    signed_in.sees(withheld)
    expect(signed_in.count(stock)).to_have_count(0)

    signed_in.wedge(demo.code(person["member_number"]))
    nearest = [_.shop(code) for code in ("omotesando", "yokohama", "osaka", "fukuoka")]
    signed_in.sees(stock, lies(_, _("Online shop")), lies(_, *nearest))
    signed_in.sees(_.like("{what} {at:datetime}", what=_("Stock"), at=_.today), _.code("category", "dress"))
    signed_in.sees_no(withheld)


def test_whom_to_leave_alone_is_said_as_plainly(signed_in: Tablet, demo: Demo) -> None:
    """A complaint is open, or she was written to only days ago: leave her alone, with the reason."""
    _ = signed_in.words
    for case, why in (("complaint", "open_complaint"), ("quiet", "pace_quiet")):
        person = demo.person(case)
        signed_in.open_member(person["member_number"], person["name"])
        signed_in.sees(_("Better not to contact now"), _.like_code("reason", why))
