"""What staff do with a tablet, about whom and what it shows, also what it shows wrongly: `LEFT_OUT` are the commands nobody gives."""

from datetime import timedelta

from sync.client import Client
from sync.model import commands as c
from sync.model import commands_visits as v
from sync.model.base import Record
from sync.model.customer import Appointment, Channel, Feeling, Visit
from sync.model.outreach import Cause, FollowUp, Message, MessageState
from tests.chaos.floor import FLOOR, PEOPLE, Kind, hers
from tests.chaos.house import SHOPS
from tests.chaos.tablet import Tablet
from tests.chaos.world import World

_CAUSES = (Cause.HOLD_READY, Cause.ORDER, Cause.APPOINTMENT, Cause.HOLD_READY, Cause.AFTER_VISIT, Cause.REPLY)


def work(world: World, tablet: Tablet) -> None:
    """Let somebody at this tablet do one thing."""
    chance = world.chance
    roll = chance.random()
    waiting = [act for act in tablet.acts.values() if not act.answered and not act.recalled]
    if roll < 0.06 and waiting:
        tablet.recall(chance.choice(waiting))
        return
    if roll < 0.1:
        tablet.dismiss()
        return
    shown: list[Record] = []
    tablet.run("look", lambda client: shown.extend(_look(world, client)))
    person = chance.choice(PEOPLE[tablet.shop_code])
    for make in chance.sample(KINDS, len(KINDS)):
        command = make(world, tablet, person, shown)
        if command is not None:
            if isinstance(command, c.ApproveMessage | c.ReturnMessage | c.AssignFollowUp) and chance.random() < 0.8:
                person = {"ginza": "staff-manager", "umeda": "staff-boss"}[tablet.shop_code]
            tablet.submit(command, person, 10.0 if chance.random() < 0.25 else 0.0)
            return


def _look(world: World, client: Client) -> list[Record]:
    """Open the profile of somebody on the tablet (of nobody, where it holds none), and the list of what is set aside."""
    everybody = client.cache.records("customer")
    profile = client.cache.customer_range(world.chance.choice(everybody).id) if everybody else []
    return [*profile, *client.cache.records("hold")]


