"""The network is cut: work goes on, marked as waiting; once it is back everything arrives exactly once."""

import re

from playwright.sync_api import expect

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "ja"
NOTE = "オフラインでも書けるメモ。裾上げ2cm、来週お渡し。"
MISAKI = "髙橋(美)"
OFFLINE = "Offline. Everything here goes on; what you save is sent when connected."
FIND, WAITS = "Name, phone, member no.", "Saved here, waiting for the network"


def test_scan_search_profile_note_and_message_go_on_and_arrive_once(tablet: Tablet, demo: Demo) -> None:
    """Without a network her code opens her, a name is found, the note and the message are kept and marked; with it they
    go, each once, on the phone and in her history."""
    _, person = tablet.words, demo.person("lapsed")
    member, name = person["member_number"], _.honour(person["name"])
    tablet.sign_in(MISAKI)
    before = demo.inbox(member)
    demo.network(up=False)
    tablet.sees(_(OFFLINE))
    tablet.sees_state("Offline")

    tablet.customers()
    tablet.write(_(FIND), "ふじい のりこ")
    tablet.sees(re.compile(f"^{name} .*{member}"))
    expect(tablet.button(_("Search other shops too"))).to_be_disabled()
    tablet.press(_("Scan"))
    tablet.sees(_("Without the camera"))
    tablet.wedge(demo.code(member))
    tablet.at_profile(person["name"])
    tablet.sees(_.like("In the shop since {at:time}", at=re.compile(r"\d{2}:\d{2}")), _("Before you approach"))
    tablet.sees(_.like("Bought {n}", n=re.compile(r"\d+")))

    tablet.press(_("Note this meeting"))
    tablet.press(_.code("tag", "alteration"))
    tablet.write(_("Your note"), NOTE)
    tablet.press(_("Save the note"))
    said = _("{what}: {text}", what=_.who(MISAKI), text=NOTE)
    tablet.sees(_("Note saved on this tablet; it is sent when connected"), said, _(WAITS))
    tablet.press(_("Write a message"))
    tablet.sees(_("As the customer will see it"))
    # to ask after somebody who is here is out of place, and the tablet says so
    tablet.press(_.code("cause", "after_visit"))
    tablet.press(_.code("channel", "line"))
    words = tablet.value(_("Text of the message"))
    tablet.confirm_whom()
    tablet.press(_("Send"))
    tablet.sees(_("Saved on this tablet; it goes when connected. You can take it back for 10 seconds."))
    tablet.sees(_("{channel:channel}: {what}", channel="line", what=_.code("timeline", "sent")))
    expect(tablet.count(_(WAITS)).nth(2)).to_be_attached()  # the visit, the note, the message
    # the ten seconds to take things back go by, and still nothing has left: view, visit, note and message wait
    waiting = _.within("Offline · {n} saved here, sent when connected", n=re.compile("[4-9]")).pattern
    tablet.sees(re.compile("^" + _("State of sync: {state}", state=waiting)))
    assert demo.inbox(member) == before

    demo.network(up=True)
    inbox = demo.awaits(member, lambda found: len(found) > len(before))
    tablet.sees_in_step()
    tablet.sees(_.code("message_state", "sent"))
    tablet.sees_no(_(WAITS), _("Saved here, being sent"))
    assert [one["text"] for one in inbox].count(words) == 1
    assert len(inbox) == len(before) + 1
    for once in (said, _("{what}: {text}", what=_.who(MISAKI), text=words)):
        expect(tablet.count(once)).to_have_count(1)


def test_a_new_customer_can_be_registered_without_a_network(tablet: Tablet, demo: Demo) -> None:
    """Registered offline she is there at once; once the network is back nothing waits, and she is found by her name."""
    _ = tablet.words
    tablet.sign_in("高橋(健)")
    demo.network(up=False)
    tablet.sees(_(OFFLINE))
    tablet.press(_("Customers"))
    tablet.press(_("Register a new customer"))
    tablet.write(_("Family name (required)"), "試着")
    tablet.write(_("Given name"), "花子")
    tablet.write(_("Family name in kana"), "しちゃく")
    tablet.write(_("Given name in kana"), "はなこ")
    tablet.press(_("Register"))
    tablet.at_profile("試着 花子")
    tablet.sees(_("Registered on this tablet; it is sent when connected"))
    demo.network(up=True)
    tablet.sees_in_step()
    tablet.customers()
    tablet.write(_(FIND), "しちゃく はなこ")
    tablet.press(re.compile(f"^{_.honour('試着 花子')} シチャク ハナコ"))
    tablet.at_profile("試着 花子")
