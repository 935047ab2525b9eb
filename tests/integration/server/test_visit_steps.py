"""What happens in a visit: the tray, handing over, its end, and the receipt."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from sync.model.commands_visits import (
    AttachReceipt,
    ChangeTray,
    CloseVisit,
    Companion,
    FlagGift,
    HandOverVisit,
    NoteAnswer,
    NoteCompanions,
    PlanFollowUp,
)
from sync.model.customer import Asked, Customer, Handled, Order, Topic, Visit, VisitDraft, VisitEnd
from sync.model.outreach import FollowUp, FollowUpState
from sync.policy.playbook import load_playbook
from sync.policy.signals import follow_up_id
from sync.server.closing import close_visits, closing
from sync.server.database import reading
from sync.server.proposals import propose_for
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
    draft = VisitDraft(begun_by=MISAKI.id, text="紺をお探し")
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


def test_what_the_goodbye_proposes_is_planned_once(tablet: Device, retailer: Engine, clock: MovableClock) -> None:
    """Planned, it is of whoever said goodbye, and the rules meanwhile let it stand; the same again is taken, the other word
    refused."""
    her_id = follow_up_id(YUMI.id, "after_visit:v-1")
    said: dict[str, Any] = {"follow_up_id": her_id, "cause": "after_visit", "evidence": {"code": "x"}, "due_at": NOON}
    assert tablet.do(PlanFollowUp(**HERS, **said, take=True), AKI.id).accepted
    assert propose_for(retailer, clock, load_playbook(), [YUMI.id]).dismissed == 0
    with reading(retailer) as conn:
        found = Records(conn).get(FollowUp, her_id)
    assert found is not None
    assert (found.state, found.assignee_id, found.evidence.code) == (FollowUpState.OPEN, AKI.id, "after_visit")
    assert tablet.do(PlanFollowUp(**HERS, **said, take=True), MISAKI.id).accepted
    late = tablet.do(PlanFollowUp(**HERS, **said, take=False), MISAKI.id)
    assert late.reason is not None
    assert late.reason.code == "wrong_state"


def test_nobody_is_planned_for_who_declined_it(tablet: Device, retailer: Engine, clock: MovableClock) -> None:
    """The server judges by its own records, whatever the tablet thought."""
    write(retailer, clock, YUMI.model_copy(update={"declined_topics": (Topic.CARE,)}))
    her_id = follow_up_id(YUMI.id, "after_visit:v-1")
    said: dict[str, Any] = {"follow_up_id": her_id, "cause": "after_visit", "evidence": {"code": "x"}, "due_at": NOON}
    refused = tablet.do(PlanFollowUp(**HERS, **said, take=True), AKI.id)
    assert refused.reason is not None
    assert refused.reason.code == "topic_declined"


def test_a_gift_on_the_tray_is_one_in_the_purchase(tablet: Device, retailer: Engine, clock: MovableClock) -> None:
    """From when the tray says so until it says otherwise, in a purchase of the same day only; what staff say of the piece
    afterwards stands while the tray stays as it is."""
    near, far = order("1", GINZA.id, YUMI.id), order("2", GINZA.id, YUMI.id)
    near = near.model_copy(update={"at": NOON + timedelta(hours=1)})
    far = far.model_copy(update={"at": NOON - timedelta(days=2)})
    write(retailer, clock, near, far)
    variant = near.lines[0].variant_id

    def gifts() -> list[bool]:
        with reading(retailer) as conn:
            found = Records(conn).get_many(Order, [near.id, far.id])
        return [found[one.id].lines[0].gift for one in (near, far)]

    def lies(how: Any, *, gift: bool, variant_id: str = variant) -> list[bool]:
        told = ChangeTray(**HERS, product_id="p", variant_id=variant_id, how=how, gift=gift)
        assert tablet.do(told, MISAKI.id).accepted
        return gifts()

    assert lies(Handled.SHOWN, gift=False) == [False, False]
    assert lies(Handled.SHOWN, gift=True, variant_id="another") == [False, False]
    assert lies(Handled.SHOWN, gift=True) == [True, False]
    hers = FlagGift(order_id=near.id, customer_id=YUMI.id, variant_id=variant, gift=False)
    assert tablet.do(hers, MISAKI.id).accepted
    assert lies(Handled.TRIED, gift=True) == [False, False]
    assert lies(Handled.TRIED, gift=False) == [False, False]
    assert lies(Handled.TRIED, gift=True) == [True, False]
    assert lies("off", gift=False) == [False, False]


def test_a_gift_is_flagged_on_the_purchase(tablet: Device, retailer: Engine, clock: MovableClock) -> None:
    """The last word stands; a piece that was not bought is refused."""
    bought = order("R-78", GINZA.id, YUMI.id)
    write(retailer, clock, bought)

    def say(variant_id: str, gift: bool) -> str | None:
        said = FlagGift(order_id=bought.id, customer_id=YUMI.id, variant_id=variant_id, gift=gift)
        answer = tablet.do(said, MISAKI.id)
        return answer.reason.code if answer.reason else None

    def flags() -> list[bool]:
        with reading(retailer) as conn:
            found = Records(conn).get(Order, bought.id)
        assert found is not None
        return [line.gift for line in found.lines]

    assert (say("v1", True), flags()) == (None, [True])
    assert (say("other", True), flags()) == ("unknown", [True])
    assert (say("v1", False), flags()) == (None, [False])


def test_with_whom_she_came_is_one_list(tablet: Device, retailer: Engine) -> None:
    """The latest list stands whole, in one order and each once, also after the goodbye; an empty one takes them all off."""
    tablet.do(NoteCompanions(**HERS, companions=(Companion.FRIEND, Companion.MOTHER, Companion.MOTHER)), MISAKI.id)
    assert stored(retailer).companions == ("mother", "friend")
    tablet.do(CloseVisit(**HERS), MISAKI.id)
    assert tablet.do(NoteCompanions(**HERS, companions=(Companion.PARTNER,)), AKI.id).accepted
    assert stored(retailer).companions == ("partner",)
    assert tablet.do(NoteCompanions(**HERS), AKI.id).accepted
    assert stored(retailer).companions == ()
