"""A customer without LINE links it at the counter: the tablet's code, her phone, LINE's own question, the tablet again."""

import re

from playwright.sync_api import Page, expect

from sync.sandbox.pages.words import WORDS
from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "en"
CASES = {"ja": "sms_fails", "en": "english"}
"""Who has no LINE, and answers in this language."""


def test_a_customer_links_her_own_line(tablet: Tablet, page: Page, demo: Demo, language: str) -> None:
    """Read from the tablet, the code opens the chat on her phone with the message in its field. She becomes a friend, sends
    it, and follows the answer; the tablet says so by itself, and LINE is a way to write to her."""
    _, person, hers = tablet.words, demo.person(CASES[language]), WORDS[language]
    assert not person["line_user_id"]
    tablet.sign_in("髙橋(美)")
    tablet.open_member(person["member_number"], person["name"])
    tablet.press(_("Connect with LINE"))
    read = tablet.reads(_("QR code for the customer's phone"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{demo.world}/phone?lang={language}")
    page.goto(read)
    expect(page.get_by_text(hers["phones_read"])).to_be_visible()
    page.get_by_role("link", name=re.compile(person["member_number"])).click()
    page.get_by_role("button", name=hers["befriend"]).click()
    field = page.get_by_role("textbox", name=hers["write"])
    expect(field).to_have_value(re.compile("LINK-"))
    page.get_by_role("button", name=hers["send"], exact=True).click()
    with page.expect_popup() as opened:
        page.locator("#list-line .bubble:not(.mine) a").click()
    expect(opened.value.get_by_text("Connected with LINE.")).to_be_visible()
    opened.value.close()
    expect(page.locator("#list-line .bubble:not(.mine)")).to_have_count(2)

    tablet.sees(_("{name} is connected with LINE", name=_.honour(person["name"])))
    tablet.press(_("Back to the profile"))
    tablet.at_profile(person["name"])
    tablet.sees(re.compile("^LINE · "))


def test_the_demo_says_where_a_code_leads(tablet: Tablet, demo: Demo) -> None:
    """Nobody can hold a phone of this machine before its screen: below the code one tap opens what a phone would."""
    _, person = tablet.words, demo.person("mail_only")
    tablet.sign_in("髙橋(美)")
    tablet.open_member(person["member_number"], person["name"])
    tablet.press(_("Connect with LINE"))
    with tablet.page.expect_popup() as opened:
        tablet.press(_("Demo: open it as a phone would"))
    expect(opened.value).to_have_url(re.compile(f"^{demo.world}/phone\\?text=.*LINK-"))
    opened.value.close()
