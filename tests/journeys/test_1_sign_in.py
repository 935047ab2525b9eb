"""A person signs in, and the first screen says what the day holds."""

import re

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "ja"
MISAKI = "髙橋(美)"
FIND = "Name, phone, member no."


def test_a_wrong_pin_says_so_and_the_pin_on_the_screen_opens(tablet: Tablet) -> None:
    """A wrong PIN is answered in words with the tries that are left; the demo's PIN, read off the screen, signs in."""
    _ = tablet.words
    tablet.sign_out()
    tablet.press(re.compile(f"^{re.escape(_.who(MISAKI))} {_.code('role', 'associate')}"))
    tablet.sees(_("{name}: PIN", name=_.who(MISAKI)))
    tablet.enter_pin("000000")
    tablet.sees(_.like("That PIN is not right. {n} more tries."))
    tablet.sign_in(MISAKI)
    tablet.sees(_("{name}: your settings", name=_.who(MISAKI)))


def test_the_browser_draws_in_one_thread(tablet: Tablet) -> None:
    """The page is not isolated across origins: Flutter would draw in a second thread, and letters would be lost or it would hang."""
    assert tablet.page.evaluate("crossOriginIsolated") is False


def test_home_offers_scan_search_follow_ups_and_the_state_of_sync(tablet: Tablet) -> None:
    """The first screen: a large scan button, a search field, today's follow-ups with their reasons, today's
    appointments, and since when this tablet is in step with the server."""
    _ = tablet.words
    tablet.sign_in(MISAKI)
    scan = tablet.button(_("Scan a member code"))
    box = scan.bounding_box()
    assert box is not None
    assert box["height"] >= 48, "the scan button is large to the finger"
    tablet.sees(_(FIND), _.within("Synced {at:time}"))
    tablet.sees(_.like("Today's follow-ups: {n}"))
    tablet.sees(re.compile(f"{_.honour('中村')} {_.code('cause', 'reply')} .*LINE"))
    tablet.sees(re.compile(rf"^\d{{2}}:\d{{2}} {_.honour('佐々木')} .*結婚式"))


def test_a_name_finds_a_customer_from_the_first_screen(tablet: Tablet, demo: Demo) -> None:
    """Typing a name in kana into the first screen lists her, and the row opens her profile."""
    _, person = tablet.words, demo.person("returning")
    tablet.sign_in(MISAKI)
    tablet.write(_(FIND), "ささき みどり")
    tablet.press(re.compile(f"{_.honour('佐々木 みどり')} .*{person['member_number']}"))
    tablet.at_profile("佐々木 みどり")
