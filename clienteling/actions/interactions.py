"""Writing down a meeting."""

from collections.abc import Sequence

from clienteling.context import Tablet, off_loop
from clienteling.note_draft import note_key
from sync.model.commands import LogInteraction
from sync.model.customer import Feeling

UNDO_SECONDS = 10.0


async def log_interaction(
    tablet: Tablet,
    customer_id: str,
    *,
    text: str,
    tags: Sequence[str],
    product_ids: Sequence[str],
    feeling: Feeling | None,
    confidential: bool = False,
    visit_id: str | None = None,
) -> None:
    """Keep a note: in the outbox first, at once on the profile; it can be taken back for ten seconds. `visit_id`: of the
    visit whose begun note it goes on with."""
    shop_id, staff_id = tablet.pulse.directory.shop_id, tablet.session.staff_id
    if shop_id is None or staff_id is None:
        return
    command = LogInteraction(
        interaction_id=tablet.new_id(),
        customer_id=customer_id,
        shop_id=shop_id,
        text=text.strip(),
        tags=tuple(tags),
        product_ids=tuple(product_ids),
        feeling=feeling,
        confidential=confidential,
        visit_id=visit_id,
    )
    here = tablet.session.route
    command_id = await off_loop(tablet.device.submit, command, staff_id, UNDO_SECONDS)
    _ = tablet.words()
    said = _("Note saved") if tablet.pulse.online else _("Note saved on this tablet; it is sent when connected")
    restore = tablet.finish(note_key(customer_id), f"/customers/{customer_id}/note")
    tablet.go_on(here, f"/customers/{customer_id}")
    tablet.say(said, seconds=UNDO_SECONDS, undo=command_id, restore=restore)
