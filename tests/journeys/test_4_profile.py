"""The profile answers in five seconds who she is, what helps before speaking to her, and what lies where for her."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet


@pytest.fixture
def signed_in(tablet: Tablet) -> Tablet:
    tablet.sign_in("髙橋(美)")
    return tablet


def test_who_she_is_why_now_and_what_happened(signed_in: Tablet, demo: Demo) -> None:
    """Name, kana, rank, points, since when, who looks after her, the channel she prefers and what she agreed to; what
    to do now with its reason; and that each part says how fresh it is."""
    person = demo.person("returning")
    signed_in.open_member(person["member_number"], person["name"])
    signed_in.sees(
        person["kana"], "ゴールド", re.compile(r"2019年から · 会員番号 10050819 · [\d,]+ポイント · 担当 髙橋\(美\)")
    )
    signed_in.sees("LINE ご希望・同意あり", "SMS · 同意あり", "メール · 停止をご希望")
    signed_in.sees("お声がけの前に", "おかえりなさいませ", re.compile(r"^約7か月ぶりにご予約（今日 "))
    signed_in.sees(re.compile(r"^次のご予約 今日 \d{1,2}:\d{2} ご友人の結婚式"))
    signed_in.sees("トップス S", "ウールは苦手", "大切なお得意様", re.compile("^前回のご来店 "))
    signed_in.sees(re.compile(r"^プロフィール 今日 \d{2}:\d{2} 現在"), re.compile(r"^履歴 今日 \d{2}:\d{2} 現在"))
    # the history: staff's notes, purchases, visits and messages
    signed_in.sees("髙橋(美)：コートのお直しをお渡し")
    for kind, said in (("ご購入", "ご購入 ¥"), ("ご連絡", "LINE：ご連絡")):  # only what is in sight is drawn
        signed_in.press(kind)
        signed_in.sees(said)


def test_her_purchases_stand_beside_her_interests(signed_in: Tablet, demo: Demo) -> None:
    """Each purchase with shop, pieces, sum and how fresh the list is."""
    person = demo.person("returning")
    signed_in.open_member(person["member_number"], person["name"])
    signed_in.press(re.compile(r"^購入 \d+"))
    signed_in.sees(re.compile(r"ダウンノーカラーコート ¥[\d,]+"), "¥88,900", re.compile(r"^購入 今日 \d{2}:\d{2} 現在"))


def test_items_and_their_stock_show_only_after_her_own_code_was_scanned(signed_in: Tablet, demo: Demo) -> None:
    """Looked up by number, and even noted as here by staff, what she looked at online is categories and sizes; once she
    has shown her own code, the items stand there with today's stock here, in the web shop and in the nearest shops."""
    person = demo.person("surge")
    signed_in.open_member(person["member_number"], person["name"])
    stock = re.compile(r"^当店 (\d+|なし|残り1|不明)$")
    signed_in.sees("ワンピース", re.compile("^ご本人の会員コードを読み取ると"), re.compile("^サイズ "))
    expect(signed_in.count(stock)).to_have_count(0)
    signed_in.press("ご来店を記録")
    signed_in.sees(re.compile(r"^店内 \d{2}:\d{2}"))
    signed_in.sees(re.compile("^ご本人の会員コードを読み取ると"))
    expect(signed_in.count(stock)).to_have_count(0)

    signed_in.wedge(demo.code(person["member_number"]))
    signed_in.sees(
        stock, re.compile(r"^EC (\d+|なし|残り1)$"), re.compile(r"^(表参道|横浜|梅田|福岡)店 (\d+|なし|残り1)$")
    )
    signed_in.sees(re.compile(r"^在庫 今日 \d{2}:\d{2} 現在"), re.compile("ワンピース|ドレス"))
    signed_in.sees_no(re.compile("^ご本人の会員コードを読み取ると"))


def test_whom_to_leave_alone_is_said_as_plainly(signed_in: Tablet, demo: Demo) -> None:
    """A complaint is open, or she was written to only days ago: leave her alone, with the reason."""
    for case, why in (("complaint", "お申し出に対応中です"), ("quiet", "「そっと」のご希望です")):
        person = demo.person(case)
        signed_in.open_member(person["member_number"], person["name"])
        signed_in.sees("いまは控える", re.compile(f"^{why}"))
