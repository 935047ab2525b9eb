"""Promises to customers: made, kept, passed on, withdrawn, and handed on when somebody leaves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from sync.model.base import Command
from sync.model.commands_visits import KeepPromise, MakePromise, PassPromise, WithdrawPromise
from sync.model.promise import Promise, Promised, PromiseState
from sync.model.shop import Staff
from sync.server.database import reading
from sync.server.leavers import hand_on_promises
from sync.server.repository.records import Records
from tests.integration.server.devices import Device
from tests.integration.server.people import (
    GINZA,
    MANAGER,
    MISAKI,
    NOON,
    UMEDA,
    YUMI,
    MovableClock,
    customer,
    person,
    write,
)

AKI, BEN, FAR = person("aki", GINZA.id), person("ben", GINZA.id), person("far", UMEDA.id)


def made(to: Staff = MISAKI, promise_id: str = "p-1") -> MakePromise:
    return MakePromise(
        promise_id=promise_id, customer_id=YUMI.id, shop_id=GINZA.id, what=Promised.ARRIVAL, text="紺のM",
        due_on=NOON.date() + timedelta(days=7), to_staff_id=to.id,
    )  # fmt: skip


def stored(engine: Engine, promise_id: str = "p-1") -> Promise:
    with reading(engine) as conn:
        found = Records(conn).get(Promise, promise_id)
    assert found is not None
    return found


@pytest.fixture
def tablet(retailer: Engine, clock: MovableClock) -> Device:
    write(retailer, clock, AKI, BEN, FAR)
    return Device(retailer, clock)


def test_a_promise_is_kept_by_whoever_does_it(tablet: Device, retailer: Engine) -> None:
    """Made for a colleague, done by a third: what stands is who made it, whose it is, and who kept it when."""
    assert tablet.do(made(AKI), MISAKI.id).accepted
    assert tablet.do(KeepPromise(promise_id="p-1", customer_id=YUMI.id), BEN.id).accepted
    found = stored(retailer)
    assert (found.made_by, found.owner_id, found.ended_by, found.state) == (
        MISAKI.id,
        AKI.id,
        BEN.id,
        PromiseState.KEPT,
    )
    assert found.ended_at == NOON


@pytest.mark.parametrize(
    ("command", "who", "code"),
    [
        (made(FAR), MISAKI, "not_here"),
        (made(person("nobody", GINZA.id)), MISAKI, "unknown"),
        (PassPromise(promise_id="p-1", customer_id=YUMI.id, from_staff_id=AKI.id, to_staff_id=FAR.id), AKI, "not_here"),
        (PassPromise(promise_id="p-1", customer_id=YUMI.id, from_staff_id=BEN.id, to_staff_id=BEN.id), AKI, "moved"),
        (WithdrawPromise(promise_id="p-1", customer_id=YUMI.id, reason="x"), BEN, "not_yours"),
        (KeepPromise(promise_id="p-9", customer_id=YUMI.id), AKI, "unknown"),
    ],
)
def test_what_is_refused(tablet: Device, command: Command, who: Staff, code: str) -> None:
    """Each with the code that the tablet words."""
    tablet.do(made(AKI), MISAKI.id)
    command = command.model_copy(update={"promise_id": "p-2"}) if isinstance(command, MakePromise) else command
    outcome = tablet.do(command, who.id)
    assert outcome.reason is not None
    assert outcome.reason.code == code


def test_a_manager_withdraws_anybodys(tablet: Device, retailer: Engine) -> None:
    """With a reason, which stays with the promise."""
    tablet.do(made(AKI), MISAKI.id)
    assert tablet.do(
        WithdrawPromise(promise_id="p-1", customer_id=YUMI.id, reason="ご要望がなくなった"), MANAGER.id
    ).accepted
    assert (stored(retailer).state, stored(retailer).reason) == (PromiseState.WITHDRAWN, "ご要望がなくなった")


def test_an_open_promise_keeps_a_customer_on_the_shops_tablets(
    tablet: Device, retailer: Engine, clock: MovableClock
) -> None:
    """A customer of another shop who was promised something here is here, offline too, until it is kept."""
    hers = customer("3001", UMEDA.id)
    promise = Promise(
        id="p-1", customer_id=hers.id, shop_id=GINZA.id, what=Promised.PHOTO, due_on=NOON.date(), owner_id=AKI.id,
        made_by=AKI.id, at=NOON,
    )  # fmt: skip
    write(retailer, clock, hers, promise)
    tablet.pull()
    assert {hers.id, "p-1"} <= tablet.ids("customer") | tablet.ids("promise")
    write(retailer, clock, promise.model_copy(update={"state": PromiseState.KEPT}))
    tablet.pull()
    assert hers.id not in tablet.ids("customer")


HEIRS: list[tuple[str, Callable[[Staff], Staff], str | None]] = [
    ("the stand-in who is named", lambda one: one.model_copy(update={"stand_in_id": BEN.id}), BEN.id),
    ("else who made it", lambda one: one, MISAKI.id),
]


@pytest.mark.parametrize(("why", "leaving", "heir"), HEIRS, ids=[why for why, _, _ in HEIRS])
def test_a_leavers_promise_goes_to_somebody(
    tablet: Device, retailer: Engine, clock: MovableClock, why: str, leaving: Callable[[Staff], Staff], heir: str | None
) -> None:
    """Not on the last day, but at the midnight that ends it: the stand-in, else whoever is nearest to the customer."""
    tablet.do(made(AKI), MISAKI.id)
    write(retailer, clock, leaving(AKI).model_copy(update={"ends_on": NOON.date()}))
    assert hand_on_promises(retailer, clock) == 0
    clock.at += timedelta(days=1)
    assert hand_on_promises(retailer, clock) == 1
    assert stored(retailer).owner_id == heir
    assert hand_on_promises(retailer, clock) == 0


def test_with_the_maker_gone_too_a_manager_has_it(tablet: Device, retailer: Engine, clock: MovableClock) -> None:
    """Nobody's promise is nobody's for long: the person in charge, then a manager of the shop."""
    tablet.do(made(AKI), BEN.id)
    write(retailer, clock, *(one.model_copy(update={"active": False}) for one in (AKI, BEN)))
    write(retailer, clock, YUMI.model_copy(update={"person_in_charge_id": AKI.id}))
    assert hand_on_promises(retailer, clock) == 1
    assert stored(retailer).owner_id == MANAGER.id
