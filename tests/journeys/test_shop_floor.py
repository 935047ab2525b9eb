"""What else a day in the shop holds, by one person on one tablet: search, products, the list of follow-ups, showing, practice."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from sync.client import Client
from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet
from tests.journeys.test_stock import jan_in

LANGUAGE = "en"
MISAKI, OGAWA = "髙橋(美)", "小川"
FIND = "Name, phone, member no."


@pytest.fixture
def signed_in(tablet: Tablet) -> Tablet:
    tablet.sign_in(MISAKI)
    return tablet


def row(tablet: Tablet, person: dict[str, Any]) -> re.Pattern[str]:
    """Her row in a list of customers."""
    return re.compile(f"^{tablet.words.honour(person['name'])} .*{person['member_number']}")


def test_kana_of_any_width_and_romaji_find_her(signed_in: Tablet, demo: Demo) -> None:
    """Half-width katakana, hiragana without its end and romaji list her; whoever else bears the name is told apart by kana."""
    _, person = signed_in.words, demo.person("returning")
    signed_in.customers()
    signed_in.write(_(FIND), "ｻｻｷ ﾐﾄﾞﾘ")
    signed_in.sees(row(signed_in, person))
    for typed in ("佐々木　修", "ささき みど", "sasaki osamu", "sasaki midori"):
        signed_in.page.keyboard.press("Control+A")
        signed_in.page.keyboard.insert_text(typed)
        shown = expect(signed_in.button(row(signed_in, person)))
        shown.to_be_attached() if typed in {"ささき みど", "sasaki midori"} else shown.to_have_count(0)
    signed_in.page.keyboard.press("Control+A")
    signed_in.page.keyboard.insert_text("佐藤 美咲")
    for same in demo.people_of("homonym"):
        signed_in.sees(row(signed_in, same), re.compile(same["kana"]))


def test_who_is_a_customer_already_is_offered_before_saving(signed_in: Tablet, demo: Demo) -> None:
    """Her telephone in the form shows who has it; her row opens her, and nobody is registered twice."""
    _, person = signed_in.words, demo.person("returning")
    signed_in.press(_("Customers"))
    signed_in.press(_("Register a new customer"))
    signed_in.write(_("Family name (required)"), "佐々木")
    signed_in.write(_("Telephone"), "0" + person["phone"].removeprefix("+81"))
    signed_in.sees(_("Already a customer?"))
    signed_in.press(row(signed_in, person))
    signed_in.at_profile(person["name"])


def test_the_way_so_far_is_a_chart_and_a_list(signed_in: Tablet, demo: Demo) -> None:
    """From her profile: where she stands now, the chart in words, and what moved it at each step."""
    _, person = signed_in.words, demo.person("returning")
    signed_in.open_member(person["member_number"], person["name"])
    signed_in.press(_("The way so far"))
    signed_in.sees(_.like("Now: {stage}"), _("What moved it"))
    signed_in.sees(_.like("Chart of the way: {way}. The steps stand below as a list.", way=re.compile(".+ → .+")))


def test_a_scanner_finds_the_product_and_the_customer_sees_only_that(signed_in: Tablet, other_device: Client) -> None:
    """A JAN by wedge opens its stock. Turned to the customer, one tap leaves products and sizes and no way to people; staff
    come back by PIN."""
    _ = signed_in.words
    signed_in.wedge(jan_in(other_device))
    signed_in.sees(_.like("Where it lies: {item}"))
    signed_in.press(_("Show to the customer"))
    signed_in.sees(_("Staff only"), _.code("category", "dress"))
    expect(signed_in.button(_("Customers"))).to_have_count(0)
    signed_in.press(_("Staff only"))
    signed_in.enter_pin(signed_in.pin)
    expect(signed_in.button(_("Today"))).to_be_visible()


def test_several_follow_ups_are_put_off_without_leaving_the_list(signed_in: Tablet) -> None:
    """Two are picked, both are put off by one decision, and one tap takes it back."""
    _ = signed_in.words
    signed_in.press(_.like("Follow-ups"))
    signed_in.sees(_("Your follow-ups"))
    boxes = signed_in.page.get_by_role("checkbox", name=_.like("Select {name}"))
    expect(boxes.nth(1)).to_be_attached()
    for n in (0, 1):
        boxes.nth(n).click()
        signed_in.sees(_("{n} selected", n=n + 1))
    signed_in.press(_("All another day"))
    signed_in.press(_("in {n:span}", n=1))
    signed_in.sees(_.like("{n} put off", n="2"))
    signed_in.press(_("Undo"))
    signed_in.sees(_("Taken back"))


def test_practice_looks_like_nothing_else_and_sends_nothing(signed_in: Tablet) -> None:
    """From her own settings: the frame says so on every screen, the lesson ticks what was done, and the end brings the shop
    back."""
    _ = signed_in.words
    frame = _("Practice: invented customers, nothing is sent")
    signed_in.press(_.like("{name}: your settings"))
    signed_in.press(_("Practice"))
    signed_in.press(_("Begin practice"))
    signed_in.sees(frame, _("Lesson: from the scan to the message"), _("{n} of 6 done", n=0))
    signed_in.press(_("Hold the practice code before the camera"))
    signed_in.at_profile("練習 花子")
    signed_in.sees(frame)
    signed_in.press(_("Lesson"))
    signed_in.sees(_("{n} of 6 done", n=2))
    signed_in.press(_("End practice"))
    signed_in.sees_no(frame)
    expect(signed_in.button(_("Scan a member code"))).to_be_visible()
