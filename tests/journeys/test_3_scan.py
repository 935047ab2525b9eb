"""Who she is: by the camera, by a wedge scanner, by typing; and what each code that does not open a profile says."""

import re
from pathlib import Path

import pytest

from sync.client import Client
from sync.ids import new_id
from sync.model.commands import CheckIn
from sync.policy.membership import parse_code
from sync.sandbox.codes import qr_png
from tests.journeys import camera, codes
from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet

LANGUAGE = "en"


@pytest.fixture
def signed_in(tablet: Tablet, film: Path) -> Tablet:
    """Signed in, with an empty counter before the camera."""
    camera.show(film, None)
    tablet.sign_in("髙橋(美)")
    return tablet


def test_the_camera_reads_the_code_on_her_phone_and_opens_her_profile(
    signed_in: Tablet, demo: Demo, film: Path
) -> None:
    """Camera frames of the phone's QR code open the profile and the visit; an empty counter opened nothing before."""
    person = demo.person("returning")
    signed_in.scan(film, None)
    _ = signed_in.words
    signed_in.sees(_("Hold the customer's member code in the frame"), _("Without the camera"))
    signed_in.scan(film, demo.code_png(person["member_number"]))
    signed_in.at_profile(person["name"])
    signed_in.sees(_.like("In the shop since {at:time}"))


def test_a_wedge_scanner_opens_her_from_any_screen(signed_in: Tablet, demo: Demo) -> None:
    """The keys of a scanner, with no field chosen, open her profile from the appointments as well as from the scan
    screen."""
    _ = signed_in.words
    for case, where in (("coat", _("Appointments")), ("line_only", _("Scan"))):
        person = demo.person(case)
        signed_in.press(where)
        signed_in.sees(_("Ahead") if where == _("Appointments") else _("Without the camera"))
        signed_in.wedge(demo.code(person["member_number"]))
        signed_in.at_profile(person["name"])


@pytest.mark.parametrize("by", ["member_number", "name", "phone"])
def test_typing_finds_her(signed_in: Tablet, demo: Demo, by: str) -> None:
    """A whole member number or telephone number opens her at once; a name lists who bears it."""
    person = demo.person("returning")
    if by == "member_number":
        signed_in.open_member(person["member_number"], person["name"])
        return
    signed_in.customers()
    field = signed_in.words("Name, phone, member no.")
    if by == "phone":
        signed_in.write(field, "0" + person["phone"].removeprefix("+81"))
        signed_in.page.keyboard.press("Enter")
    else:
        signed_in.write(field, person["name"])
        signed_in.press(re.compile(f"^{signed_in.words.honour(person['name'])} "))
    signed_in.at_profile(person["name"])


def says(tablet: Tablet, outcome: str, *ways: str) -> None:
    """The sentence, what to do, and buttons that do it; nobody's profile is open."""
    _ = tablet.words
    tablet.sees(_.code("outcome", outcome), _.code("outcome_hint", outcome))
    for way in ways:
        assert tablet.button(_(way)).is_visible(), way
    assert tablet.page.get_by_role("button", name=_("Note this meeting")).count() == 0


def test_a_code_that_is_out_of_date_asks_to_be_shown_again(signed_in: Tablet, demo: Demo) -> None:
    """A genuine code from a minute ago is called out of date, not forged, and a new one opens her."""
    person = demo.person("first_purchase")
    stale = demo.code(person["member_number"])
    demo.later(60)
    signed_in.press(signed_in.words("Scan"))
    signed_in.sees(signed_in.words("Without the camera"))
    signed_in.wedge(stale)
    says(signed_in, "expired", "Scan again")
    signed_in.wedge(demo.code(person["member_number"]))
    signed_in.at_profile(person["name"])


def test_a_forged_code_opens_nobody(signed_in: Tablet, demo: Demo) -> None:
    """One bit of the signature turned: it cannot be confirmed, and searching by name is the way on."""
    signed_in.press(signed_in.words("Scan"))
    signed_in.sees(signed_in.words("Without the camera"))
    signed_in.wedge(codes.forged(demo.code(demo.person("returning")["member_number"])))
    says(signed_in, "forged", "Scan again", "Search by name")
    signed_in.press(signed_in.words("Search by name"))
    signed_in.sees(signed_in.words("Who are you looking for?"))


def test_a_code_of_another_retailer_says_whose_it_is_not(signed_in: Tablet, demo: Demo) -> None:
    """Another house's code is no forgery: ask for ours, search, or register her."""
    signed_in.press(signed_in.words("Scan"))
    signed_in.sees(signed_in.words("Without the camera"))
    signed_in.wedge(codes.of_other_retailer(demo, demo.person("returning")["member_number"]))
    says(signed_in, "other_retailer", "Search by name", "Register as new")


def test_a_customer_of_another_shop_needs_the_network(signed_in: Tablet, demo: Demo) -> None:
    """With the network cut a code of Fukuoka's customer is neither forged nor unknown: she is not on this tablet. Once
    it is back, asking the server opens her."""
    person = demo.person("fukuoka")
    signed_in.press(signed_in.words("Scan"))
    signed_in.sees(signed_in.words("Without the camera"))
    demo.network(up=False)
    signed_in.wedge(demo.code(person["member_number"]))
    says(signed_in, "not_on_tablet", "Ask the server", "Search by name")
    demo.network(up=True)
    signed_in.press(signed_in.words("Ask the server"))
    signed_in.at_profile(person["name"])
    signed_in.sees(re.compile("· (福岡店|Fukuoka)|(福岡店|Fukuoka) ·"))


