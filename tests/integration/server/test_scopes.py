"""What reaches which shop: customers who belong there, and nobody's PIN that does not."""

from datetime import timedelta

from sqlalchemy import Engine

from sync.model.catalogue import Money
from sync.model.customer import Order, OrderLine
from sync.model.outreach import Cause, FollowUp, FollowUpState, Reason
from sync.model.shop import Role
from sync.server.database import transaction
from sync.server.repository.records import Records
from tests.integration.server.devices import Device
from tests.integration.server.people import (
    GINZA,
    MANAGER,
    MISAKI,
    NOON,
    OSAKA,
    OSAKA_MANAGER,
    PART_TIMER,
    STYLIST,
    UMEDA,
    WEB,
    YUMI,
    MovableClock,
    agrees,
    customer,
    pin,
    write,
)


def order(number: str, shop_id: str, customer_id: str = YUMI.id) -> Order:
    line = OrderLine(variant_id="v1", sku="S1", name="ワンピース", price=Money(amount=32000))
    return Order(
        id=f"order-{number}",
        customer_id=customer_id,
        number=number,
        shop_id=shop_id,
        at=NOON - timedelta(days=3),
        lines=(line,),
        total=Money(amount=32000),
    )


def follow_up(shop_id: str, state: FollowUpState = FollowUpState.OPEN) -> FollowUp:
    return FollowUp(
        id="follow-up-1",
        customer_id=YUMI.id,
        shop_id=shop_id,
        cause=Cause.AFTER_VISIT,
        evidence=Reason(code="visited"),
        due_at=NOON,
        state=state,
        created_at=NOON,
    )


def test_the_first_pull_brings_the_shop_and_its_customers(device: Device) -> None:
    """A new device gets the retailer's own records whole, and its own shop's customers with all that is theirs."""
    page = device.pull()
    assert page.total == len(device.seen)
    assert device.ids("shop") == {GINZA.id, UMEDA.id, WEB.id}
    assert device.ids("customer") == {YUMI.id}
    assert len(device.ids("consent")) == 1
    assert device.rows["customer", YUMI.id]["family_name"] == "佐藤"


def test_a_customer_enters_whole_and_leaves_whole(retailer: Engine, clock: MovableClock) -> None:
    """Buying in a shop brings the whole customer there; without any tie left, tombstones take all of her away again."""
    umeda = Device(retailer, clock, "umeda")
    umeda.pull()
    assert umeda.ids("customer") == set()
    write(retailer, clock, order("1", UMEDA.id))
    umeda.pull()
    assert umeda.ids("customer") == {YUMI.id}
    assert len(umeda.ids("consent")) == 1
    assert umeda.ids("order") == {"order-1"}
    with transaction(retailer) as conn:
        assert Records(conn, clock).delete(Order, "order-1")
    umeda.pull()
    assert umeda.ids("customer") | umeda.ids("consent") | umeda.ids("order") == set()


