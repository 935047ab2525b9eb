"""The network is cut: work goes on, marked as waiting; once it is back everything arrives exactly once."""

import re

from playwright.sync_api import expect

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

NOTE = "オフラインでも書けるメモ。裾上げ2cm、来週お渡し。"


def test_scan_search_profile_note_and_message_go_on_and_arrive_once(tablet: Tablet, demo: Demo) -> None:
    """Without a network her code opens her, a name is found, the note and the message are kept and marked; with it they
    go, each once, on the phone and in her history."""
    person = demo.person("lapsed")
    member = person["member_number"]
    tablet.sign_in("髙橋(美)")
    before = demo.inbox(member)
    demo.network(up=False)
    tablet.sees(re.compile("^オフラインです。このままお使いいただけます"), re.compile("同期の状態：オフライン"))

    tablet.press("お客様")
    tablet.write("お名前・かな・電話・会員番号", "ふじい のりこ")
    tablet.sees(re.compile(f"^藤井 典子 様 .*{member}"))
    expect(tablet.button("ほかの店舗からも探す")).to_be_disabled()
    tablet.press("読み取り")
    tablet.sees("カメラを使わずに")
    tablet.wedge(demo.code(member))
    tablet.at_profile(person["name"])
    tablet.sees(re.compile(r"^店内 \d{2}:\d{2}"), "お声がけの前に", re.compile(r"^購入 \d+"))

    tablet.press("接客メモ")
    tablet.press("お直し")
    tablet.write("メモ", NOTE)
    tablet.press("メモを保存")
    tablet.sees("メモをこの端末に保存しました。接続後に送ります", f"髙橋(美)：{NOTE}", "保存済み・接続後に送信")
    tablet.press("メッセージを書く")
    tablet.sees("お客様にはこう見えます")
    tablet.press("ご来店のお礼")  # to ask after somebody who is here is out of place, and the tablet says so
    tablet.press("LINE")
    words = tablet.value("本文")
    tablet.confirm_whom()
    tablet.press("送る")
    tablet.sees("この端末に保存しました。接続後に送ります。10秒のあいだ取り消せます", "LINE：ご連絡")
    expect(tablet.count("保存済み・接続後に送信").nth(2)).to_be_attached()  # the visit, the note, the message
    # the ten seconds to take things back go by, and still nothing has left: view, visit, note and message wait
    tablet.sees(re.compile("同期の状態：オフライン・保存 [4-9]件は接続後に送ります"))
    assert demo.inbox(member) == before

    demo.network(up=True)
    inbox = demo.awaits(member, lambda found: len(found) > len(before))
    tablet.sees(re.compile("^同期の状態：(同期済み|ご確認)"), "送信済み")
    tablet.sees_no(re.compile("^保存済み"))
    assert [one["text"] for one in inbox].count(words) == 1
    assert len(inbox) == len(before) + 1
    expect(tablet.count(f"髙橋(美)：{NOTE}")).to_have_count(1)
    expect(tablet.count(f"髙橋(美)：{words}")).to_have_count(1)


def test_a_new_customer_can_be_registered_without_a_network(tablet: Tablet, demo: Demo) -> None:
    """Registered offline she is there at once; once the network is back nothing waits, and she is found by her name."""
    tablet.sign_in("高橋(健)")
    demo.network(up=False)
    tablet.sees(re.compile("^オフラインです"))
    tablet.press("お客様")
    tablet.press("はじめてのお客様を登録")
    tablet.write("姓（必須）", "試着")
    tablet.write("名", "花子")
    tablet.write("セイ（かな）", "しちゃく")
    tablet.write("メイ（かな）", "はなこ")
    tablet.press("登録する")
    tablet.at_profile("試着 花子")
    tablet.sees("この端末に登録しました。接続後に送ります")
    demo.network(up=True)
    tablet.sees(re.compile("^同期の状態：(同期済み|ご確認)"))
    tablet.press("お客様")
    tablet.write("お名前・かな・電話・会員番号", "しちゃく はなこ")
    tablet.press(re.compile("^試着 花子 様 シチャク ハナコ"))
    tablet.at_profile("試着 花子")