def test_a_customer_whom_nobody_knows_can_be_registered(signed_in: Tablet, demo: Demo) -> None:
    """A well-made code of an app that the server does not know: she is unknown, and registering her is one tap away."""
    signed_in.press(signed_in.words("Scan"))
    signed_in.sees(signed_in.words("Without the camera"))
    signed_in.wedge(codes.of_nobody(demo, our_number(demo)))
    says(signed_in, "unknown", "Search by name", "Register as new")
    signed_in.press(signed_in.words("Register as new"))
    signed_in.sees(signed_in.words("Family name (required)"))


def our_number(demo: Demo) -> int:
    """The retailer's number, as every phone's code says it."""
    return parse_code(demo.code(demo.person("returning")["member_number"])).retailer


@pytest.mark.parametrize("what", ["jan", "url"])
def test_what_is_no_membership_code_is_said_to_be_none(signed_in: Tablet, film: Path, what: str) -> None:
    """A price tag or a web address before the camera is no membership code; showing the code again, searching and
    registering are offered."""
    picture = codes.barcode("4901234567894") if what == "jan" else qr_png("HTTPS://WWW.EXAMPLE.COM/SALE")
    signed_in.scan(film, picture)
    says(signed_in, "not_a_code", "Scan again", "Register as new")


def test_a_code_opens_again_here_and_is_a_replay_on_another_device(
    signed_in: Tablet, demo: Demo, other_device: Client
) -> None:
    """The same code reopens the profile on the device that read it. On a second device of the shop it opens too, since
    nobody can know better without asking, but the server's answer to the check-in calls it a replay, and from then on
    that device refuses it."""
    person = demo.person("identities")
    code = demo.code(person["member_number"])
    for _again in range(2):
        signed_in.press(signed_in.words("Scan"))
        signed_in.sees(signed_in.words("Without the camera"))
        signed_in.wedge(code)
        signed_in.at_profile(person["name"])
    signed_in.sees(signed_in.words.within("Synced {at:time}"))

    found = other_device.identify(code)
    assert (found.outcome, found.by_code) == ("found", True)
    assert found.customer_id is not None
    assert other_device.shop_id is not None
    check_in(other_device, found.customer_id, found.code_digest)
    assert [notice.reason.code for notice in other_device.status().notices if notice.reason] == ["replayed"]
    assert other_device.identify(code).outcome == "replayed"


def check_in(device: Client, customer_id: str, digest: str) -> None:
    assert device.shop_id is not None
    staff = next(one for one in device.cache.staff() if one.shop_id == device.shop_id)
    command = CheckIn(
        visit_id=new_id(), customer_id=customer_id, shop_id=device.shop_id, source="scan", code_digest=digest
    )
    device.submit(command, staff.id)
    assert device.sync_once().error is None


def test_a_code_that_was_used_on_another_device_is_called_so(
    signed_in: Tablet, demo: Demo, other_device: Client
) -> None:
    """Used elsewhere first, the code still opens her here at once, and the tablet says what the server knew as soon as
    it has answered; scanned again it is refused in words."""
    _ = signed_in.words
    person = demo.person("birthday")
    code = demo.code(person["member_number"])
    found = other_device.identify(code)
    assert found.customer_id is not None
    check_in(other_device, found.customer_id, found.code_digest)

    signed_in.press(signed_in.words("Scan"))
    signed_in.sees(signed_in.words("Without the camera"))
    signed_in.wedge(code)
    signed_in.at_profile(person["name"])
    signed_in.sees(_.code("reason", "replayed"))
    signed_in.press(re.compile("^" + _("State of sync: {state}", state=_.within("{n} to look at").pattern)))
    signed_in.press(re.compile("^" + _("Got it: {name}, {what}", name=_.honour(person["name"]), what=".*")))
    signed_in.sees(re.compile("^" + _("State of sync: {state}", state=_.within("Synced {at:time}").pattern)))
    signed_in.press(signed_in.words("Scan"))
    signed_in.sees(signed_in.words("Without the camera"))
    signed_in.wedge(code)
    says(signed_in, "replayed", "Scan again", "Search by name")


def test_from_a_scan_to_a_queued_message_in_four_taps(signed_in: Tablet, demo: Demo, film: Path) -> None:
    """Scan, write, send: the reason, the channel that she prefers and the words are there already. Counted in the browser, the tap
    that opens the camera and whatever asks whether it is she included."""
    _, person = signed_in.words, demo.person("points")
    signed_in.home()
    camera.show(film, demo.code_png(person["member_number"]))
    signed_in.page.evaluate("window.taps = 0; addEventListener('pointerdown', () => window.taps++, true)")
    signed_in.press(_("Scan"))
    signed_in.at_profile(person["name"])
    signed_in.sees(_.like("In the shop since {at:time}"))  # the visit has opened, and with it the one question above
    signed_in.press(_("Write a message"))
    signed_in.sees(_("As the customer will see it"))
    signed_in.confirm_whom()
    signed_in.press(_("Send"))
    signed_in.sees(_("Undo"))
    assert 3 <= signed_in.page.evaluate("window.taps") <= 4
    signed_in.press(_("Undo"))
    signed_in.sees(_("Taken back"))