def test_moving_home_changes_the_scope(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A new home shop gets her, the former one loses her when nothing else ties her to it."""
    umeda = Device(retailer, clock, "umeda")
    device.pull()
    write(retailer, clock, YUMI.model_copy(update={"home_shop_id": UMEDA.id}))
    device.pull()
    umeda.pull()
    assert device.ids("customer") == set()
    assert umeda.ids("customer") == {YUMI.id}


def test_a_follow_up_ties_her_only_while_it_is_open(retailer: Engine, clock: MovableClock) -> None:
    """An open follow-up brings her to the shop that has it; once it is done, she leaves."""
    umeda = Device(retailer, clock, "umeda")
    write(retailer, clock, follow_up(UMEDA.id))
    umeda.pull()
    assert umeda.ids("customer") == {YUMI.id}
    write(retailer, clock, follow_up(UMEDA.id, FollowUpState.DONE))
    umeda.pull()
    assert umeda.ids("customer") == set()


def test_whoever_is_in_charge_of_her_has_her(retailer: Engine, clock: MovableClock) -> None:
    """The shop of the person in charge has her, and when that person moves, she moves along."""
    umeda = Device(retailer, clock, "umeda")
    write(retailer, clock, YUMI.model_copy(update={"person_in_charge_id": OSAKA.id}))
    umeda.pull()
    assert umeda.ids("customer") == {YUMI.id}
    write(retailer, clock, OSAKA.model_copy(update={"shop_id": GINZA.id}))
    umeda.pull()
    assert umeda.ids("customer") == set()


def test_a_record_that_moves_to_another_customer_moves_on_the_devices(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """After a merge, an order stands with the one it belongs to, also where the other one is not known."""
    other = customer("2002", UMEDA.id)
    umeda = Device(retailer, clock, "umeda")
    write(retailer, clock, other, order("1", GINZA.id))
    device.pull()
    assert device.rows["order", "order-1"]["customer_id"] == YUMI.id
    write(retailer, clock, order("1", GINZA.id, other.id))
    device.pull()
    umeda.pull()
    assert device.rows["order", "order-1"]["customer_id"] == other.id
    assert device.ids("customer") == {YUMI.id, other.id}
    assert umeda.ids("order") == {"order-1"}


def test_a_pin_goes_only_where_the_person_works(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """PIN hashes reach the shops where people work, stylists' every shop, and never another."""
    umeda = Device(retailer, clock, "umeda")
    device.pull()
    umeda.pull()
    assert device.ids("staff_pin") == {pin(each).id for each in (MISAKI, PART_TIMER, MANAGER, STYLIST)}
    assert umeda.ids("staff_pin") == {pin(each).id for each in (OSAKA, OSAKA_MANAGER, STYLIST)}
    assert {row.id for row in umeda.seen if row.kind == "staff_pin"} == umeda.ids("staff_pin")


def test_a_pin_follows_the_person(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Helping out brings the PIN to that shop, ending it takes it away; leaving takes it away everywhere."""
    umeda = Device(retailer, clock, "umeda")
    write(retailer, clock, MISAKI.model_copy(update={"helps_shop_ids": (UMEDA.id,)}))
    umeda.pull()
    assert pin(MISAKI).id in umeda.ids("staff_pin")
    write(retailer, clock, MISAKI)
    umeda.pull()
    assert pin(MISAKI).id not in umeda.ids("staff_pin")
    write(retailer, clock, STYLIST.model_copy(update={"active": False}))
    umeda.pull()
    device.pull()
    assert pin(STYLIST).id not in umeda.ids("staff_pin") | device.ids("staff_pin")


def test_a_leavers_pin_leaves_the_tablets(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """On the last day it is there still; after the midnight that ends it no tablet has it, though nobody wrote a word."""
    write(retailer, clock, MISAKI.model_copy(update={"ends_on": clock().date()}))

    def tidy() -> set[str]:
        with transaction(retailer) as conn:
            Records(conn, clock).drop_pins_of_leavers()
        device.pull()
        return device.ids("staff_pin")

    assert pin(MISAKI).id in tidy()
    clock.at += timedelta(days=1)
    assert pin(MISAKI).id not in tidy()
    assert device.digests() == device.pull().digests
    write(retailer, clock, MISAKI.model_copy(update={"ends_on": clock().date() + timedelta(days=90)}))
    device.pull()
    assert pin(MISAKI).id in device.ids("staff_pin"), "the contract was extended"


def test_a_stylist_who_no_longer_is_one_leaves_other_shops(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """Another role takes a stylist's PIN out of the shops where she does not work."""
    write(retailer, clock, STYLIST.model_copy(update={"role": Role.ASSOCIATE}))
    device.pull()
    assert pin(STYLIST).id not in device.ids("staff_pin")


def test_what_did_not_change_is_not_sent_again(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Writing the same records once more feeds nothing."""
    device.pull()
    assert write(retailer, clock, YUMI, agrees(YUMI), MISAKI, pin(MISAKI), GINZA) == 0
    device.seen.clear()
    device.pull()
    assert device.seen == []


def test_unknown_fields_survive(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A field that this version does not know is kept and passed on."""
    write(retailer, clock, type(YUMI).model_validate(YUMI.to_wire() | {"shoe_colour": "緑"}))
    device.pull()
    assert device.rows["customer", YUMI.id]["shoe_colour"] == "緑"
