"""Commands: each once, judged again, answered with a reason."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from sync.ids import new_id
from sync.model.commands import (
    CheckIn,
    CloseFollowUp,
    JoinCall,
    PauseSending,
    RecordView,
    RegisterCustomer,
    ResumeSending,
    RevealContact,
    StopContact,
)
from sync.model.customer import (
    Appointment,
    AppointmentKind,
    AppointmentState,
    Channel,
    Consent,
    ConsentState,
    Customer,
    Interaction,
    Visit,
)
from sync.model.outreach import Reason
from sync.server.database import reading
from sync.server.repository import audit, identity
from sync.server.repository.records import Records
from sync.server.tables import command_log
from sync.server.tables_audit import audit as audit_table
from tests.integration.server.asked import audited, follow_up, note, stored
from tests.integration.server.devices import Device
from tests.integration.server.people import (
    GINZA,
    MANAGER,
    MISAKI,
    NOON,
    OSAKA,
    STYLIST,
    UMEDA,
    YUMI,
    MovableClock,
    agrees,
    customer,
    write,
)

# -- once


def test_a_repeated_command_gets_the_stored_answer(retailer: Engine, device: Device) -> None:
    """The same command three times, also in one push, is done once and answered the same each time."""
    envelope = device.envelope(note(), MISAKI.id)
    first = device.push(envelope, envelope)
    again = device.push(envelope)
    assert first[0] == first[1] == again[0]
    assert first[0].accepted
    with reading(retailer) as conn:
        assert len(Records(conn).of_kind(Interaction)) == 1
        assert conn.scalar(select(func.count()).select_from(command_log)) == 1


def test_the_same_id_with_other_content_is_refused(retailer: Engine, device: Device) -> None:
    """An id stands for one command: with other content it is refused, and the first one stays as it was."""
    first = device.envelope(note("青"), MISAKI.id)
    device.push(first)
    other = device.envelope(note("赤"), MISAKI.id, first.id)
    outcome = device.push(other)[0]
    assert not outcome.accepted
    assert outcome.reason == Reason(code="conflict")
    assert device.push(first)[0].accepted


def test_a_refused_answer_is_kept_too(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """What was refused stays refused under its id, also when it would be allowed by now."""
    newcomer = customer("3003")
    envelope = device.envelope(note(customer_id=newcomer.id), MISAKI.id)
    refused = device.push(envelope)[0]
    assert refused.reason == Reason(code="unknown", params={"what": "customer", "id": newcomer.id})
    write(retailer, clock, newcomer)
    assert device.push(envelope)[0] == refused


def test_another_device_may_deliver_a_command_again(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A tablet that had to enrol anew sends its unsent work again; what had arrived is answered, not repeated."""
    envelope = device.envelope(note(), MISAKI.id)
    first = device.push(envelope)
    again = Device(retailer, clock, seed=b"\x02" * 32)
    assert again.push(envelope) == first


def test_a_refusal_does_not_stop_what_follows(device: Device) -> None:
    """Of three commands the second is refused; the third is done."""
    outcomes = device.push(
        device.envelope(note(), MISAKI.id),
        device.envelope(note(customer_id="nobody"), MISAKI.id),
        device.envelope(note(), MISAKI.id),
    )
    assert [outcome.accepted for outcome in outcomes] == [True, False, True]


# -- who


@pytest.mark.parametrize(
    ("staff_id", "reason"),
    [
        (None, Reason(code="no_staff")),
        ("nobody", Reason(code="unknown_staff", params={"staff_id": "nobody"})),
        (OSAKA.id, Reason(code="not_here", params={"staff_id": OSAKA.id})),
    ],
)
def test_only_people_of_the_shop_may_act(device: Device, staff_id: str | None, reason: Reason) -> None:
    """Nobody, somebody unknown and somebody of another shop are refused, each with its reason."""
    assert device.do(note(), staff_id).reason == reason


