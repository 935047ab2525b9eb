"""Beginning and ending practice: another device under the same screens."""

from typing import cast

from clienteling.actions.identify import identify
from clienteling.context import Tablet, off_loop
from clienteling.device import Device
from clienteling.practice.device import PracticeDevice
from clienteling.practice.people import CODE


async def begin_practice(tablet: Tablet) -> None:
    """From here on everything is invented, and nothing of it leaves the tablet."""
    staff_id = tablet.session.staff_id
    if staff_id is None or tablet.session.practice:
        return
    made = await off_loop(PracticeDevice, tablet.device, staff_id, tablet.now, tablet.new_id, tablet.changed)
    tablet.session.scan, tablet.session.unverified, tablet.session.notice = None, "", None
    tablet.viewed, tablet.origin = None, "/search"
    tablet.device = cast("Device", made)
    tablet.session.practice = True
    tablet.go("/practice")
    tablet.changed()


def end_practice(tablet: Tablet) -> None:
    """The real tablet again, as it was; of practice nothing stays."""
    if not isinstance(tablet.device, PracticeDevice):
        return
    tablet.session.scan, tablet.session.unverified, tablet.session.notice = None, "", None
    tablet.viewed, tablet.origin = None, "/search"
    tablet.drafts = {place: draft for place, draft in tablet.drafts.items() if "practice-" not in place[1]}
    tablet.device = tablet.device.real
    tablet.session.practice = False
    tablet.go("/")
    tablet.changed()


async def show_code(tablet: Tablet) -> None:
    """As if the first invented customer held her code before the camera."""
    await identify(tablet, CODE, "scan")
