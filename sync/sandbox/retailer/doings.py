"""What the shops' staff did at their tablets by now: slips, holds, promises and what customers told of what they own.

The retailer's systems know nothing of these, so they are in no file of theirs. Each is the very command that a tablet sends;
the demo sends them as tablets do (`clienteling.doings`). A customer stands as `member:` and her number, since only the server
knows her id.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from sync.ids import derived_id, imported_id
from sync.model.commands import Command, command_payload
from sync.model.commands_goods import MoveHold, MoveSlip, NoteBelonging, OpenSlip, PlaceHold
from sync.model.commands_visits import MakePromise
from sync.model.holds import HoldState, HoldWay
from sync.model.promise import Promised
from sync.model.slip import SlipKind, SlipState
from sync.sandbox.retailer.world import WEB, Customer, Line, World

GINZA, OMOTESANDO = "ginza", "omotesando"
_LEFT = 3
"""How many pieces at least lie where one is held, so that the shelf does not look empty for it."""
_REMEMBERED_DAYS = 200
"""How long ago somebody bought last whose slip or hold it is."""


@dataclass(frozen=True)
class Doing:
    """A command of somebody's, on a tablet of their shop."""

    shop: str
    staff: str
    at: datetime
    command: Command

    def row(self) -> dict[str, Any]:
        """Return it as a row of doings.json: shop_code, staff_id, at (ISO 8601) and the command as it travels."""
        staff_id = imported_id("staff", self.staff)
        command = command_payload(self.command)
        return {"shop_code": self.shop, "staff_id": staff_id, "at": self.at.isoformat(), "command": command}


def make_doings(world: World, stock: Sequence[Mapping[str, Any]]) -> list[Doing]:
    """Return what was done, oldest first; `stock` are the rows of stock.csv, by which what is held lies there."""
    random = world.random("doings")
    people = _regulars(world, random)
    done = [*_slips(world, people), *_holds(world, people, stock, random), *_promises(world, people)]
    done += _belongings(world, people)
    return sorted(done, key=lambda one: one.at)


def _regulars(world: World, random: Random) -> Iterator[tuple[Customer, Line]]:
    """Ordinary customers of Ginza with what each bought there last, each once; no case is told of them."""
    since = world.now - timedelta(days=_REMEMBERED_DAYS)
    bought = {order.customer.number: order for order in sorted(world.orders, key=lambda one: one.at)}
    fits = [
        order
        for order in bought.values()
        if order.shop == GINZA and order.at > since and not order.refunded and not order.customer.told
        if order.customer.home == GINZA and order.customer.number and order.customer.language == "ja"
    ]  # fmt: skip
    return ((order.customer, order.lines[0]) for order in random.sample(fits, len(fits)))


def _member(customer: Customer) -> str:
    return f"member:{customer.number}"


def _ago(world: World, days: float, hours: float = 0) -> datetime:
    return world.now.replace(second=0, microsecond=0) - timedelta(days=days, hours=hours)


_SLEEVES = ("shirt", "blouse", "jacket", "coat")
_SIZED = (*_SLEEVES, "dress", "knit", "skirt", "trousers", "shoes")
_SLIPS: tuple[tuple[SlipKind, SlipState, str, int, int, tuple[str, ...], str], ...] = (
    (SlipKind.ALTERATION, SlipState.RECEIVED, "G02", 1, 5, _SLEEVES, "袖丈 −1.5cm。鏡の前でピン留め済み"),
    (SlipKind.ALTERATION, SlipState.UNDER_WAY, "G03", 4, 1, ("trousers",), "裾上げ、シングル仕上げ。股下 68cm"),
    (SlipKind.ALTERATION, SlipState.READY, "G02", 7, 0, ("skirt", "trousers"), "ウエスト −2cm"),
    (SlipKind.SPECIAL_ORDER, SlipState.RECEIVED, "G05", 2, 9, (), "お色違いを本部に確認中"),
    (SlipKind.CUSTOMER_ORDER, SlipState.UNDER_WAY, "G02", 10, -1, (), "入荷次第お電話をご希望"),
    (SlipKind.RETURN, SlipState.RECEIVED, "G01", 1, 3, _SIZED, "サイズ違い。ご返金か交換かはご来店時に"),
    (SlipKind.COMPLAINT, SlipState.UNDER_WAY, "G01", 2, 2, _SLEEVES, "二度目のほつれ。工房の見解が出次第、店長からお電話"),
    (SlipKind.ALTERATION, SlipState.DONE, "G03", 12, -3, _SLEEVES, "袖口のボタン付け替え"),
)  # fmt: skip
"""Kind, how far it is, whose it is, how many days ago it began, in how many days it is promised, of what it can be (of anything
where nothing is named), and what is to be done."""
_WAY = (SlipState.RECEIVED, SlipState.UNDER_WAY, SlipState.READY, SlipState.DONE)


def _slips(world: World, people: Iterator[tuple[Customer, Line]]) -> Iterator[Doing]:
    for number, (kind, state, staff, days, due, of, text) in enumerate(_SLIPS):
        customer, line = next(one for one in people if not of or one[1].product.category in of)
        slip_id, member = derived_id("doing", "slip", str(number)), _member(customer)
        complaint = kind is SlipKind.COMPLAINT  # names no piece: that would tell what it is about
        opened = OpenSlip(
            slip_id=slip_id,
            customer_id=member,
            shop_id=imported_id("shop", GINZA),
            slip_kind=kind,
            owner_id=imported_id("staff", staff),
            due_on=world.today + timedelta(days=due),
            item="" if complaint else line.product.name,
            variant_id=None if complaint else imported_id("variant", line.variant.sku),
            text=text,
        )
        yield Doing(GINZA, staff, _ago(world, days), opened)
        way = _WAY[: _WAY.index(state) + 1]
        for step, (before, after) in enumerate(pairwise(way), 1):
            moved = MoveSlip(slip_id=slip_id, customer_id=member, from_state=before, to_state=after)
            yield Doing(GINZA, staff, _ago(world, days * (1 - step / len(way))), moved)


