"""What happens in a visit: the tray, handing over, its end, and the receipt."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from sync.model.commands_visits import AttachReceipt, ChangeTray, CloseVisit, HandOverVisit, NoteAnswer
from sync.model.customer import Asked, Customer, Handled, Visit, VisitDraft, VisitEnd
from sync.server.closing import close_visits, closing
from sync.server.database import reading
from sync.server.receipts import tie_receipts
from sync.server.repository.records import Records
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MISAKI, NOON, UMEDA, YUMI, MovableClock, person, write
from tests.integration.server.test_scopes import order

AKI, BEN, FAR = person("aki", GINZA.id), person("ben", GINZA.id), person("far", UMEDA.id)
HERS: dict[str, Any] = {"visit_id": "v-1", "customer_id": YUMI.id}


@pytest.fixture
def tablet(retailer: Engine, clock: MovableClock) -> Device:
    visit = Visit(id="v-1", customer_id=YUMI.id, shop_id=GINZA.id, staff_id=MISAKI.id, at=NOON)
    write(retailer, clock, AKI, BEN, FAR, visit)
    return Device(retailer, clock)


def stored(engine: Engine) -> Visit:
    with reading(engine) as conn:
        found = Records(conn).get(Visit, "v-1")
    assert found is not None
    return found


def test_of_one_thing_the_last_word_stands(tablet: Device, retailer: Engine) -> None:
    """Shown, then tried on as a gift, lies on the tray once; two tablets' things lie beside each other; off takes one away."""
    tablet.do(ChangeTray(**HERS, product_id="coat", how=Handled.SHOWN), MISAKI.id)
    tablet.do(ChangeTray(**HERS, product_id="knit", how=Handled.SHOWN), AKI.id)
    tablet.do(ChangeTray(**HERS, product_id="coat", how=Handled.TRIED, gift=True), MISAKI.id)
    assert [(one.product_id, one.how, one.gift) for one in stored(retailer).tray] == [
        ("knit", Handled.SHOWN, False), ("coat", Handled.TRIED, True),
    ]  # fmt: skip
    tablet.do(ChangeTray(**HERS, product_id="knit", how="off"), AKI.id)
    assert [one.product_id for one in stored(retailer).tray] == ["coat"]


def test_a_visit_is_handed_over_with_what_was_begun(tablet: Device, retailer: Engine) -> None:
    """The colleague sees whose it was and the note that was begun; a second hand that saw the old state is refused."""
    draft = VisitDraft(text="紺をお探し")
    given = HandOverVisit(**HERS, from_staff_id=MISAKI.id, to_staff_id=AKI.id, draft=draft)
    assert tablet.do(given, MISAKI.id).accepted
    found = stored(retailer)
    assert (found.staff_id, found.handed_by, found.draft) == (AKI.id, MISAKI.id, draft)
    late = tablet.do(HandOverVisit(**HERS, from_staff_id=MISAKI.id, to_staff_id=BEN.id), BEN.id)
    assert late.reason is not None
    assert (late.reason.code, late.reason.params["staff_id"]) == ("moved", AKI.id)
    far = tablet.do(HandOverVisit(**HERS, from_staff_id=AKI.id, to_staff_id=FAR.id), AKI.id)
    assert far.reason is not None
    assert far.reason.code == "not_here"


def test_the_first_end_stands(tablet: Device, retailer: Engine, clock: MovableClock) -> None:
    """Ended by staff, it is not ended again by the clock, and cannot be handed over."""
    clock.at += timedelta(minutes=30)
    assert tablet.do(CloseVisit(**HERS), MISAKI.id).accepted
    clock.at += timedelta(days=1)
    assert close_visits(retailer, clock) == 0
    found = stored(retailer)
    assert (found.ended_by, found.ended_at) == (VisitEnd.STAFF, NOON + timedelta(minutes=30))
    late = tablet.do(HandOverVisit(**HERS, from_staff_id=MISAKI.id, to_staff_id=AKI.id), MISAKI.id)
    assert late.reason is not None
    assert late.reason.code == "wrong_state"


def test_what_nobody_ended_ends_at_closing_time(tablet: Device, retailer: Engine, clock: MovableClock) -> None:
    """By the shop's clock, to the minute, and once."""
    at = closing(GINZA, NOON)
    clock.at = at - timedelta(minutes=1)
    assert close_visits(retailer, clock) == 0
    clock.at = at
    assert close_visits(retailer, clock) == 1
    assert (stored(retailer).ended_by, stored(retailer).ended_at) == (VisitEnd.CLOSING, at)
    assert close_visits(retailer, clock) == 0


@pytest.mark.parametrize("first", [True, False])
def test_a_receipt_finds_its_purchase_whichever_comes_first(
    tablet: Device, retailer: Engine, clock: MovableClock, first: bool
) -> None:
    """The till may tell of it before the barcode is scanned, or hours after."""
    bought = order("R-77", GINZA.id, YUMI.id)
    if first:
        write(retailer, clock, bought)
    assert tablet.do(AttachReceipt(**HERS, number=bought.number), MISAKI.id).accepted
    assert stored(retailer).ended_by is VisitEnd.RECEIPT
    if not first:
        assert stored(retailer).order_id is None
        assert tie_receipts(retailer, clock) == 0
        write(retailer, clock, bought)
        assert tie_receipts(retailer, clock) == 1
    assert stored(retailer).order_id == bought.id
    another = tablet.do(AttachReceipt(**HERS, number="R-78"), MISAKI.id)
    assert another.reason is not None
    assert another.reason.code == "wrong_state"


def test_somebody_elses_receipt_is_not_hers(tablet: Device, retailer: Engine, clock: MovableClock) -> None:
    """The same number at another shop, or of another customer, is not tied to this visit."""
    write(retailer, clock, order("R-77", UMEDA.id, YUMI.id))
    tablet.do(AttachReceipt(**HERS, number=order("R-77", UMEDA.id, YUMI.id).number), MISAKI.id)
    assert tie_receipts(retailer, clock) == 0
    assert stored(retailer).order_id is None


def test_one_question_fills_only_a_gap(tablet: Device, retailer: Engine, clock: MovableClock) -> None:
    """The first question stands for the visit; an answer is kept where nothing is known, and one that is none is refused."""
    write(retailer, clock, YUMI.model_copy(update={"birthday": ""}))
    assert not tablet.do(NoteAnswer(**HERS, question=Asked.BIRTHDAY, answer="02-30"), MISAKI.id).accepted
    assert stored(retailer).asked is None
    assert tablet.do(NoteAnswer(**HERS, question=Asked.BIRTHDAY, answer="02-29"), MISAKI.id).accepted
    assert tablet.do(NoteAnswer(**HERS, question=Asked.BIRTHDAY, answer="12-31"), AKI.id).accepted
    assert tablet.do(NoteAnswer(**HERS, question=Asked.KANA), AKI.id).accepted
    with reading(retailer) as conn:
        her = Records(conn).get(Customer, YUMI.id)
    assert her is not None
    assert her.birthday == "02-29"
    assert stored(retailer).asked is Asked.BIRTHDAY
