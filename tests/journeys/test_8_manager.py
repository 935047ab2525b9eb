"""The manager watches over the shop's follow-ups: drafts of part-timers, and who takes what."""

import re
from contextlib import suppress
from typing import Any

from playwright.sync_api import expect

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

COMMENT = "お直しの件も一言添えてください。"


def draft(tablet: Tablet, person: dict[str, Any], channel: str) -> str:
    """Write to her as somebody who may not send; return the words."""
    tablet.open_member(person["member_number"], person["name"])
    tablet.press("メッセージを書く")
    tablet.sees("店長の承認のあとに送ります")
    tablet.press(channel)
    words = tablet.value("本文")
    tablet.press("承認を依頼する")
    tablet.sees(f"{channel}：ご連絡", "元に戻す")
    return words


def line_of(tablet: Tablet, person: dict[str, Any], group: str) -> None:
    """Choose a customer's follow-up in a group of the queue."""
    tablet.press(re.compile(f"^{group} \\d+"))
    tablet.frames()  # the list is drawn anew, and with it what is pressed next
    line = re.compile(f"^{re.escape(person['name'])} 様 .*{group}$")
    heading = tablet.page.get_by_role("heading", name=f"{person['name']} 様")
    tablet.press_in_list(line)
    with suppress(AssertionError):
        expect(heading).to_be_attached(timeout=5_000)
        return
    tablet.press_in_list(line)  # the list was drawn anew under the finger; one taps again
    expect(heading).to_be_attached()


def test_a_part_timers_drafts_are_approved_or_sent_back(tablet: Tablet, demo: Demo) -> None:
    """Two drafts wait for the manager. One is approved and arrives in its writer's name; the other goes back with a
    comment, which its writer reads; until then neither has reached anybody."""
    approved, returned = demo.person("first_purchase"), demo.person("birthday")
    before = {one["member_number"]: demo.inbox(one["member_number"]) for one in (approved, returned)}
    tablet.sign_in("小川")
    words = draft(tablet, approved, "LINE")
    draft(tablet, returned, "LINE")

    tablet.sign_in("森田")
    tablet.press(re.compile("^フォロー"))
    tablet.sees("フォローの管理 — 銀座本店")
    line_of(tablet, approved, "承認待ち")
    tablet.sees(words, "LINE・小川が作成", "送れます")
    assert demo.inbox(approved["member_number"]) == before[approved["member_number"]]
    tablet.press("承認して送る")
    tablet.sees("承認しました。送信します")
    line_of(tablet, returned, "承認待ち")
    tablet.press("差し戻す")
    tablet.write("直してほしい点", COMMENT)
    tablet.press("差し戻す")
    tablet.sees("コメントを付けて差し戻しました")

    inbox = demo.awaits(approved["member_number"], lambda found: any(one["text"] == words for one in found))
    assert [one["from"] for one in inbox if one["text"] == words] == ["小川（銀座本店） from KAZAMI 公式"]
    tablet.sees(re.compile("^同期の状態：(同期済み|ご確認)"))
    tablet.sign_in("小川")
    tablet.sees(re.compile(f"近藤 様 お誕生日 「{COMMENT}」"))
    assert demo.inbox(returned["member_number"]) == before[returned["member_number"]]


def test_a_follow_up_is_given_to_someone_else(tablet: Tablet) -> None:
    """The manager gives a follow-up to a colleague, who finds it among her own."""
    tablet.sign_in("森田")
    tablet.press(re.compile("^フォロー"))
    tablet.press(re.compile("^今日まで"))
    chosen = tablet.button(re.compile("^[一-龠]+ [一-龠]+ 様 (ごぶさた|その後いかがですか) 今日まで$"))
    name = (chosen.get_attribute("aria-label") or chosen.inner_text()).split(" 様 ")[0]
    chosen.click()
    expect(tablet.page.get_by_role("heading", name=f"{name} 様")).to_be_attached()
    tablet.press("担当を変更")
    tablet.sees("担当を選んでください")
    tablet.press("髙橋(美)")
    tablet.sees("担当を髙橋(美)さんに変更しました")
    tablet.sign_in("髙橋(美)")
    tablet.press(re.compile("^フォロー"))
    tablet.sees("自分のフォロー")
    tablet.press_in_list(re.compile(f"^{name} 様 (ごぶさた|その後いかがですか)"))
    tablet.press(f"{name.split()[0]} 様へ書く")
    tablet.sees(f"{name} 様へ", "お客様にはこう見えます")
    assert tablet.value("本文").startswith(f"{name.split()[0]}様")
