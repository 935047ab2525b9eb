"""A note about a meeting: two taps and a few words."""

import re

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

WORDS = "結婚式は来月。ネイビーのロングドレスをご試着、丈はこのままで。"


def test_two_taps_and_a_text_stand_in_her_history(tablet: Tablet, demo: Demo) -> None:
    """A tag, a feeling, a product and a few words: saved at once, shown with the writer's name, and sent to the server."""
    person = demo.person("returning")
    tablet.sign_in("髙橋(美)")
    tablet.wedge(demo.code(person["member_number"]))
    tablet.at_profile(person["name"])
    tablet.press("接客メモ")
    tablet.press("ご試着")
    tablet.press("お喜び")
    tablet.write("メモ", WORDS)
    tablet.press("メモを保存")
    tablet.at_profile(person["name"])
    tablet.sees("メモを保存しました", f"髙橋(美)：{WORDS}", "お喜び")
    # its ten seconds over, the server has it, and the mark that only this tablet knows of it is gone
    tablet.sees_no(re.compile("^保存済み"))
    tablet.sees(f"髙橋(美)：{WORDS}")


def test_an_empty_note_says_what_it_wants(tablet: Tablet, demo: Demo) -> None:
    """Nothing chosen and nothing written is no note."""
    person = demo.person("returning")
    tablet.sign_in("髙橋(美)")
    tablet.open_member(person["member_number"], person["name"])
    tablet.press("接客メモ")
    tablet.press("メモを保存")
    tablet.sees("タグ・ご様子・ひとことのいずれかを入れてください")


def test_a_note_can_be_taken_back(tablet: Tablet, demo: Demo) -> None:
    """Undo within ten seconds: it is gone from her history."""
    person = demo.person("returning")
    tablet.sign_in("髙橋(美)")
    tablet.open_member(person["member_number"], person["name"])
    tablet.press("接客メモ")
    tablet.write("メモ", "書きまちがえたメモ")
    tablet.press("メモを保存")
    tablet.sees("髙橋(美)：書きまちがえたメモ")
    tablet.press("元に戻す")
    tablet.sees("取り消しました")
    tablet.sees_no("髙橋(美)：書きまちがえたメモ")
