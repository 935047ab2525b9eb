"""At night nothing is sent: the message says when it will go, and goes then. Last, since it moves the clock by a night."""

import re
from datetime import datetime

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "ja"


def test_a_message_of_the_evening_goes_in_the_morning(tablet: Tablet, demo: Demo) -> None:
    """At half past nine in the evening the tablet plans the message for nine the next morning and says so; the clock
    moved on, it arrives."""
    _, person = tablet.words, demo.person("mail_only")
    member = person["member_number"]
    before = demo.inbox(member)
    demo.clock(at="21:30")
    tablet.sign_in("高橋(健)")
    tablet.open_member(member, person["name"])
    tablet.press(_("Write a message"))
    tablet.press(_("The shop's"))  # his own name would wait for his next shift
    nine = _.moment("tomorrow", "09:00")
    tablet.sees(_.like("It waits until {at:datetime}", at=nine), _.like_code("reason", "later", at=nine))
    words = tablet.value(_("Text of the message"), without=re.compile("高橋"))  # as it was in his own name
    tablet.press(_.like("Send at {at:datetime}", at=nine))
    tablet.sees(_("{channel:channel}: {what}", channel="email", what=_.code("timeline", "sent")), _("Undo"))
    tablet.sees(_.code("message_state", "queued"))  # the server has it, and holds it
    assert demo.inbox(member) == before

    demo.clock(at="09:01")
    inbox = demo.awaits(member, lambda found: len(found) > len(before))
    assert len(inbox) == len(before) + 1
    assert inbox[-1]["text"].startswith(words)
    assert datetime.fromisoformat(inbox[-1]["received_at"]) >= demo.now().replace(hour=9, minute=0, second=0)
    tablet.sees(_.code("message_state", "sent"))
