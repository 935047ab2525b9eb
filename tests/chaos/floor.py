"""What staff do on the floor: with a visit and what was promised in it, with what is worked at and set aside for a customer."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

from sync.model import commands as c
from sync.model import commands_goods as g
from sync.model import commands_visits as v
from sync.model.base import Record
from sync.model.belonging import Belonging
from sync.model.customer import Asked, Consent, Customer, Handled, Order, Visit, VisitDraft
from sync.model.holds import Hold, HoldState, HoldWay
from sync.model.promise import Promise, Promised
from sync.model.slip import Slip, SlipKind, SlipState
from sync.policy.one_question import ways
from tests.chaos.house import SHOPS, UMEDA, WEB
from tests.chaos.tablet import Tablet
from tests.chaos.world import World

R = TypeVar("R", bound=Record)
Kind = Callable[[World, Tablet, str, list[Record]], c.AnyCommand | None]
PEOPLE = {
    "ginza": ("staff-misaki", "staff-learner", "staff-manager", "staff-stylist", "staff-helper", "staff-boss"),
    "umeda": ("staff-osaka", "staff-boss", "staff-stylist", "staff-misaki"),
}


def one_of(world: World, shown: list[Record], kind: type[R]) -> R | None:
    """Return one of what the tablet shows of a kind, whatever its state."""
    found = [one for one in shown if isinstance(one, kind)]
    return world.chance.choice(found) if found else None


def hers(shown: list[Record]) -> str | None:
    return next((one.id for one in shown if one.kind == "customer"), None)


def _day(world: World, tablet: Tablet) -> date:
    return tablet.clock().date() + timedelta(days=world.chance.choice((0, 1, 7)))


def _promise(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (customer_id := hers(shown)) is None:
        return None
    visit = one_of(world, shown, Visit)
    return v.MakePromise(
        promise_id=world.new_id("promise"),
        customer_id=customer_id,
        shop_id=SHOPS[tablet.shop_code],
        what=world.chance.choice(tuple(Promised)),
        text="色違いのお写真",
        due_on=_day(world, tablet),
        to_staff_id=world.chance.choice(PEOPLE[tablet.shop_code]),
        visit_id=visit.id if visit is not None else None,
    )


def _promised(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (one := one_of(world, shown, Promise)) is None:
        return None
    about = {"promise_id": one.id, "customer_id": one.customer_id}
    roll = world.chance.random()
    if roll < 0.4:
        return v.KeepPromise(**about)
    if roll < 0.7:
        to = world.chance.choice(PEOPLE[tablet.shop_code])
        return v.PassPromise(**about, from_staff_id=one.owner_id, to_staff_id=to)
    return v.WithdrawPromise(**about, reason="廃番になりました")


def _tray(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (one := one_of(world, shown, Visit)) is None:
        return None
    return v.ChangeTray(
        visit_id=one.id,
        customer_id=one.customer_id,
        product_id="product-1",
        variant_id=world.chance.choice((None, "variant-1", "variant-2")),
        how=world.chance.choice((*Handled, "off")),
        gift=world.chance.random() < 0.3,
    )


def _hand_over(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (one := one_of(world, shown, Visit)) is None:
        return None
    words = (None, VisitDraft(), VisitDraft(begun_by=person, text="紺をお探し"))
    return v.HandOverVisit(
        visit_id=one.id,
        customer_id=one.customer_id,
        from_staff_id=one.staff_id,
        to_staff_id=world.chance.choice(PEOPLE[tablet.shop_code]),
        draft=world.chance.choice(words),
    )


def _goodbye(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (one := one_of(world, shown, Visit)) is None:
        return None
    about = {"visit_id": one.id, "customer_id": one.customer_id}
    roll = world.chance.random()
    if roll < 0.3:
        return v.DropVisitDraft(**about)
    if roll < 0.6:
        return v.CloseVisit(**about)
    bought = one_of(world, shown, Order)
    return v.AttachReceipt(**about, number=bought.number if bought and world.chance.random() < 0.7 else "R-404")


def _answer(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (one := one_of(world, shown, Visit)) is None:
        return None
    customer = one_of(world, shown, Customer)
    channel = next(iter(ways(customer)), "") if customer is not None else ""
    said = {Asked.KANA: "サトウ ユミ", Asked.CHANNEL: channel, Asked.BIRTHDAY: "03-14"}
    question = world.chance.choice(tuple(Asked))
    answer = said[question] if world.chance.random() < 0.7 else ""
    return v.NoteAnswer(visit_id=one.id, customer_id=one.customer_id, question=question, answer=answer)


def _gift(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (one := one_of(world, shown, Order)) is None:
        return None
    gift = world.chance.random() < 0.5
    return v.FlagGift(order_id=one.id, customer_id=one.customer_id, variant_id="variant-1", gift=gift)


def _slip(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (customer_id := hers(shown)) is None:
        return None
    kind = world.chance.choice(tuple(SlipKind))
    piece = kind is not SlipKind.COMPLAINT  # whose words are all in its text, which is withheld
    return g.OpenSlip(
        slip_id=world.new_id("slip"),
        customer_id=customer_id,
        shop_id=SHOPS[tablet.shop_code],
        slip_kind=kind,
        owner_id=world.chance.choice(PEOPLE[tablet.shop_code]),
        due_on=_day(world, tablet),
        item="コート" if piece else "",
        text="袖丈をつめる",
        variant_id="variant-1" if piece and world.chance.random() < 0.5 else None,
    )


def _worked_at(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (one := one_of(world, shown, Slip)) is None:
        return None
    if world.chance.random() < 0.3:
        to = world.chance.choice(PEOPLE[tablet.shop_code])
        return g.AssignSlip(slip_id=one.id, customer_id=one.customer_id, owner_id=to, due_on=_day(world, tablet))
    to_state = world.chance.choice(tuple(SlipState))
    return g.MoveSlip(slip_id=one.id, customer_id=one.customer_id, from_state=one.state, to_state=to_state)


def _belonging(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (customer_id := hers(shown)) is None:
        return None
    known = one_of(world, shown, Belonging)
    return g.NoteBelonging(
        belonging_id=known.id if known is not None and known.shop_id else world.new_id("belonging"),
        customer_id=customer_id,
        shop_id=SHOPS[tablet.shop_code],
        name=world.chance.choice(("紺のコート", "白いシャツ")),
        size=world.chance.choice(("", "M")),
        gone=world.chance.random() < 0.2,
    )


def _hold(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    chance, here = world.chance, SHOPS[tablet.shop_code]
    way = chance.choice(tuple(HoldWay))
    there = {HoldWay.KEEP: here, HoldWay.SEND: UMEDA if here != UMEDA else SHOPS["ginza"], HoldWay.HOME: WEB}[way]
    return g.PlaceHold(
        hold_id=world.new_id("hold"),
        way=way,
        variant_id=chance.choice(("variant-1", "variant-2")),
        shop_id=there,
        for_shop_id=here,
        for_customer_id=hers(shown),
        until=tablet.clock() + timedelta(days=chance.choice((1, 3, 7))),
    )


def _held(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (one := one_of(world, shown, Hold)) is None:
        return None
    if world.chance.random() < 0.3:
        until = tablet.clock() + timedelta(days=2)
        return g.AmendHold(hold_id=one.id, until=until, for_customer_id=one.for_customer_id or hers(shown))
    to = world.chance.choice(tuple(HoldState))
    return g.MoveHold(hold_id=one.id, seen=one.state, to=to, why="sold" if to is HoldState.DECLINED else None)


def _conversation(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (customer_id := hers(shown)) is None:
        return None
    return c.TakeOverConversation(
        customer_id=customer_id,
        shop_id=SHOPS[tablet.shop_code],
        to_staff_id=world.chance.choice(PEOPLE[tablet.shop_code]),
    )


def _peace(world: World, tablet: Tablet, person: str, shown: list[Record]) -> c.AnyCommand | None:
    if (customer_id := hers(shown)) is None or world.chance.random() < 0.7:  # seldom: nobody writes to her any more
        return None
    about = {"customer_id": customer_id, "shop_id": SHOPS[tablet.shop_code]}
    stops = [one for one in shown if isinstance(one, Consent) and one.source == "staff"]
    if stops:
        return c.ResumeContact(**about, stop_id=world.chance.choice(stops).id, word="また教えてほしいとのこと")
    return c.StopContact(**about, stop_id=world.new_id("stop"), why="しばらく控えてほしいとのこと")


FLOOR: tuple[Kind, ...] = (
    _promise,
    _promised,
    _tray,
    _hand_over,
    _goodbye,
    _answer,
    _gift,
    _slip,
    _worked_at,
    _belonging,
    _hold,
    _held,
    _held,
    _conversation,
    _peace,
)
