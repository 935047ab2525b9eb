"""An alteration from the counter to the follow-up that says it is ready, in the browser over the real server; and what is owned."""

import re

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

PIECE = "紺のツイードコート"


def test_an_alteration_until_it_is_ready(tablet: Tablet, demo: Demo) -> None:
    """Taken on in a few taps, brought on by one tap each; ready puts the word to her among the follow-ups, unsent."""
    person = demo.person("returning")
    tablet.sign_in("髙橋(美)")
    tablet.open_member(person["member_number"], person["name"])
    tablet.press(re.compile("^承り"))
    tablet.press("承り票を作る")
    tablet.press("お直し")
    tablet.sees("お品物（ご購入品から）")  # which moves the field below
    tablet.frames()
    tablet.write("お品物", PIECE)
    tablet.press("承る")
    tablet.at_profile(person["name"])
    tablet.sees("承り票を作成しました", PIECE)
    tablet.press(re.compile("^お直しを始める"))
    tablet.press(re.compile("^仕上がりました"))
    tablet.sees(re.compile("自動では送信しません"), "お渡し待ち")
    tablet.press(re.compile("^フォロー"))
    tablet.press_in_list(re.compile(f"^{person['name']} 様 お直し完了"))
    tablet.sees(re.compile(f"お直しが仕上がりました.*{PIECE}"))
    # the server has had all three commands, and took them
    tablet.sees(re.compile("同期の状態：同期済み"))


def test_a_piece_told_of_stands_among_what_is_owned(tablet: Tablet, demo: Demo) -> None:
    """Written down at the counter, it stands there, and a new item can be laid beside it."""
    person = demo.person("returning")
    tablet.sign_in("髙橋(美)")
    tablet.open_member(person["member_number"], person["name"])
    tablet.press(re.compile("^お手持ち"))
    tablet.press("伺った品を加える")
    tablet.write("お品物", "祖母ゆずりの革鞄")
    tablet.press("保存")
    tablet.at_profile(person["name"])
    tablet.sees("祖母ゆずりの革鞄")
    tablet.press("新しい品と並べる")
    tablet.sees("新しい品", "祖母ゆずりの革鞄")
