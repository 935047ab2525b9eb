"""Facts become records: each once, each with the right customer, and what cannot be taken leaves the rest alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from sync.identity.match import IdentityResolver
from sync.ids import imported_id
from sync.model.catalogue import Money, StockLevel
from sync.model.commands_visits import FlagGift
from sync.model.customer import (
    Appointment,
    AppointmentKind,
    AppointmentState,
    Customer,
    Interaction,
    OnTray,
    Order,
    Visit,
    WebActivity,
)
from sync.model.shop import RetailerSettings, Staff, StaffPin
from sync.model.source import (
    AnyFact,
    AppointmentFact,
    CustomerRef,
    InteractionFact,
    OrderLineFact,
    RetailerFact,
    ShopFact,
    StaffFact,
    StockFact,
    VisitFact,
)
from sync.policy.visits import flagged
from sync.server.database import reading, transaction
from sync.server.feed import shop_scope
from sync.server.ingest import IngestService
from sync.server.ingest_records import PINS
from sync.server.repository import scopes
from sync.server.repository.records import Records
from tests.integration.ingest.conftest import NOW, clean, numbered
from tests.integration.ingest.told import CLOCK, bought, found, held, look


def test_a_customer_is_kept_in_one_spelling(ingest: IngestService, engine: Engine) -> None:
    """Telephone in E.164, mail in small letters, kana as katakana; the kanji of her name stay hers."""
    (customer,) = found(engine, Customer)
    assert (customer.family_name, customer.family_kana) == ("山﨑", "ヤマサキ")
    assert (customer.phone, customer.email) == ("+819012345678", "hanako@example.jp")
    assert customer.home_shop_id == imported_id("shop", "ginza")


def test_an_event_is_taken_once(ingest: IngestService, engine: Engine) -> None:
    """The same fact again, in the same batch or a later one, is a repeat."""
    first = clean(ingest.apply(numbered(look(1, user_id="u1"), look(1, user_id="u1"), look(2, user_id="u1"))))
    again = clean(ingest.apply(numbered(look(1, user_id="u1"), look(3, user_id="u1"))))
    assert (first.taken, first.repeated, again.taken, again.repeated) == (2, 1, 1, 1)
    assert len(found(engine, WebActivity)) == 3


def test_two_writers_of_the_same_events_do_not_double_them(ingest: IngestService, engine: Engine) -> None:
    """The same batch posted by several clients at once, about somebody new, makes one customer and each event once."""
    batch: list[AnyFact] = [bought(f"N{number}", user_id="new", email="new@example.jp") for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: ingest.apply(numbered(*batch)), range(4)))
    assert sum(report.taken for report in reports) == 20
    assert len(found(engine, Order)) == 20
    assert len({order.customer_id for order in found(engine, Order)}) == 1
    assert len(found(engine, Customer)) == 2


def test_an_order_knows_its_goods_and_shop(ingest: IngestService, engine: Engine) -> None:
    """Lines carry the article and its category; the shop is found by its code."""
    clean(ingest.apply(numbered(bought("N1", user_id="u1"))))
    (order,) = found(engine, Order)
    assert [line.variant_id for line in order.lines] == [imported_id("variant", sku) for sku in ("p1-S", "p1-M")]
    assert order.lines[0].category == "dress"
    assert order.shop_id == imported_id("shop", "ginza")
    assert found(engine, Visit) == []


def test_what_came_back_leaves_the_order(ingest: IngestService, engine: Engine) -> None:
    """A refund that names pieces takes those out; the last one leaves the order refunded with its lines kept."""
    clean(ingest.apply(numbered(bought("N1", pieces=2, user_id="u1"))))
    part = bought("N1", refunded=True, user_id="u1")
    clean(ingest.apply(numbered(part)))
    (order,) = found(engine, Order)
    assert [line.quantity for line in order.lines] == [1, 1]
    assert (order.total.amount, order.refunded) == (64000, False)
    clean(ingest.apply(numbered(part.model_copy(update={"source_id": "second"}))))
    (order,) = found(engine, Order)
    assert (len(order.lines), order.refunded) == (2, True)


def test_a_gift_stays_one_whatever_the_till_tells(ingest: IngestService, engine: Engine) -> None:
    """Staff's word is on the piece: the same order told anew, or one piece come back, does not take it away."""
    clean(ingest.apply(numbered(bought("N1", pieces=2, user_id="u1"))))
    (order,) = found(engine, Order)
    told = FlagGift(order_id=order.id, customer_id=order.customer_id, variant_id=order.lines[1].variant_id, gift=True)
    with transaction(engine) as conn:
        Records(conn, CLOCK).put(flagged(order, told))
    for number, fact in enumerate((bought("N1", pieces=2, user_id="u1"), bought("N1", refunded=True, user_id="u1"))):
        clean(ingest.apply(numbered(fact.model_copy(update={"source_id": f"anew-{number}"}))))
        (order,) = found(engine, Order)
        assert [(line.gift, line.quantity) for line in order.lines] == [(False, 2 - number), (True, 2 - number)]