def _record_view(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    customer_id = hers(shown)
    return c.RecordView(customer_id=customer_id, how="search") if customer_id else None


def _check_in(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    customer_id = hers(shown)
    if customer_id is None:
        return None
    digest = f"{world.chance.randint(1, 6):064x}" if world.chance.random() < 0.5 else ""
    return c.CheckIn(
        visit_id=world.new_id("visit"),
        customer_id=customer_id,
        shop_id=SHOPS[tablet.shop_code],
        source="scan" if digest else "staff",
        code_digest=digest,
    )


def _register(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    number = world.chance.randint(1, 12)
    return c.RegisterCustomer(
        customer_id=world.new_id("newcomer"),
        shop_id=SHOPS[tablet.shop_code],
        family_name="新垣",
        given_name=f"葵{number}",
        family_kana="アラガキ",
        given_kana="アオイ",
        phone=world.chance.choice(("", f"090-1234-{number:04d}", "0")),
        email=world.chance.choice(("", f"yumi{number}@example.jp", f"aoi{number}@example.jp")),
        consents=(Channel.EMAIL,) if world.chance.random() < 0.5 else (),
    )


def _log(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    customer_id = hers(shown)
    if customer_id is None:
        return None
    return c.LogInteraction(
        interaction_id=world.new_id("note"),
        customer_id=customer_id,
        shop_id=SHOPS[tablet.shop_code],
        text="紺がお好き" * world.chance.choice((0, 1, 20, 300)),
        feeling=world.chance.choice((None, None, Feeling.HAPPY, Feeling.DISPLEASED)),
        confidential=world.chance.random() < 0.2,
    )


def _queue(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    customer_id, chance = hers(shown), world.chance
    if customer_id is None:
        return None
    returned = [one for one in shown if isinstance(one, Message) and one.state is MessageState.RETURNED]
    open_ones = [one for one in shown if isinstance(one, FollowUp)]
    draft = chance.choice(returned) if returned and chance.random() < 0.5 else None
    purpose = chance.choice(open_ones) if open_ones and chance.random() < 0.6 else None
    return c.QueueMessage(
        message_id=draft.id if draft is not None else world.new_id("message"),
        customer_id=customer_id,
        shop_id=SHOPS[tablet.shop_code],
        channel=chance.choice(tuple(Channel)),
        cause=chance.choice(_CAUSES),
        subject="お知らせ",
        body="お品物が届きました。",
        send_after=tablet.clock() + timedelta(hours=2) if chance.random() < 0.2 else None,
        follow_up_id=purpose.id if purpose is not None else None,
    )


def _message(world: World, shown: list[Record]) -> Message | None:
    ours = [one for one in shown if isinstance(one, Message) and one.direction == "out"]
    return world.chance.choice(ours) if ours else None


def _cancel(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    one = _message(world, shown)
    return c.CancelMessage(message_id=one.id, customer_id=one.customer_id) if one is not None else None


def _approve(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    one = _message(world, shown)
    return c.ApproveMessage(message_id=one.id, customer_id=one.customer_id) if one is not None else None


def _return(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    one = _message(world, shown)
    if one is None:
        return None
    return c.ReturnMessage(message_id=one.id, customer_id=one.customer_id, comment="もう少しやわらかく")


def _follow_up(world: World, shown: list[Record]) -> FollowUp | None:
    found = [one for one in shown if isinstance(one, FollowUp)]
    return world.chance.choice(found) if found else None


def _assign(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    one = _follow_up(world, shown)
    if one is None:
        return None
    to = world.chance.choice((person, *PEOPLE[tablet.shop_code]))
    return c.AssignFollowUp(follow_up_id=one.id, customer_id=one.customer_id, assignee_id=to, comment="お願いします")


def _close(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    one = _follow_up(world, shown)
    if one is None:
        return None
    outcome = "done" if world.chance.random() < 0.5 else "dismissed"
    return c.CloseFollowUp(follow_up_id=one.id, customer_id=one.customer_id, outcome=outcome)


def _put_off(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    one, chance = _follow_up(world, shown), world.chance
    if one is None:
        return None
    seen = one.due_at - timedelta(hours=1) if chance.random() < 0.1 else one.due_at  # a drawing that was out of date
    return c.PutOffFollowUp(
        follow_up_id=one.id,
        customer_id=one.customer_id,
        seen_due_at=seen,
        due_at=tablet.clock() + timedelta(hours=chance.choice((2, 24, 72, 24 * 90))),
    )


def _join(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    found = [one for one in shown if isinstance(one, Appointment)]
    if not found:
        return None
    one = world.chance.choice(found)
    return c.JoinCall(
        appointment_id=one.id, customer_id=one.customer_id, action=world.chance.choice(("join", "join", "end"))
    )


def _came_with(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    visits = [one for one in shown if isinstance(one, Visit)]
    if not visits:
        return None
    one, people = world.chance.choice(visits), tuple(v.Companion)
    said = tuple(world.chance.choice(people) for _ in range(world.chance.randint(0, 3)))
    return v.NoteCompanions(visit_id=one.id, customer_id=one.customer_id, companions=said)


KINDS: tuple[Kind, ...] = (
    *FLOOR,
    _record_view,
    _check_in,
    _register,
    _log,
    _log,
    _queue,
    _queue,
    _queue,
    _cancel,
    _approve,
    _approve,
    _return,
    _assign,
    _close,
    _put_off,
    _came_with,
    _join,
)

LEFT_OUT = {
    c.RevealContact: "asks the server, and puts on record that it did",
    c.PauseSending: "whoever waits for the end would wait for a manager",
    c.ResumeSending: "ends what is left out",
    c.ReviewAccess: "speaks of what an hour's work found unusual",
    c.UnlockPin: "puts on record what was done on the device",
    v.PlanFollowUp: "repeats word for word what the farewell worked out",
}
