"""In whose name a message is written: who is in charge, the choice, and from when each name may stand under it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clienteling.queries.compose import Writer
from sync.model.customer import Channel
from sync.model.outreach import Cause, Voice
from sync.model.shop import Shift, Staff
from sync.policy.facts import CustomerFacts
from sync.policy.gate import judge
from sync.policy.whose import Choice, plan_known, voices


@dataclass(frozen=True)
class Sender:
    choices: tuple[Choice, ...]
    chosen: Choice
    charge: Staff | None
    """Who is in charge of her, wherever that person works; also the one who writes."""
    charge_here: bool
    """That person works in this shop, and so may be written through."""
    charge_today: bool | None
    """Whether that person is on shift today; None where the shop tells no shifts, or shows them to nobody."""

    @property
    def waits(self) -> bool:
        """Whether the person in whose name it is has to agree."""
        return self.chosen.voice is Voice.CHARGE

    @property
    def off_duty(self) -> bool:
        """Nobody who could answer is in the plan of shifts any more: in this name it cannot go."""
        return self.chosen.from_ is None


def sender(
    facts: CustomerFacts,
    writer: Writer,
    staff: Iterable[Staff],
    shifts: Sequence[Shift],
    cause: Cause,
    channel: Channel,
    voice: Voice,
    earliest: datetime | None,
) -> Sender | None:
    """Return who may be named and who is, where `voice` was chosen; None while nobody is signed in. `earliest` is when the
    gate lets the message go, None for at once."""
    me, shop, now = writer.staff, writer.shop, writer.now
    if me is None:
        return None

    def opens(at: datetime) -> datetime:
        decision = judge(
            facts, cause=cause, channel=channel, now=now, zone=writer.zone, playbook=writer.playbook, planned_for=at
        )
        return decision.send_after or max(at, now)

    people = list(staff)
    found = voices(facts.customer, me, people, shifts, earliest or now, cause, shop.id, opens)
    chosen = next((one for one in found if one.voice is voice), found[0])
    charge = next((one for one in people if one.id == facts.customer.person_in_charge_id and one.active), None)
    return Sender(
        choices=found,
        chosen=chosen,
        charge=charge,
        charge_here=charge is not None and charge.id == (writer.charge.id if writer.charge else None),
        charge_today=_today(charge, shifts, writer) if charge is not None and not shop.hide_shifts else None,
    )


def _today(person: Staff, shifts: Sequence[Shift], writer: Writer) -> bool | None:
    if not plan_known(shifts, person.shop_id, writer.now):
        return None
    today = writer.now.astimezone(writer.zone).date()
    return any(one.staff_id == person.id and one.starts_at.astimezone(writer.zone).date() == today for one in shifts)
