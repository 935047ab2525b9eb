"""The manager watches over the shop's follow-ups: drafts of part-timers, and who takes what."""

import re
from contextlib import suppress
from typing import Any

from playwright.sync_api import expect

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "ja"
MORITA, OGAWA, MISAKI = "森田", "小川", "髙橋(美)"
COMMENT = "お直しの件も一言添えてください。"


def draft(tablet: Tablet, person: dict[str, Any], channel: str) -> str:
    """Write to her as somebody who may not send; return the words."""
    _ = tablet.words
    tablet.open_member(person["member_number"], person["name"])
    tablet.press(_("Write a message"))
    tablet.sees(_("A manager reads it first"))
    tablet.press(_.code("channel", channel))
    words = tablet.value(_("Text of the message"))
    tablet.press(_("Ask for approval"))
    tablet.sees(_("{channel:channel}: {what}", channel=channel, what=_.code("timeline", "sent")), _("Undo"))
    return words


def group_of(tablet: Tablet, group: str) -> str:
    """Show one group of the queue, and return its name."""
    name = tablet.words.code("queue", group)
    tablet.press(re.compile(f"^{name} \\d+"))
    tablet.frames()  # the list is drawn anew, and with it what is pressed next
    return name


def line_of(tablet: Tablet, person: dict[str, Any], group: str) -> None:
    """Choose a customer's follow-up in a group of the queue."""
    name = tablet.words.honour(person["name"])
    line = re.compile(f"^{re.escape(name)} .*{group_of(tablet, group)}$")
    heading = tablet.page.get_by_role("heading", name=name)
    tablet.press_in_list(line)
    with suppress(AssertionError):
        expect(heading).to_be_attached(timeout=5_000)
        return
    tablet.press_in_list(line)  # the list was drawn anew under the finger; one taps again
    expect(heading).to_be_attached()


def test_a_part_timers_drafts_are_approved_or_sent_back(tablet: Tablet, demo: Demo) -> None:
    """Two drafts wait for the manager. One is approved and arrives in its writer's name; the other goes back with a
    comment, which its writer reads; until then neither has reached anybody."""
    _ = tablet.words
    approved, returned = demo.person("first_purchase"), demo.person("birthday")
    before = {one["member_number"]: demo.inbox(one["member_number"]) for one in (approved, returned)}
    tablet.sign_in(OGAWA)
    words = draft(tablet, approved, "line")
    draft(tablet, returned, "line")

    tablet.sign_in(MORITA)
    tablet.press(_.like("Follow-ups"))
    tablet.sees(_("Follow-ups of {shop}", shop=_.shop("ginza")))
    line_of(tablet, approved, "approval")
    written = _("{channel:channel}, written by {name}", channel="line", name=_.who(OGAWA))
    tablet.sees(words, written, _("It can be sent"))
    assert demo.inbox(approved["member_number"]) == before[approved["member_number"]]
    tablet.press(_("Approve and send"))
    tablet.sees(_("Approved; it is being sent"))
    line_of(tablet, returned, "approval")
    tablet.press(_("Send back"))
    tablet.write(_("What should be different?"), COMMENT)
    tablet.press(_("Send back"))
    tablet.sees(_("Sent back with your comment"))

    inbox = demo.awaits(approved["member_number"], lambda found: any(one["text"] == words for one in found))
    assert [one["from"] for one in inbox if one["text"] == words] == ["小川（銀座本店） from KAZAMI 公式"]
    tablet.sees_in_step()
    tablet.sign_in(OGAWA)
    said = [_.honour("近藤"), _.code("cause", "birthday"), _("“{comment}”", comment=COMMENT)]
    tablet.sees(re.compile(" ".join(said)))
    assert demo.inbox(returned["member_number"]) == before[returned["member_number"]]


def test_a_follow_up_is_given_to_someone_else(tablet: Tablet) -> None:
    """The manager gives a follow-up to a colleague, who finds it among her own."""
    _ = tablet.words
    why = "|".join(re.escape(_.code("cause", one)) for one in ("lapsed", "after_purchase"))
    tablet.sign_in(MORITA)
    tablet.press(_.like("Follow-ups"))
    today = group_of(tablet, "today")
    chosen = tablet.button(re.compile(f"^{_.honour('[一-龠]+ [一-龠]+')} ({why}) {today}$"))
    label = chosen.get_attribute("aria-label") or chosen.inner_text()
    family, given = label.split()[:2]
    chosen.click()
    expect(tablet.page.get_by_role("heading", name=_.honour(f"{family} {given}"))).to_be_attached()
    tablet.press(_("Give to someone else"))
    tablet.sees(_("Who takes it?"))
    tablet.press(_.who(MISAKI))
    tablet.sees(_("Given to {staff:name}", staff=_.who(MISAKI)))
    tablet.sign_in(MISAKI)
    tablet.press(_.like("Follow-ups"))
    tablet.sees(_("Your follow-ups"))
    tablet.press_in_list(re.compile(f"^{_.honour(f'{family} {given}')} ({why})"))
    tablet.press(_("Write to {name}", name=_.honour(family)))
    tablet.sees(_("To {name}", name=_.honour(f"{family} {given}")), _("As the customer will see it"))
    assert tablet.value(_("Text of the message")).startswith(f"{family}様")
