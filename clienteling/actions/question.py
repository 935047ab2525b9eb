"""The answer to the one question of a visit, or that it was skipped."""

from clienteling.context import Tablet, off_loop
from sync.model.commands_visits import NoteAnswer
from sync.model.customer import Asked, Visit


async def answer(tablet: Tablet, visit: Visit, question: Asked, said: str) -> None:
    """Note what she answered; an empty text: she was not asked, or does not want to say."""
    command = NoteAnswer(visit_id=visit.id, customer_id=visit.customer_id, question=question, answer=said)
    _ = tablet.words()
    await off_loop(tablet.device.submit, command, tablet.session.staff_id)
    tablet.say(_("Noted") if said else _("Not asked again in this visit"))
