"""The remote stylist: today's video appointments, and one opened beside the customer's profile."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet


def test_the_room_shows_who_is_in_it_on_both_sides(tablet: Tablet, page: Page, demo: Demo) -> None:
    """The stylist opens a video appointment with the profile beside it. The customer opens her link and joins: the
    tablet says so. The stylist joins: the customer's page says so. At the end both know."""
    person = demo.person("video")
    tablet.sign_in("一ノ瀬")
    tablet.press("予約")
    tablet.sees("今日", "松本 香織 様", "在宅勤務の着回しのご相談 · 担当 一ノ瀬", "𠮷野 涼子 様")
    tablet.press("松本 香織 様の相談を開く")
    tablet.sees("オンライン相談", "ご相談", "在宅勤務の着回しのご相談", person["kana"], "LINE · 同意あり")
    tablet.sees("松本 香織 様：まだ入室していません", "こちら：まだ入室していません")
    tablet.sees(re.compile("^ワンピース|パンツ|ブラウス|ジャケット|シャツ|スカート|ニット"))

    link = tablet.text(re.compile("^http.*/call/")).inner_text()
    assert link.startswith(f"{demo.server}/call/")
    demo.later(20 * 60)  # the room opens a quarter of an hour before the time
    page.goto(link)
    expect(page.get_by_text("担当：一ノ瀬（銀座本店）")).to_be_visible()
    page.get_by_role("button", name="入室する").click()
    expect(page.get_by_text(re.compile("^入室しました。担当者が入室するまで"))).to_be_visible()
    tablet.sees(re.compile(r"^松本 香織 様：\d{2}:\d{2}に入室$"))
    tablet.press("入室する")
    tablet.sees("入室しました", re.compile(r"^こちら：\d{2}:\d{2}に入室$"))
    expect(page.get_by_text("担当者も入室しております。")).to_be_visible()
    tablet.press("相談を終える")
    tablet.sees("こちら：終了", "相談を終えました。メモを残すと次に役立ちます")
    expect(page.get_by_text(re.compile("^ビデオ接客は終了いたしました"))).to_be_visible()
