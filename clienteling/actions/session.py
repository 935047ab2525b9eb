"""Signing in and out, language, taking back: what changes the session itself."""

from clienteling.context import Tablet, off_loop
from clienteling.theme import locales
from sync.client.types import PinResult


async def sign_in(tablet: Tablet, staff_id: str, pin: str) -> PinResult:
    """Check the PIN on this device; when it holds, the person is signed in and sees the first screen, or, at a covered one,
    that which was left. What somebody else had begun here is forgotten, but for notes and messages (`sync.client.drafts`)."""
    result = await off_loop(tablet.device.check_pin, staff_id, pin)
    if result.ok and tablet.session.covered:
        resume(tablet)
    elif result.ok:
        tablet.session.scan = None
        tablet.drafts = {place: draft for place, draft in tablet.drafts.items() if place[0] == staff_id}
        tablet.session.staff_id = staff_id
        tablet.signed_in = staff_id, tablet.tick()
        tablet.touched()
        if tablet.session.route in {"", "/sign-in"}:
            tablet.go("/")
    return result


def resume(tablet: Tablet) -> None:
    """Show a covered screen again as it was left."""
    tablet.session.covered = False
    tablet.session.cover_word = ""
    tablet.touched()


async def unlock(tablet: Tablet, staff_id: str, manager_id: str, pin: str) -> PinResult:
    """Let a locked person try again, on a manager's own PIN."""
    result = await off_loop(tablet.device.check_pin, manager_id, pin)
    if result.ok:
        await off_loop(tablet.device.unlock_pin, staff_id, manager_id)
    return result


def sign_out(tablet: Tablet) -> None:
    """Leave: the next person starts at the sign-in screen, and nothing of this one stays on it. What waits to be sent does,
    and so do the open visits. What was begun waits for the same person: notes and messages until closing time, anything else
    until somebody else signs in."""
    from clienteling.actions.practice import end_practice  # which identifies, and so needs what is here

    end_practice(tablet)
    tablet.session.staff_id = None
    tablet.session.covered = False
    tablet.session.cover_word = ""
    tablet.signed_in = "", 0.0
    tablet.call_since = None
    tablet.viewed = None
    tablet.origin = "/search"
    tablet.session.scan = None
    tablet.session.unverified = ""
    tablet.session.notice = None
    tablet.session.show_customer = False
    tablet.go("/")


def show_customer(tablet: Tablet, *, on: bool) -> None:
    """Leave nothing on the screen but products, sizes and stock, so that a customer may look at it too; or end that."""
    tablet.session.show_customer = on


def set_language(tablet: Tablet, language: str) -> None:
    """Have the app speak another language, and Flutter's own words with it: what a field says of the letters that are left."""
    tablet.session.language = language
    tablet.page.locale_configuration = locales(language)
    tablet.page.update()


async def recall(tablet: Tablet) -> None:
    """Take back the held command of the present notice, or all of them, and say whether it was in time."""
    notice = tablet.session.notice
    if notice is None or (notice.undo is None and notice.restore is None):
        return
    if notice.undo is None and notice.restore is not None:  # nothing was held: it is all on this screen
        notice.restore()
        tablet.say(tablet.words()("Taken back"))
        return
    held = [notice.undo] if isinstance(notice.undo, str) else list(notice.undo or ())
    done = [one for one in held if await off_loop(tablet.device.recall, one)]
    _ = tablet.words()
    if done and notice.restore is not None:
        notice.restore()
    if done and len(done) < len(held):
        tablet.say(_("{n} taken back; the others are on their way", n=len(done)))
    else:
        tablet.say(_("Taken back") if done else _("Too late to take back: it is on its way"))
