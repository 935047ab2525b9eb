"""Covering the screen, and coming back to it: by badge, or by PIN (`actions.session.sign_in`)."""

from clienteling.actions.session import resume, sign_out
from clienteling.context import Tablet, off_loop
from clienteling.idle import Due, badge_opens, due
from sync.policy.badge import is_badge
from sync.policy.employment import employed


def look(tablet: Tablet, *, shut: bool = False) -> None:
    """Cover or sign out where it is time. Called on every tick, after a connection broke, and as something changed.

    `shut`: customers were closed just now; none of them stays on a screen.
    """
    session = tablet.session
    if session.staff_id is None:
        return
    person = tablet.staff
    out = shut or not tablet.pulse.enrolled or not tablet.pulse.let_in
    if out or (person is not None and not works_here(tablet, person.id)):
        sign_out(tablet)
        return
    match due(tablet.presence(), tablet.tick(), tablet.limits):
        case Due.SIGN_OUT:
            sign_out(tablet)
        case Due.COVER:
            session.notice = None
            session.covered = True
        case Due.NOTHING:
            pass


def works_here(tablet: Tablet, staff_id: str) -> bool:
    """Return whether somebody is employed at this moment; also asked without a network."""
    directory = tablet.pulse.directory
    person = directory.staff.get(staff_id)
    return person is not None and employed(person, tablet.now(), directory.shops.get(person.shop_id))


async def resume_by_badge(tablet: Tablet, code: str) -> bool:
    """Uncover for whoever left, when it is that person's badge and in time; say else why not."""
    session, _ = tablet.session, tablet.words()
    staff_id = session.staff_id
    if staff_id is None or not session.covered:
        return False
    if not badge_opens(tablet.presence(), tablet.tick(), tablet.limits):
        session.cover_word = _("It is too long ago for the badge. Please enter your PIN.")
    elif not is_badge(code):
        session.cover_word = _("That is not a staff badge.")
    elif not await off_loop(tablet.device.badge_fits, staff_id, code):
        session.cover_word = _("That is not {staff:name}'s badge.", staff=staff_id)
    else:
        resume(tablet)
        return True
    return False


__all__ = ["look", "resume_by_badge", "works_here"]
