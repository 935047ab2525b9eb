"""A new customer registers on her own phone, by the code on the tablet, while the tablet waits."""

from playwright.sync_api import Page, expect

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "en"


def test_registration_on_her_own_phone(tablet: Tablet, page: Page, demo: Demo) -> None:
    """Two fields and a box on a phone; the tablet hears of it by itself and opens the new profile with one tap."""
    _ = tablet.words
    tablet.sign_in("髙橋(美)")
    tablet.press(_("Customers"))
    tablet.press(_("Register a new customer"))
    tablet.press(_("Customer's phone"))
    tablet.sees(_("Please read this with your phone's camera"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(tablet.reads(_("QR code for the customer's phone")))
    page.get_by_label("お名前").fill("伊集院 静流")
    page.get_by_label("携帯電話番号").fill("070-5550-1234")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("heading", name="ご登録ありがとうございます")).to_be_visible()
    tablet.sees(_("{name} has registered", name=_.honour("伊集院 静流")))
    tablet.press(_("Open the new profile"))
    tablet.at_profile("伊集院 静流")
    tablet.sees_in_step()
