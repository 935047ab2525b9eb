"""A note about a meeting: two taps and a few words."""

from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "en"
WORDS = "結婚式は来月。ネイビーのロングドレスをご試着、丈はこのままで。"
MISAKI = "髙橋(美)"


def test_two_taps_and_a_text_stand_in_her_history(tablet: Tablet, demo: Demo) -> None:
    """A tag, a feeling, a product and a few words: saved at once, shown with the writer's name, and sent to the server."""
    _, person = tablet.words, demo.person("returning")
    said = _("{what}: {text}", what=_.who(MISAKI), text=WORDS)
    tablet.sign_in(MISAKI)
    tablet.wedge(demo.code(person["member_number"]))
    tablet.at_profile(person["name"])
    tablet.press(_("Note this meeting"))
    tablet.press(_.code("tag", "fitting"))
    tablet.press(_.code("feeling", "happy"))
    tablet.write(_("Your note"), WORDS)
    tablet.press(_("Save the note"))
    tablet.at_profile(person["name"])
    tablet.sees(_("Note saved"), said, _.code("feeling", "happy"))
    # its ten seconds over, the server has it, and the mark that only this tablet knows of it is gone
    tablet.sees_no(_("Saved here, being sent"), _("Saved here, waiting for the network"))
    tablet.sees(said)


def test_an_empty_note_says_what_it_wants(tablet: Tablet, demo: Demo) -> None:
    """Nothing chosen and nothing written is no note."""
    _, person = tablet.words, demo.person("returning")
    tablet.sign_in(MISAKI)
    tablet.open_member(person["member_number"], person["name"])
    tablet.press(_("Note this meeting"))
    tablet.press(_("Save the note"))
    tablet.sees(_("A tag, a feeling or a few words are needed"))


def test_a_note_can_be_taken_back(tablet: Tablet, demo: Demo) -> None:
    """Undo within ten seconds: it is gone from her history."""
    _, person = tablet.words, demo.person("returning")
    said = _("{what}: {text}", what=_.who(MISAKI), text="書きまちがえたメモ")
    tablet.sign_in(MISAKI)
    tablet.open_member(person["member_number"], person["name"])
    tablet.press(_("Note this meeting"))
    tablet.write(_("Your note"), "書きまちがえたメモ")
    tablet.press(_("Save the note"))
    tablet.sees(said)
    tablet.press(_("Undo"))
    tablet.sees(_("Taken back"))
    tablet.sees_no(said)