@pytest.mark.parametrize(
    ("hours", "sku", "gifts"),
    [(2, "p1-S", [True, False]), (-2, "", [True, True]), (2, None, [False, False]), (30, "p1-S", [False, False])],
)
def test_what_lay_on_a_tray_as_a_gift_arrives_as_one(
    ingest: IngestService, engine: Engine, hours: int, sku: str | None, gifts: list[bool]
) -> None:
    """By its variant, or by the product where the tray names no variant; within a day of the visit. It is asked once: what
    staff say of the piece then stands when the till tells of it anew."""
    clean(ingest.apply(numbered(bought("N0", user_id="u1").model_copy(update={"at": NOW - timedelta(days=9)}))))
    (earlier,) = found(engine, Order)
    variant = imported_id("variant", sku) if sku else None
    thing = OnTray(product_id=imported_id("product", "p1"), variant_id=variant, gift=sku is not None, at=NOW)
    with transaction(engine) as conn:
        at = NOW - timedelta(hours=hours)
        Records(conn, CLOCK).put(
            Visit(id="v", customer_id=earlier.customer_id, shop_id=earlier.shop_id, staff_id="s", at=at, tray=(thing,))
        )
    clean(ingest.apply(numbered(bought("N1", user_id="u1"))))
    arrived = {order.number: order for order in found(engine, Order)}
    assert [line.gift for line in arrived["N1"].lines] == gifts
    assert [line.gift for line in arrived["N0"].lines] == [False, False]
    first = arrived["N1"].lines[0].variant_id
    hers = FlagGift(order_id=arrived["N1"].id, customer_id=earlier.customer_id, variant_id=first, gift=False)
    with transaction(engine) as conn:
        Records(conn, CLOCK).put(flagged(arrived["N1"], hers))
    clean(ingest.apply(numbered(bought("N1", user_id="u1").model_copy(update={"source_id": "anew"}))))
    (anew,) = (order for order in found(engine, Order) if order.number == "N1")
    assert [line.gift for line in anew.lines] == [False, gifts[1]]


def test_a_refund_may_arrive_before_its_order(ingest: IngestService, engine: Engine) -> None:
    """Webhooks come in any order: the order that comes late is known to be refunded."""
    refund = bought("N1", refunded=True, user_id="u1").model_copy(update={"lines": ()})
    clean(ingest.apply(numbered(refund)))
    clean(ingest.apply(numbered(bought("N1", user_id="u1"))))
    (order,) = found(engine, Order)
    assert (len(order.lines), order.refunded) == (2, True)


def test_unknown_codes_are_errors_of_their_fact_alone(ingest: IngestService, engine: Engine) -> None:
    """A shop or article nobody knows refuses that fact, names its field, makes no customer, and harms no other."""
    wrong_shop = bought("N1", shop="mars", user_id="ghost", email="ghost@example.jp")
    wrong_sku = bought("N2", user_id="u1").model_copy(
        update={"lines": (OrderLineFact(sku="none", price=Money(amount=1)),)}
    )
    report = ingest.apply(numbered(wrong_shop, wrong_sku, bought("N3", user_id="u1")))
    assert [(error.row, error.field, error.value) for error in report.errors] == [
        (1, "shop_code", "mars"),
        (2, "lines.0.sku", "none"),
    ]
    assert [order.number for order in found(engine, Order)] == ["N3"]
    assert len(found(engine, Customer)) == 1


def test_what_left_the_catalogue_is_kept_by_category(ingest: IngestService, engine: Engine) -> None:
    """A look at an unknown product is kept, without the product."""
    clean(
        ingest.apply(
            numbered(look(1, user_id="u1").model_copy(update={"product_code": "gone", "sku": "", "category": "coat"}))
        )
    )
    (activity,) = found(engine, WebActivity)
    assert (activity.product_id, activity.category) == (None, "coat")


def test_notes_about_nobody_are_errors(ingest: IngestService, engine: Engine) -> None:
    """A note or visit cannot make a customer: an unknown number is a mistake in the file."""
    note = InteractionFact(
        ref=CustomerRef(member_number="M404"), number="1", shop_code="ginza", staff_code="s1", at=NOW
    )
    visit = VisitFact(ref=CustomerRef(member_number="M1"), number="1", shop_code="ginza", at=NOW)
    report = ingest.apply(numbered(note, visit))
    assert [(error.row, error.field) for error in report.errors] == [(1, "member_number")]
    assert (len(found(engine, Interaction)), len(found(engine, Visit)), len(found(engine, Customer))) == (0, 1, 1)