def test_someone_who_left_is_refused(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A person who is no longer active may do nothing."""
    write(retailer, clock, MISAKI.model_copy(update={"active": False}))
    assert device.do(note(), MISAKI.id).reason == Reason(code="inactive_staff", params={"staff_id": MISAKI.id})


def test_helpers_and_stylists_may_act(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Who lends a hand here may act here, and a stylist anywhere."""
    write(retailer, clock, OSAKA.model_copy(update={"helps_shop_ids": (GINZA.id,)}))
    assert device.do(note(), OSAKA.id).accepted
    assert device.do(note(), STYLIST.id).accepted
    assert device.do(note(shop_id=UMEDA.id), STYLIST.id).accepted


def test_a_shop_that_is_not_theirs_is_refused(device: Device) -> None:
    """Nobody writes in the name of a shop that is neither the tablet's nor their own."""
    assert device.do(note(shop_id=UMEDA.id), MISAKI.id).reason == Reason(
        code="not_here", params={"staff_id": MISAKI.id}
    )
    assert device.do(note(shop_id="nowhere"), MISAKI.id).reason == Reason(
        code="unknown", params={"what": "shop", "id": "nowhere"}
    )


# -- visits, notes, customers


def test_a_view_is_audited(retailer: Engine, device: Device) -> None:
    """Who opened whose profile, and how they came there, stands in the audit."""
    assert device.do(RecordView(customer_id=YUMI.id, how="search"), MISAKI.id).accepted
    assert ("view", MISAKI.id, "search") in audited(retailer)


def test_checking_in_opens_a_visit(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A visit is written at the time the device says, and reaches the other devices."""
    command = CheckIn(visit_id="visit-1", customer_id=YUMI.id, shop_id=GINZA.id, source="scan", code_digest="a" * 64)
    assert device.do(command, MISAKI.id).reason is None
    visit = stored(retailer, Visit, "visit-1")
    assert (visit.at, visit.staff_id, visit.shop_id) == (clock.at, MISAKI.id, GINZA.id)


def test_a_code_used_on_two_devices_is_flagged(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """The second device's scan of one code is taken, flagged to staff and audited; again on the first it is not."""
    umeda = Device(retailer, clock, "umeda", seed=b"\x02" * 32)

    def scan(shop_id: str) -> CheckIn:
        return CheckIn(visit_id=new_id(), customer_id=YUMI.id, shop_id=shop_id, source="scan", code_digest="b" * 64)

    assert device.do(scan(GINZA.id), MISAKI.id).reason is None
    assert device.do(scan(GINZA.id), MISAKI.id).reason is None
    outcome = umeda.do(scan(UMEDA.id), OSAKA.id)
    assert outcome.accepted
    assert outcome.reason == Reason(code="replayed")
    assert ("check_in", OSAKA.id, "replayed") in audited(retailer)


def test_a_code_used_on_two_devices_is_flagged_without_a_second_check_in(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """Where her visit is open already, the view carries the code: the second device hears of it all the same, the first
    one may show it again."""
    other = Device(retailer, clock, "ginza", seed=b"\x02" * 32)
    used = RecordView(customer_id=YUMI.id, how="scan", code_digest="b" * 64)
    assert device.do(used, MISAKI.id).reason is None
    assert device.do(used, MISAKI.id).reason is None
    outcome = other.do(used, MISAKI.id)
    assert outcome.accepted
    assert outcome.reason == Reason(code="replayed")
    assert ("view", MISAKI.id, "replayed") in audited(retailer)


def test_a_device_with_a_wrong_clock_does_not_write_the_future(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """What a device says happened lies between 60 days ago and now."""
    for moved, expected in ((timedelta(days=1), clock.at), (-timedelta(days=400), clock.at - timedelta(days=60))):
        command = note()
        envelope = device.envelope(command, MISAKI.id)
        device.push(envelope.model_copy(update={"device_time": clock.at + moved}))
        assert stored(retailer, Interaction, command.interaction_id).at == expected


def test_a_registered_customer_keeps_her_id(retailer: Engine, device: Device) -> None:
    """She is written under the device's id, with her consents in the ledger, and is found by number and address."""
    command = RegisterCustomer(
        customer_id="new-1",
        shop_id=GINZA.id,
        family_name="鈴木",
        given_name="花子",
        family_kana="すずき",
        phone="090-9999-1234",
        email="Hanako@Example.JP",
        consents=(Channel.EMAIL, Channel.SMS),
        wording_version="registration/2026-11/ja",
    )
    assert device.do(command, MISAKI.id).reason is None
    registered = stored(retailer, Customer, "new-1")
    assert (registered.phone, registered.family_kana) == ("+819099991234", "スズキ")
    assert (registered.home_shop_id, registered.registered_by) == (GINZA.id, MISAKI.id)
    with reading(retailer) as conn:
        assert identity.customer_of(conn, "phone", "+819099991234") == "new-1"
        assert identity.customer_of(conn, "email", registered.email) == "new-1"
        consents = Records(conn).find(Consent, customer_id="new-1")
    assert {(c.channel, c.state, c.source, c.wording_version, c.recorded_by) for c in consents} == {
        (channel, ConsentState.GRANTED, "registration", "registration/2026-11/ja", MISAKI.id)
        for channel in (Channel.EMAIL, Channel.SMS)
    }
    assert next(c.wording for c in consents if c.channel is Channel.SMS).endswith(
        "からSMSでご連絡を受け取ることに同意します。"
    )
    device.pull()
    assert "new-1" in device.ids("customer")


def test_a_number_of_another_customer_is_reported(device: Device) -> None:
    """Two people may share a telephone: the new one is kept apart, and staff are asked whether they are the same."""
    first = RegisterCustomer(customer_id="new-1", shop_id=GINZA.id, family_name="鈴木", phone="09099991234")
    device.do(first, MISAKI.id)
    outcome = device.do(first.model_copy(update={"customer_id": "new-2", "family_name": "田中"}), MISAKI.id)
    assert outcome.accepted
    assert outcome.reason == Reason(code="maybe_same", params={"kind": "phone", "customer_id": "new-1"})


def test_an_unusable_number_does_not_lose_the_customer(retailer: Engine, device: Device) -> None:
    """What cannot be a telephone number is left out and named; the rest of her is kept."""
    command = RegisterCustomer(
        customer_id="new-1", shop_id=GINZA.id, family_name="鈴木", phone="12", email="hanako@example.jp"
    )
    outcome = device.do(command, MISAKI.id)
    assert outcome.accepted
    assert outcome.reason == Reason(code="unusable_fields", params={"fields": ["phone"]})
    registered = stored(retailer, Customer, "new-1")
    assert (registered.family_name, registered.phone, registered.email) == ("鈴木", "", "hanako@example.jp")


def test_registering_over_somebody_is_refused(retailer: Engine, device: Device) -> None:
    """An id that a customer has already is not written over."""
    command = RegisterCustomer(customer_id=YUMI.id, shop_id=GINZA.id, family_name="鈴木")
    assert device.do(command, MISAKI.id).reason == Reason(code="exists", params={"what": "customer", "id": YUMI.id})
    assert stored(retailer, Customer, YUMI.id) == YUMI


def test_a_command_for_a_former_id_reaches_who_she_is_now(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """After a merge, what a tablet still says under the old id counts for the customer."""
    write(retailer, clock, YUMI.model_copy(update={"aliases": ("old-id",)}))
    command = note(customer_id="old-id")
    assert device.do(command, MISAKI.id).accepted
    assert stored(retailer, Interaction, command.interaction_id).customer_id == YUMI.id


# -- calls


def test_joining_and_ending_a_call(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Entering opens the room with a link; ending it marks the appointment done."""
    video = Appointment(
        id="appointment-1",
        customer_id=YUMI.id,
        shop_id=GINZA.id,
        appointment_kind=AppointmentKind.VIDEO,
        at=NOON,
        booked_at=NOON - timedelta(days=1),
    )
    store = video.model_copy(update={"id": "appointment-2", "appointment_kind": AppointmentKind.STORE})
    write(retailer, clock, video, store)
    join = JoinCall(appointment_id="appointment-1", customer_id=YUMI.id, action="join")
    assert device.do(join, STYLIST.id).accepted
    joined = stored(retailer, Appointment, "appointment-1")
    assert joined.call is not None
    assert (joined.call.staff_joined_at, joined.staff_id) == (clock.at, STYLIST.id)
    with reading(retailer) as conn:
        assert Records(conn).find(Appointment, call_token=joined.call.token) == [joined]
    assert device.do(join.model_copy(update={"action": "end"}), STYLIST.id).accepted
    ended = stored(retailer, Appointment, "appointment-1")
    assert ended.call is not None
    assert (ended.call.ended_at, ended.call.token, ended.state) == (clock.at, joined.call.token, AppointmentState.DONE)
    other = join.model_copy(update={"appointment_id": "appointment-2"})
    assert device.do(other, STYLIST.id).reason == Reason(code="no_video")


def test_a_record_of_another_customer_is_unknown(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Naming somebody else's record under one's own customer finds nothing."""
    write(retailer, clock, customer("2002"), follow_up())
    command = CloseFollowUp(follow_up_id="follow-up-1", customer_id=customer("2002").id, outcome="done")
    assert device.do(command, MISAKI.id).reason == Reason(
        code="unknown", params={"what": "follow_up", "id": "follow-up-1"}
    )


def test_a_reveal_is_audited(retailer: Engine, device: Device) -> None:
    """Which of the two was shown to whom, and what for; the number itself is not in it."""
    assert device.do(RevealContact(customer_id=YUMI.id, field="phone", purpose="appointment"), MISAKI.id).accepted
    with reading(retailer) as conn:
        [entry] = audit.of_customer(conn, YUMI.id)
    assert (entry.what, entry.how, entry.purpose, entry.staff_id) == ("reveal", "phone", "appointment", MISAKI.id)
    assert entry.device_id == device.device.id


def test_every_answered_command_has_an_event(retailer: Engine, device: Device) -> None:
    """One that finds its work done already leaves a trace too, so that an event that is gone can be missed."""
    pause = PauseSending(pause_id="pause-1", shop_id=GINZA.id)
    resume = ResumeSending(pause_id="pause-1", shop_id=GINZA.id)
    for command in (pause, resume, resume):
        assert device.do(command, MANAGER.id).accepted
    with reading(retailer) as conn:
        asked = select(audit_table.c.what).where(audit_table.c.command_id.is_not(None)).order_by(audit_table.c.row_id)
        assert conn.scalars(asked).all() == ["pause_sending", "resume_sending", "resume_sending"]


def test_a_change_of_consent_is_audited(retailer: Engine, device: Device, clock: MovableClock) -> None:
    """Wherever it comes from: by whom, of what, and where from; what an import brings is the ledger's own to say."""
    sms = agrees(YUMI, Channel.SMS)
    write(
        retailer, clock, sms.model_copy(update={"id": "c-1", "source": "opt_out_link", "state": ConsentState.REFUSED})
    )
    write(retailer, clock, sms)
    assert device.do(
        StopContact(stop_id="s-1", customer_id=YUMI.id, shop_id=GINZA.id, why="お手紙のみ"), MISAKI.id
    ).accepted
    with reading(retailer) as conn:
        said = [one for one in audit.of_customer(conn, YUMI.id) if one.what == "consent"]
    assert [(one.subject_id, one.staff_id, one.how, one.purpose) for one in said] == [
        ("c-1", None, "refused:sms", "opt_out_link"),
        ("s-1", MISAKI.id, "refused:all", "staff"),
    ]
