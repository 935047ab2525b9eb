"""A whole visit: from the code on her phone to the follow-up that was proposed at the goodbye."""

import re
from pathlib import Path

from playwright.sync_api import expect

from sync.client import Client
from sync.model.customer import Handled, Interaction, Visit
from sync.model.holds import HoldState
from sync.model.promise import Promise, Promised
from tests.integration.client.house import until
from tests.journeys import camera, codes
from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet
from tests.journeys.test_stock import holds, jan_in

LANGUAGE = "ja"
MISAKI = "髙橋(美)"
WORDS = "ご旅行用に。丈は短めがお好み。"


def test_from_the_scan_to_the_follow_up(tablet: Tablet, demo: Demo, film: Path, other_device: Client) -> None:
    """Her code before the camera opens her profile and her visit. What is shown goes onto the tray, is tried on, for a gift; a piece
    is set aside for her, a promise is made in two taps, the note has a chip, a feeling and words. The goodbye proposes
    what to come back to; taken, it stands in the queue, and the server has had all of it."""
    _, person = tablet.words, demo.person("coat")
    name = _.honour(person["name"])
    tablet.sign_in(MISAKI)
    tablet.scan(film, demo.code_png(person["member_number"]))
    tablet.at_profile(person["name"])

    tablet.open_visit(person["name"])
    tablet.sees(_.like("In the shop since {at:time}"))
    tablet.press(_.like("Add {name}"))
    tablet.press(_.code("handled", "tried"))
    tablet.press(_.code("handled", "gift"))

    tablet.press(_.code("promised", "photo"))
    tablet.press(_.like("Promise until {day}"))
    tablet.sees(_("Promise noted"))

    tablet.press(_("Note this meeting"))
    tablet.press(_.code("tag", "fitting"))
    tablet.press(_.code("feeling", "happy"))
    tablet.write(_("Your note"), WORDS)
    tablet.press(_("Save the note"))
    tablet.at_profile(person["name"])
    tablet.sees(_("{what}: {text}", what=_.who(MISAKI), text=WORDS), _("Still to be kept"), _.code("promised", "photo"))

    tablet.wedge(jan_in(other_device))
    tablet.press(_("Hold it here"))
    tablet.write(_("Name, phone, member no."), person["name"])
    tablet.press(re.compile(f"^{name} "))
    tablet.press(_("Hold it"))
    tablet.sees(_.like("Held until {until:datetime}"))

    tablet.open_member(person["member_number"], person["name"])
    tablet.press(_.like("Visit: {n} on the tray", n="1"))
    tablet.press(_("End the visit"))
    tablet.sees(_.like("Ended {at:time}: {how}", how=_.code("visit_end", "staff")), _("Getting back in touch"))
    tablet.press(_("Plan it"))
    tablet.sees(_.like("Planned for {day:date}"))
    tablet.press(_.like("Follow-ups"))
    tablet.press_in_list(re.compile(f"^{name} {_.code('cause', 'after_visit')}"))
    expect(tablet.page.get_by_role("heading", name=name)).to_be_attached()
    tablet.sees_in_step()
    on_another_tablet(other_device, person["member_number"])


def test_a_receipt_is_read_by_the_camera(tablet: Tablet, demo: Demo, film: Path) -> None:
    """The member code held there by mistake is said to be one and attaches nothing; the bars of the receipt then end the visit,
    which says that the till has not told of it yet, and it can be taken back."""
    _, person = tablet.words, demo.person("returning")
    tablet.sign_in(MISAKI)
    tablet.scan(film, demo.code_png(person["member_number"]))
    tablet.at_profile(person["name"])
    tablet.press(_.like("Visit: {n} on the tray"))
    tablet.press(_("Read the barcode with the camera"))
    tablet.sees(_.code("no_receipt", "member"))
    expect(tablet.button(_("End the visit"))).to_be_visible()
    tablet.press(_("Close the camera"))
    camera.show(film, codes.bars("R-00127"))  # Chromium reads the film anew when the camera starts
    tablet.press(_("Read the barcode with the camera"))
    tablet.sees(
        _("Receipt {number}, waiting for the till", number="R-00127"),
        _.like("Ended {at:time}: {how}", how=_.code("visit_end", "receipt")),
    )
    tablet.press(_("Undo"))
    expect(tablet.button(_("End the visit"))).to_be_visible()


def on_another_tablet(device: Client, member: str) -> None:
    """All of it is known on the shop's other tablet."""
    [her] = device.cache.exact_customers(member)

    def visit_of_today() -> Visit:
        device.sync_once()
        return max((one for one in device.cache.customer_range(her) if isinstance(one, Visit)), key=lambda one: one.at)

    until(lambda: visit_of_today().ended_at is not None)  # the goodbye can be taken back for ten seconds
    visit, records = visit_of_today(), device.cache.customer_range(her)
    assert [(one.how, one.gift) for one in visit.tray] == [(Handled.TRIED, True)]
    [hold] = [one for one in holds(device) if one.for_customer_id == her]
    assert hold.state is HoldState.HELD
    assert [one.visit_id for one in records if isinstance(one, Promise) and one.what is Promised.PHOTO] == [visit.id]
    assert any(isinstance(one, Interaction) and one.text == WORDS for one in records)