def test_what_the_calendar_says_of_an_appointment_holds(ingest: IngestService, engine: Engine) -> None:
    """A later row changes its state and one that says nothing leaves it; a call that ended here is not booked anew."""

    def told(state: AppointmentState | None) -> AppointmentState:
        at, booked_at = NOW - timedelta(hours=1), NOW - timedelta(days=3)
        kind = AppointmentKind.VIDEO
        ref = CustomerRef(member_number="M1")
        fact = AppointmentFact(
            ref=ref, number="A1", shop_code="ginza", appointment_kind=kind, at=at, booked_at=booked_at, state=state
        )
        clean(ingest.apply(numbered(fact)))
        [one] = found(engine, Appointment)
        return one.state

    states = AppointmentState
    assert [told(state) for state in (states.BOOKED, None, states.NO_SHOW, None, states.ARRIVED, states.BOOKED)] == [
        states.BOOKED, states.BOOKED, states.NO_SHOW, states.NO_SHOW, states.ARRIVED, states.BOOKED,
    ]  # fmt: skip
    [one] = found(engine, Appointment)
    assert one.call is not None
    ended = one.model_copy(update={"state": states.DONE, "call": one.call.model_copy(update={"ended_at": NOW})})
    with transaction(engine) as conn:
        Records(conn, CLOCK).put(ended)
    assert [told(state) for state in (states.BOOKED, states.ARRIVED, states.CANCELLED)] == [
        states.DONE, states.DONE, states.CANCELLED,
    ]  # fmt: skip


def test_an_older_count_does_not_undo_a_newer_one(ingest: IngestService, engine: Engine) -> None:
    """Stock files may come late."""
    old = StockFact(sku="p1-S", shop_code="ginza", quantity=9, at=NOW - timedelta(days=1))
    report = clean(ingest.apply(numbered(old)))
    assert (report.taken, report.repeated) == (0, 1)
    assert [level.quantity for level in found(engine, StockLevel)] == [3]


def test_from_when_on_some_lie_there_is_kept(ingest: IngestService, engine: Engine) -> None:
    """It begins with the count that first found some, lasts over further counts, ends with the last piece, and begins
    anew: by that it is known that something has come back."""
    began = []
    for hours, quantity in enumerate((5, 2, 0, 0, 4, 1), 1):
        count = StockFact(sku="p1-S", shop_code="ginza", quantity=quantity, at=NOW + timedelta(hours=hours))
        clean(ingest.apply(numbered(count)))
        [level] = found(engine, StockLevel)
        began.append(level.since and (level.since - NOW) / timedelta(hours=1))
    assert began == [0, 0, None, None, 5, 5]


def test_a_pin_is_hashed_and_shown_for_the_sample_retailer_only(ingest: IngestService, engine: Engine) -> None:
    """The hash is argon2id at OWASP's floor or above; the digits are kept only where the retailer is the sample."""
    (pin,) = found(engine, StaffPin)
    assert pin.pin_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PINS.verify(pin.pin_hash, "246810")
    about = {"number": 1, "brand": "b", "legal_name": "l", "postal_address": "p", "contact": "c"}
    person = StaffFact(code="s1", family_name="髙橋", shop_code="ginza", pin="246810")
    for demo, shown in ((False, {}), (True, {imported_id("staff", "s1"): "246810"}), (False, {})):
        clean(ingest.apply(numbered(RetailerFact.model_validate({**about, "demo": demo}))))
        clean(ingest.apply(numbered(person)))
        assert found(engine, RetailerSettings)[0].demo_pins == shown
    assert found(engine, StaffPin) == [pin]


def test_who_has_left_is_told_by_the_file(ingest: IngestService, engine: Engine) -> None:
    """A row with `active` false: she is no longer active, and her PIN leaves every shop's tablets."""
    gone = StaffFact(code="s1", family_name="髙橋", shop_code="ginza", active=False)
    clean(ingest.apply(numbered(gone)))
    assert [person.active for person in found(engine, Staff)] == [False]
    with reading(engine) as conn:
        assert scopes.pins_in(conn, shop_scope(imported_id("shop", "ginza"))) == set()


def test_two_who_stand_in_for_each_other_are_taken_in_any_order(ingest: IngestService, engine: Engine) -> None:
    """The first of them names somebody who has not come yet."""
    pair = [
        StaffFact(code=code, family_name="林", shop_code="ginza", stand_in_code=other)
        for code, other in (("a1", "a2"), ("a2", "a1"))
    ]
    clean(ingest.apply(numbered(*pair)))
    ids = {code: imported_id("staff", code) for code in ("a1", "a2")}
    named = {person.id: person.stand_in_id for person in found(engine, Staff) if person.stand_in_id}
    assert named == {ids["a1"]: ids["a2"], ids["a2"]: ids["a1"]}


def test_checking_writes_nothing_and_says_the_same(ingest: IngestService, engine: Engine) -> None:
    """The answer of a check is that of taking, and the database is as before."""
    facts = numbered(
        bought("N1", user_id="u7", email="u7@example.jp"),
        look(1, anonymous_id="x"),
        bought("N2", shop="mars", user_id="u1"),
    )
    checked = ingest.check(facts)
    assert (found(engine, Order), held(engine), len(found(engine, Customer))) == ([], 0, 1)
    assert ingest.apply(facts) == checked
    assert checked.taken == 2


def test_a_thousand_facts_are_one_transaction(engine: Engine) -> None:
    """A full batch is taken whole."""
    service = IngestService(engine, CLOCK, IdentityResolver())
    shops = [ShopFact(code=f"c{number}", name="n", brand="b", controller="c") for number in range(1000)]
    assert clean(service.apply(numbered(*shops))).taken == 1000
