"""What is spoken for: the last piece goes to one, each step is the right shop's, and what nobody fetched is free again."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from sync.ids import new_id
from sync.model.catalogue import Money, Product, StockLevel, Variant
from sync.model.commands_goods import AmendHold, MoveHold, PlaceHold
from sync.model.holds import Hold, HoldState, HoldWay
from sync.model.outreach import Cause, FollowUp, FollowUpState, Message
from sync.server.database import reading, transaction
from sync.server.hold_ready import expire, forget
from sync.server.personal_document import readable
from sync.server.personal_export import gather
from sync.server.repository.attachments import vault_of
from sync.server.repository.erasing import erase
from sync.server.repository.records import Records
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MISAKI, NOON, OSAKA, UMEDA, WEB, YUMI, MovableClock, write

COAT = Product(id="coat", code="coat", name="コート", category="coat")
NAVY = Variant(id="navy", product_id=COAT.id, sku="navy", price=Money(amount=32000))
TOMORROW = NOON + timedelta(days=1)


def level(quantity: int, shop_id: str = GINZA.id, **more: object) -> StockLevel:
    fields = {"id": f"level-{shop_id}", "variant_id": NAVY.id, "shop_id": shop_id, "quantity": quantity, "at": NOON}
    return StockLevel.model_validate(fields | more)


@pytest.fixture
def shelves(retailer: Engine, clock: MovableClock) -> Engine:
    """One navy coat in each shop."""
    write(retailer, clock, COAT, NAVY, level(1), level(1, UMEDA.id), level(1, WEB.id))
    return retailer


@pytest.fixture
def umeda(shelves: Engine, clock: MovableClock) -> Device:
    return Device(shelves, clock, "umeda", seed=b"\x02" * 32)


def keep(hold_id: str = "hold", **more: object) -> PlaceHold:
    fields = {"hold_id": hold_id, "way": HoldWay.KEEP, "variant_id": NAVY.id, "shop_id": GINZA.id}
    return PlaceHold.model_validate(fields | {"for_shop_id": GINZA.id, "until": TOMORROW} | more)


def ask(hold_id: str = "hold", way: HoldWay = HoldWay.SEND, shop_id: str = UMEDA.id, **more: object) -> PlaceHold:
    return keep(hold_id, way=way, shop_id=shop_id, **more)


def move(seen: str, to: str, hold_id: str = "hold", **more: object) -> MoveHold:
    return MoveHold.model_validate({"hold_id": hold_id, "seen": seen, "to": to} | more)


def one(engine: Engine, hold_id: str = "hold") -> Hold:
    with reading(engine) as conn:
        found = Records(conn).get(Hold, hold_id)
    assert found is not None
    return found


def follow_ups(engine: Engine) -> list[FollowUp]:
    with reading(engine) as conn:
        return [each for each in Records(conn).of_kind(FollowUp) if each.cause is Cause.HOLD_READY]


def test_of_many_who_want_the_last_piece_exactly_one_gets_it(shelves: Engine, clock: MovableClock) -> None:
    """Tablets of two shops ask at the same moment, again and again: one hold stands each time, the others hear who was faster."""
    tablets = [Device(shelves, clock, code, seed=bytes([n] * 32)) for n, code in enumerate(["ginza", "umeda"] * 3, 1)]
    for turn in range(5):
        together = threading.Barrier(len(tablets))

        def push(number: int, tablet: Device, turn: int = turn, together: threading.Barrier = together) -> str:
            here = number % 2 == 0
            wish = keep(f"{turn}-{number}") if here else ask(f"{turn}-{number}", shop_id=GINZA.id, for_shop_id=UMEDA.id)
            made = tablet.envelope(wish, MISAKI.id if here else OSAKA.id)
            together.wait()
            answer = tablet.push(made)[0]
            return "" if answer.reason is None else answer.reason.code

        with ThreadPoolExecutor(len(tablets)) as pool:
            said = [each.result() for each in [pool.submit(push, *pair) for pair in enumerate(tablets)]]
        assert sorted(said) == ["", *["none_left"] * 5]
        with reading(shelves) as conn:
            there = [each for each in Records(conn).of_kind(Hold) if each.state in (HoldState.HELD, HoldState.ASKED)]
        assert len(there) == 1
        write(shelves, clock, there[0].model_copy(update={"state": HoldState.RELEASED}))


def test_who_comes_second_hears_why(shelves: Engine, device: Device) -> None:
    """How many were counted, how many are spoken for, and by whom the last."""
    assert device.do(keep(), MISAKI.id).accepted
    answer = device.do(keep("second"), MISAKI.id)
    assert answer.reason is not None
    assert answer.reason.code == "none_left"
    assert answer.reason.params | {"quantity": 1, "held": 1, "by": MISAKI.id} == answer.reason.params


def test_it_counts_on_every_tablet(shelves: Engine, device: Device, umeda: Device) -> None:
    """The other shop's tablet has the hold with its next pull."""
    device.do(keep(for_customer_id=YUMI.id), MISAKI.id)
    umeda.pull()
    assert umeda.rows["hold", "hold"]["state"] == "held"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (keep(until=NOON), "until_over"),
        (keep(until=NOON + timedelta(days=15)), "until_far"),
        (keep(variant_id="none"), "unknown"),
        (keep(shop_id=UMEDA.id), "not_here"),
        (ask(shop_id=GINZA.id), "not_here"),
        (ask(for_shop_id=UMEDA.id, shop_id=GINZA.id), "not_here"),
        (ask(way=HoldWay.HOME), "needs_customer"),
        (keep(quantity=2), "none_left"),
    ],
)
def test_what_cannot_be_is_refused(shelves: Engine, device: Device, wish: PlaceHold, code: str) -> None:
    """Each with its reason; nothing is held by it."""
    answer = device.do(wish, MISAKI.id)
    assert answer.reason is not None
    assert answer.reason.code == code
    with reading(shelves) as conn:
        assert not Records(conn).of_kind(Hold)


