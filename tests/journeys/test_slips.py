"""An alteration from the counter to the follow-up that says it is ready, in the browser over the real server; and what is owned."""

import re

from sync.model.outreach import Reason
from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "ja"
PIECE = "紺のツイードコート"


def test_an_alteration_until_it_is_ready(tablet: Tablet, demo: Demo) -> None:
    """Taken on in a few taps, brought on by one tap each; ready puts the word to her among the follow-ups, unsent."""
    _, person = tablet.words, demo.person("returning")
    tablet.sign_in("髙橋(美)")
    tablet.open_member(person["member_number"], person["name"])
    tablet.press(_.like("Slips {n}"))
    tablet.press(_("New slip"))
    tablet.press(_.code("slip_kind", "alteration"))
    tablet.sees(_("Which piece?"))  # which moves the field below
    tablet.frames()
    tablet.write(_("Piece"), PIECE)
    tablet.press(_("Save the slip"))
    tablet.at_profile(person["name"])
    tablet.sees(_("Slip saved"), PIECE)
    tablet.press(re.compile("^" + _.code("slip_do", "alteration_under_way")))
    tablet.press(re.compile("^" + _.code("slip_do", "alteration_ready")))
    tablet.sees(
        _("Ready. A follow-up to tell the customer is in the list; nothing is sent by itself."),
        _.code("slip_state", "ready"),
    )
    tablet.press(_.like("Follow-ups"))
    tablet.press_in_list(re.compile(f"^{_.honour(person['name'])} {_.code('cause', 'alteration_ready')}"))
    tablet.sees(_.reason(Reason(code="slip_ready", params={"what": "alteration", "item": PIECE})))
    # the server has had all three commands, and took them
    tablet.sees_in_step()


def test_a_piece_told_of_stands_among_what_is_owned(tablet: Tablet, demo: Demo) -> None:
    """Written down at the counter, it stands there, and a new item can be laid beside it."""
    _, person = tablet.words, demo.person("returning")
    tablet.sign_in("髙橋(美)")
    tablet.open_member(person["member_number"], person["name"])
    tablet.press(_.like("Owned {n}"))
    tablet.press(_("Add a piece the customer told of"))
    tablet.write(_("Piece"), "祖母ゆずりの革鞄")
    tablet.press(_("Save"))
    tablet.at_profile(person["name"])
    tablet.sees("祖母ゆずりの革鞄")
    tablet.press(_("Lay something new beside"))
    tablet.sees(_("New"), "祖母ゆずりの革鞄")
