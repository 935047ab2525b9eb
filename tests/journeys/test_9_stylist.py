"""The remote stylist: today's video appointments, and one opened beside the customer's profile."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "ja"
ICHINOSE, SUBJECT = "一ノ瀬", "在宅勤務の着回しのご相談"
SHOWN = ("dress", "trousers", "blouse", "jacket", "shirt", "skirt", "knit")


def test_the_room_shows_who_is_in_it_on_both_sides(tablet: Tablet, page: Page, demo: Demo) -> None:
    """The stylist opens a video appointment with the profile beside it. The customer opens her link and joins: the
    tablet says so. The stylist joins: the customer's page says so. At the end both know."""
    _, person = tablet.words, demo.person("video")
    name = _.honour(person["name"])
    tablet.sign_in(ICHINOSE)
    tablet.press(_("Appointments"))
    by = _("with {staff:name}", staff=_.who(ICHINOSE))
    tablet.sees(_("Today"), name, f"{SUBJECT} · {by}", _.honour("𠮷野 涼子"))
    tablet.press(_("Open the call with {name}", name=name))
    tablet.sees(_("Video consultation"), _("What it is about"), SUBJECT, person["kana"])
    tablet.sees(f"LINE · {_.code('consent', 'granted')}")
    tablet.sees(*(_("{who}: not in the room yet", who=who) for who in (name, _("You"))))
    tablet.sees(re.compile("^(" + "|".join(re.escape(_.code("category", one)) for one in SHOWN) + ")"))

    link = tablet.text(re.compile("^http.*/call/")).inner_text()
    assert link.startswith(f"{demo.server}/call/")
    demo.later(20 * 60)  # the room opens a quarter of an hour before the time
    page.goto(link)
    expect(page.get_by_text("担当：一ノ瀬（銀座本店）")).to_be_visible()
    page.get_by_role("button", name="入室する").click()
    expect(page.get_by_text(re.compile("^入室しました。担当者が入室するまで"))).to_be_visible()
    at, inside = re.compile(r"\d{2}:\d{2}"), "{who}: in the room since {at:time}"
    tablet.sees(_.like(inside, who=name, at=at))
    tablet.press(_("Enter the room"))
    tablet.sees(_("You are in the room"), _.like(inside, who=_("You"), at=at))
    expect(page.get_by_text("担当者も入室しております。")).to_be_visible()
    tablet.press(_("End the call"))
    tablet.sees(_("{who}: the call is over", who=_("You")), _("The call is over. A note helps next time."))
    expect(page.get_by_text(re.compile("^ビデオ接客は終了いたしました"))).to_be_visible()