def _holds(
    world: World, people: Iterator[tuple[Customer, Line]], stock: Sequence[Mapping[str, Any]], random: Random
) -> Iterator[Doing]:
    pictured = _pictured(world)
    lying = {shop: [one for one in _plenty(stock, shop) if one in pictured] for shop in (GINZA, OMOTESANDO, WEB)}
    taken: set[str] = set()

    def piece(shop: str) -> str:
        sku = random.choice([one for one in lying[shop] if one not in taken])
        taken.add(sku)
        return sku

    place = _Placing(world, people, piece)
    tonight = world.now + timedelta(hours=3)
    yield place("kept", GINZA, GINZA, "G02", 1, until=world.at(2, 19))[1]
    yield place("tonight", GINZA, GINZA, "G03", 2, until=tonight)[1]
    yield place("nobody's", GINZA, GINZA, "G02", 0.1, until=world.at(1, 19), known=False)[1]
    yield place("asked of us", GINZA, OMOTESANDO, "O02", 0.05, known=False)[1]
    yield place("asked", OMOTESANDO, GINZA, "G02", 0.08)[1]
    yield place("from the web", WEB, GINZA, "G05", 0.2, way=HoldWay.HOME)[1]
    hold_id, asked = place("arrived", OMOTESANDO, GINZA, "G02", 3)
    yield asked
    steps = ((OMOTESANDO, "O02", "asked", "accepted", 2.9), (OMOTESANDO, "O02", "accepted", "sent", 2.5))
    for shop, staff, seen, to, days in (*steps, (GINZA, "G02", "sent", "arrived", 0.1)):
        number = "4411-0029-7716" if to == "sent" else ""
        moved = MoveHold(hold_id=hold_id, seen=HoldState(seen), to=HoldState(to), number=number)
        yield Doing(shop, staff, _ago(world, days), moved)


def _pictured(world: World) -> set[str]:
    """Return the SKUs in the colour of their product's picture: whoever looks for a piece by its picture finds that one."""
    return {one.sku for each in world.products for one in each.variants if one.colour == each.variants[0].colour}


def _plenty(stock: Sequence[Mapping[str, Any]], shop: str) -> list[str]:
    return [str(one["sku"]) for one in stock if one["shop_code"] == shop and int(one["quantity"]) >= _LEFT]


@dataclass
class _Placing:
    """Asks for a piece in the name of the next customer."""

    world: World
    people: Iterator[tuple[Customer, Line]]
    piece: Callable[[str], str]

    def __call__(
        self,
        name: str,
        at_shop: str,
        for_shop: str,
        staff: str,
        days: float,
        *,
        until: datetime | None = None,
        way: HoldWay | None = None,
        known: bool = True,
    ) -> tuple[str, Doing]:
        hold_id = derived_id("doing", "hold", name)
        command = PlaceHold(
            hold_id=hold_id,
            way=way or (HoldWay.KEEP if at_shop == for_shop else HoldWay.SEND),
            variant_id=imported_id("variant", self.piece(at_shop)),
            shop_id=imported_id("shop", at_shop),
            for_shop_id=imported_id("shop", for_shop),
            for_customer_id=_member(next(self.people)[0]) if known else None,
            until=until or self.world.at(5, 19),
        )
        return hold_id, Doing(for_shop, staff, _ago(self.world, days), command)


_PROMISES = (
    ("G02", Promised.ARRIVAL, 0, "新色が入り次第、LINEでお知らせ"),
    ("G03", Promised.PHOTO, 0, "着用写真を2枚"),
    ("G02", Promised.FIND_OUT, -1, "同じ生地のスカートがあるか"),
    ("G05", Promised.PREPARE, 3, "式典用に3点、Sサイズで"),
    ("G02", Promised.KEEP_ASIDE, 6, ""),
)
"""Who promised what, in how many days."""


def _promises(world: World, people: Iterator[tuple[Customer, Line]]) -> Iterator[Doing]:
    for number, (staff, what, due, text) in enumerate(_PROMISES):
        command = MakePromise(
            promise_id=derived_id("doing", "promise", str(number)),
            customer_id=_member(next(people)[0]),
            shop_id=imported_id("shop", GINZA),
            what=what,
            text=text,
            due_on=world.today + timedelta(days=due),
            to_staff_id=imported_id("staff", staff),
        )
        yield Doing(GINZA, staff, _ago(world, 4, number), command)


_OWNED = (
    ("祖母ゆずりの大島紬", "", "", "藍", "裄丈をお直し済み", "毎年6月に虫干し"),
    ("カシミヤのチェスターコート（他店）", "coat", "M", "キャメル", "袖丈 −1cm", "ブラッシング。クリーニングは年1回"),
    ("レースアップシューズ（海外で）", "shoes", "23.5", "黒", "", "かかとの交換はこちらで承る"),
)


def _belongings(world: World, people: Iterator[tuple[Customer, Line]]) -> Iterator[Doing]:
    for number, (name, category, size, colour, alteration, care) in enumerate(_OWNED):
        command = NoteBelonging(
            belonging_id=derived_id("doing", "belonging", str(number)),
            customer_id=_member(next(people)[0]),
            shop_id=imported_id("shop", GINZA),
            name=name,
            category=category,
            size=size,
            colour=colour,
            alteration=alteration,
            care=care,
        )
        yield Doing(GINZA, "G02", _ago(world, 20, number), command)
