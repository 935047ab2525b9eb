"""A person signs in, and the first screen says what the day holds."""

import re

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet


def test_a_wrong_pin_says_so_and_the_pin_on_the_screen_opens(tablet: Tablet) -> None:
    """A wrong PIN is answered in words with the tries that are left; the demo's PIN, read off the screen, signs in."""
    tablet.press(re.compile("^髙橋\\(美\\) 販売スタッフ"))
    tablet.sees("髙橋(美)さんのPIN")
    tablet.enter_pin("000000")
    tablet.sees(re.compile(r"PINが違います.*あと\d+回"))
    tablet.sign_in("髙橋(美)")
    tablet.sees("髙橋(美)：表示とサインアウト")


def test_home_offers_scan_search_follow_ups_and_the_state_of_sync(tablet: Tablet) -> None:
    """The first screen: a large scan button, a search field, today's follow-ups with their reasons, today's
    appointments, and since when this tablet is in step with the server."""
    tablet.sign_in("髙橋(美)")
    scan = tablet.button("会員コードを読み取る")
    box = scan.bounding_box()
    assert box is not None
    assert box["height"] >= 48, "the scan button is large to the finger"
    tablet.sees("お名前・かな・電話・会員番号で探す", re.compile(r"同期済み \d{2}:\d{2}"))
    tablet.sees(re.compile(r"今日のフォロー \d+件"))
    tablet.sees(re.compile("中村 様 お返事 .*LINEでお返事をいただきました"))
    tablet.sees(re.compile(r"^\d{2}:\d{2} 佐々木 様 店頭 .*結婚式"))


def test_a_name_finds_a_customer_from_the_first_screen(tablet: Tablet, demo: Demo) -> None:
    """Typing a name in kana into the first screen lists her, and the row opens her profile."""
    person = demo.person("returning")
    tablet.sign_in("髙橋(美)")
    tablet.write("お名前・かな・電話・会員番号で探す", "ささき みどり")
    tablet.press(re.compile(f"佐々木 みどり 様 .*{person['member_number']}"))
    tablet.at_profile("佐々木 みどり")