def test_what_nobody_counted_cannot_be_promised(shelves: Engine, clock: MovableClock, device: Device) -> None:
    """There is no level to count against."""
    write(shelves, clock, NAVY.model_copy(update={"id": "red", "sku": "red"}))
    answer = device.do(keep(variant_id="red"), MISAKI.id)
    assert answer.reason is not None
    assert answer.reason.code == "not_counted"


def test_from_shop_to_shop_each_step_by_the_shop_whose_turn_it_is(
    shelves: Engine, device: Device, umeda: Device
) -> None:
    """Umeda accepts and sends, Ginza takes it in and hands it over; neither can do the other's part."""
    assert device.do(ask(for_customer_id=YUMI.id), MISAKI.id).accepted
    for seen, to, mine, hers in (
        ("asked", "accepted", umeda, device),
        ("accepted", "sent", umeda, device),
        ("sent", "arrived", device, umeda),
        ("arrived", "handed_over", device, umeda),
    ):
        me, you = (OSAKA, MISAKI) if mine is umeda else (MISAKI, OSAKA)
        wrong = hers.do(move(seen, to), you.id)
        assert wrong.reason is not None
        assert wrong.reason.code == "not_here", f"{seen} {to}"
        assert mine.do(move(seen, to), me.id).accepted, f"{seen} {to}"
    done = one(shelves)
    assert (done.state, done.left_at, done.arrived_at) == (HoldState.HANDED_OVER, NOON, NOON)


def test_declined_with_a_reason(shelves: Engine, device: Device, umeda: Device) -> None:
    """Who asked sees why, and the piece is no longer spoken for."""
    device.do(ask(), MISAKI.id)
    assert umeda.do(move("asked", "declined", why="not_found"), OSAKA.id).accepted
    assert (one(shelves).state, one(shelves).why) == (HoldState.DECLINED, "not_found")
    assert device.do(ask("again"), MISAKI.id).accepted


def test_a_step_from_what_is_not_so_any_more_is_refused(shelves: Engine, device: Device) -> None:
    """The tablet saw it held; it was released meanwhile. The same step twice changes nothing."""
    device.do(keep(), MISAKI.id)
    assert device.do(move("held", "released"), MISAKI.id).accepted
    assert device.do(move("held", "released"), MISAKI.id).accepted
    answer = device.do(move("held", "handed_over"), MISAKI.id)
    assert answer.reason is not None
    assert (answer.reason.code, answer.reason.params["state"]) == ("wrong_state", "released")


def test_the_web_shops_part_is_the_asking_shops(shelves: Engine, device: Device) -> None:
    """She places the order there, notes its number, and says when it went."""
    assert device.do(ask(way=HoldWay.HOME, shop_id=WEB.id, for_customer_id=YUMI.id), MISAKI.id).accepted
    assert device.do(move("asked", "accepted", number="W-100"), MISAKI.id).accepted
    assert device.do(move("accepted", "sent"), MISAKI.id).accepted
    assert device.do(move("sent", "handed_over"), MISAKI.id).accepted
    assert one(shelves).number == "W-100"


