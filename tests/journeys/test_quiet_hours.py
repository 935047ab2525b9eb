"""At night nothing is sent: the message says when it will go, and goes then. Last, since it moves the clock by a night."""

import re
from datetime import datetime

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet


def test_a_message_of_the_evening_goes_in_the_morning(tablet: Tablet, demo: Demo) -> None:
    """At half past nine in the evening the tablet plans the message for nine the next morning and says so; the clock
    moved on, it arrives."""
    person = demo.person("mail_only")
    member = person["member_number"]
    before = demo.inbox(member)
    demo.clock(at="21:30")
    tablet.sign_in("高橋(健)")
    tablet.open_member(member, person["name"])
    tablet.press("メッセージを書く")
    tablet.press("店舗")  # his own name would wait for his next shift
    tablet.sees(re.compile("^明日.*9:00に送ります|9:00に送ります"), re.compile("^夜間のため "))
    words = tablet.value("本文")
    tablet.press(re.compile("9:00に送る$"))
    tablet.sees("メール：ご連絡", "元に戻す")
    tablet.sees("送信待ち")  # the server has it, and holds it
    assert demo.inbox(member) == before

    demo.clock(at="09:01")
    inbox = demo.awaits(member, lambda found: len(found) > len(before))
    assert len(inbox) == len(before) + 1
    assert inbox[-1]["text"].startswith(words)
    assert datetime.fromisoformat(inbox[-1]["received_at"]) >= demo.now().replace(hour=9, minute=0, second=0)
    tablet.sees("送信済み")
