"""A visit is handed over with the note that was begun: what another tablet has of it, and what the colleague finds."""

from pathlib import Path

from sync.client import Client
from sync.model.customer import Interaction, Visit, VisitDraft
from tests.integration.client.house import until
from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "ja"
MISAKI, OGAWA = "髙橋(美)", "小川"
BEGUN, MORE = "黒のジャケットをお探し。袖は短めに。", "お袖は2cm詰めで。"


def test_the_colleague_goes_on_with_the_words(tablet: Tablet, demo: Demo, film: Path, other_device: Client) -> None:
    """Nothing leaves the tablet while the note is written. Handed over, the words are on the shop's other tablet, with who
    began them; the colleague finds them in the form and saves the note; then no tablet holds a draft, and each the note."""
    _, person = tablet.words, demo.person("lapsed")
    tablet.sign_in(MISAKI)
    tablet.scan(film, demo.code_png(person["member_number"]))
    tablet.at_profile(person["name"])
    tablet.open_visit(person["name"])
    tablet.press(_("Note this meeting"))
    tablet.press(_.code("tag", "fitting"))
    tablet.write(_("Your note"), BEGUN)
    tablet.sees_in_step()
    assert draft(other_device, person["member_number"]) is None

    tablet.open_member(person["member_number"], person["name"])
    tablet.open_visit(person["name"])
    tablet.press(_("Hand over"))
    tablet.sees(_("The note that was begun goes along"))
    tablet.press(_.who(OGAWA))
    tablet.sees(_.like("With a note begun by {staff:name}"))
    until(lambda: draft(other_device, person["member_number"]) is not None)  # it can be taken back for ten seconds
    given = draft(other_device, person["member_number"])
    assert given is not None
    assert (given.text, given.tags) == (BEGUN, ("fitting",))
    writer = other_device.cache.record("staff", given.begun_by or "")
    assert getattr(writer, "given_name", "").startswith(MISAKI[3])

    tablet.sign_in(OGAWA)
    tablet.open_member(person["member_number"], person["name"])
    tablet.open_visit(person["name"])
    tablet.press(_("Note this meeting"))
    tablet.sees(_.within("Begun by {staff:name}", staff=_.who(MISAKI)))
    assert tablet.value(_("Your note")) == BEGUN
    tablet.write(_("Your note"), MORE, at_end=True)
    tablet.press(_("Save the note"))
    tablet.at_profile(person["name"])
    until(lambda: draft(other_device, person["member_number"]) is None)
    her = customer_id(other_device, person["member_number"])
    records = other_device.cache.customer_range(her)
    assert any(isinstance(one, Interaction) and one.text == BEGUN + MORE for one in records)


def customer_id(device: Client, number: str) -> str:
    (her,) = [one for one in device.cache.search_customers(number) if one.member_number == number]
    return her.id


def draft(device: Client, number: str) -> VisitDraft | None:
    """Return the begun note that the other tablet holds for a visit of hers."""
    assert device.sync_once().error is None
    records = device.cache.customer_range(customer_id(device, number))
    return next((one.draft for one in records if isinstance(one, Visit) and one.draft is not None), None)