def test_what_came_for_her_proposes_telling_her_and_sends_nothing(
    shelves: Engine, device: Device, umeda: Device
) -> None:
    """One follow-up of the person who asked; no message. Handed over, it is done."""
    device.do(ask(for_customer_id=YUMI.id), MISAKI.id)
    umeda.do(move("asked", "accepted"), OSAKA.id)
    umeda.do(move("accepted", "sent"), OSAKA.id)
    assert not follow_ups(shelves)
    device.do(move("sent", "arrived"), MISAKI.id)
    (proposed,) = follow_ups(shelves)
    assert (proposed.customer_id, proposed.assignee_id, proposed.shop_id) == (YUMI.id, MISAKI.id, GINZA.id)
    with reading(shelves) as conn:
        assert not Records(conn).of_kind(Message)
    device.do(move("arrived", "handed_over"), MISAKI.id)
    assert follow_ups(shelves)[0].state is FollowUpState.DONE


def test_what_nobody_fetched_is_free_at_its_time(shelves: Engine, clock: MovableClock, device: Device) -> None:
    """Not a second earlier, and told to every tablet."""
    device.do(keep(), MISAKI.id)
    clock.at = TOMORROW - timedelta(seconds=1)
    assert expire(shelves, clock) == 0
    clock.at = TOMORROW
    assert expire(shelves, clock) == 1
    assert expire(shelves, clock) == 0
    device.pull()
    assert device.rows["hold", "hold"]["state"] == "expired"
    assert device.do(keep("next", until=TOMORROW + timedelta(days=1)), MISAKI.id).accepted


def test_longer_and_for_somebody(shelves: Engine, device: Device) -> None:
    """Kept for nobody yet, then for her and until later."""
    device.do(keep(), MISAKI.id)
    later = TOMORROW + timedelta(days=2)
    assert device.do(AmendHold(hold_id="hold", until=later, for_customer_id=YUMI.id), MISAKI.id).accepted
    assert (one(shelves).until, one(shelves).for_customer_id) == (later, YUMI.id)
    device.do(move("held", "released"), MISAKI.id)
    answer = device.do(AmendHold(hold_id="hold", until=later), MISAKI.id)
    assert answer.reason is not None
    assert answer.reason.code == "wrong_state"


def test_a_new_count_does_not_give_it_away(shelves: Engine, clock: MovableClock, device: Device) -> None:
    """The till counts the piece that is set aside: it is still spoken for. Fetched and counted again, it is off but once."""
    device.do(keep(), MISAKI.id)
    clock.at = NOON + timedelta(hours=2)
    write(shelves, clock, level(1, at=clock.at))
    assert not device.do(keep("second"), MISAKI.id).accepted
    clock.at = NOON + timedelta(hours=2, minutes=1)
    device.do(move("held", "handed_over"), MISAKI.id)
    assert not device.do(keep("third"), MISAKI.id).accepted, "the till has not told yet"
    clock.at = NOON + timedelta(hours=3)
    write(shelves, clock, level(1, at=clock.at))
    assert device.do(keep("fourth"), MISAKI.id).accepted, "another one lies there now"


def test_hers_are_exported_and_forgotten(shelves: Engine, clock: MovableClock, device: Device) -> None:
    """What is kept for her is told to her; forgotten, it is kept for nobody."""
    device.do(keep(for_customer_id=YUMI.id), MISAKI.id)
    with reading(shelves) as conn:
        held = gather(conn, clock, vault_of("s"), YUMI.id)
    assert [each["id"] for each in held.document["holds"]] == ["hold"]
    told = readable(held)
    for words in ("お取り置き・お取り寄せ", COAT.name, "取り置き中", GINZA.name):
        assert words in told
    with transaction(shelves) as conn:
        erase(Records(conn, clock), YUMI, [], clock(), 0)
    assert (one(shelves).state, one(shelves).for_customer_id) == (HoldState.HELD, None)


def test_what_ended_long_ago_goes(shelves: Engine, clock: MovableClock, device: Device) -> None:
    """After thirty days nobody asks after it."""
    device.do(keep(new_id()), MISAKI.id)
    clock.at = TOMORROW
    expire(shelves, clock)
    assert forget(shelves, clock) == 0
    clock.at = TOMORROW + timedelta(days=31)
    assert forget(shelves, clock) == 1
