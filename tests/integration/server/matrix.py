"""What the matrix test calls: of every command and every endpoint for staff, one call that nothing but the table refuses."""

from datetime import date, timedelta

from sqlalchemy import Engine, func, insert, select

from sync.clock import Clock
from sync.model.base import Record
from sync.model.catalogue import Money, Product, StockLevel, Variant
from sync.model.commands import (
    ApproveMessage,
    AssignFollowUp,
    CancelMessage,
    CheckIn,
    CloseFollowUp,
    Command,
    JoinCall,
    LogInteraction,
    PauseSending,
    PutOffFollowUp,
    QueueMessage,
    RecordView,
    RegisterCustomer,
    ResumeContact,
    ResumeSending,
    ReturnMessage,
    RevealContact,
    ReviewAccess,
    StopContact,
    TakeOverConversation,
    UnlockPin,
)
from sync.model.commands_goods import AmendHold, AssignSlip, MoveHold, MoveSlip, NoteBelonging, OpenSlip, PlaceHold
from sync.model.commands_visits import (
    AttachReceipt,
    ChangeTray,
    CloseVisit,
    Companion,
    DropVisitDraft,
    FlagGift,
    HandOverVisit,
    KeepPromise,
    MakePromise,
    NoteAnswer,
    NoteCompanions,
    PassPromise,
    PlanFollowUp,
    WithdrawPromise,
)
from sync.model.customer import (
    Appointment,
    AppointmentKind,
    Asked,
    Channel,
    Consent,
    ConsentPurpose,
    ConsentState,
    Customer,
    Interaction,
    MembershipKey,
    Order,
    OrderLine,
    Visit,
)
from sync.model.holds import Hold, HoldState, HoldWay
from sync.model.outreach import Cause, Direction, FollowUp, Message, MessageState, Purpose, Reason
from sync.model.promise import Promise, Promised
from sync.model.shop import Pause, PauseScope, Role, Staff
from sync.model.slip import Slip, SlipKind, SlipState
from sync.policy.signals import follow_up_id
from sync.server.database import reading, transaction
from sync.server.repository.attachments import vault_of
from sync.server.tables_audit import audit
from sync.server.tables_edges import attachments
from tests.integration.server.people import (
    GINZA,
    MANAGER,
    MISAKI,
    NOON,
    STYLIST,
    UMEDA,
    YUMI,
    agrees,
    customer,
    person,
    write,
)

HEAD_OFFICE = person("hq", GINZA.id, Role.HEAD_OFFICE)
BY_ROLE = {Role.ASSOCIATE: MISAKI, Role.STYLIST: STYLIST, Role.MANAGER: MANAGER, Role.HEAD_OFFICE: HEAD_OFFICE}
HERS = customer("2001", UMEDA.id)
"""A customer of Umeda only: for whoever works in Ginza alone she is out of scope."""
COLLEAGUE = person("colleague", GINZA.id)
VAULT = vault_of("s")


def shop_of(hers: Customer) -> str:
    return hers.home_shop_id or ""


def messages(kind: str, hers: Customer, who: Staff) -> list[Record]:
    """Return the message that a command is about; none where another would count against the next one."""

    def one(name: str, state: MessageState, written_by: str | None) -> Message:
        return Message(
            id=name, customer_id=hers.id, channel=Channel.EMAIL, cause=Cause.AFTER_VISIT, purpose=Purpose.RELATIONSHIP,
            shop_id=shop_of(hers), staff_id=who.id, written_by=written_by, state=state, subject="先日のご来店の御礼",
            body="ありがとうございました。", at=NOON, state_at=NOON,
        )  # fmt: skip

    if kind == "cancel_message":
        return [one("mine", MessageState.QUEUED, None)]
    if kind in ("approve_message", "return_message"):
        return [one("asked", MessageState.AWAITING_APPROVAL, COLLEAGUE.id)]
    return []


def records(kind: str, hers: Customer, who: Staff) -> list[Record]:
    """Everything that a command of `who` on this customer, or in her shop, may name; `who` may decide each by itself."""
    follow_up = FollowUp(
        id="free", customer_id=hers.id, shop_id=shop_of(hers), cause=Cause.AFTER_VISIT, evidence=Reason(code="visited"),
        due_at=NOON, created_at=NOON,
    )  # fmt: skip
    meeting = Appointment(
        id="meeting", customer_id=hers.id, shop_id=shop_of(hers), staff_id=who.id, appointment_kind=AppointmentKind.VIDEO,
        at=NOON, booked_at=NOON - timedelta(days=1),
    )  # fmt: skip
    pause = Pause(id="pause", scope=PauseScope.SHOP, value=shop_of(hers), since=NOON, by=MANAGER.id)
    received = Message(
        id="received", customer_id=hers.id, direction=Direction.IN, channel=Channel.LINE, cause=Cause.REPLY,
        purpose=Purpose.REPLY, shop_id=shop_of(hers), state=MessageState.RECEIVED, body="x", at=NOON, state_at=NOON,
    )  # fmt: skip
    secret = Interaction(
        id="secret",
        customer_id=hers.id,
        shop_id=shop_of(hers),
        staff_id=COLLEAGUE.id,
        at=NOON,
        text="内緒",
        confidential=True,
    )
    coat = Product(id="coat", code="coat", name="コート", category="coat")
    navy = Variant(id="navy", product_id="coat", sku="navy", price=Money(amount=1))
    level = StockLevel(id="level", variant_id="navy", shop_id=shop_of(hers), quantity=3, at=NOON)
    hold = Hold(
        id="hold", variant_id="navy", shop_id=shop_of(hers), for_shop_id=shop_of(hers), way=HoldWay.KEEP,
        state=HoldState.HELD, by=COLLEAGUE.id, at=NOON, until=NOON + timedelta(days=1), state_at=NOON,
    )  # fmt: skip
    promise = Promise(
        id="promise", customer_id=hers.id, shop_id=shop_of(hers), what=Promised.PHOTO, due_on=NOON.date(), owner_id=who.id,
        made_by=COLLEAGUE.id, at=NOON,
    )  # fmt: skip
    key = MembershipKey(id="ab" * 9, customer_id=hers.id, public_key="cd" * 32)
    slip = Slip(
        id="slip", customer_id=hers.id, shop_id=shop_of(hers), slip_kind=SlipKind.ALTERATION, owner_id=who.id, at=NOON,
        due_on=date(2026, 12, 1),
    )  # fmt: skip
    bought = Order(
        id="order", customer_id=hers.id, number="1000", shop_id=shop_of(hers), at=NOON - timedelta(days=90),
        lines=(OrderLine(variant_id="navy", sku="navy", name="コート", price=Money(amount=1)),), total=Money(amount=1),
    )  # fmt: skip
    return [
        hers,
        agrees(hers),
        bought,
        follow_up,
        slip,
        meeting,
        pause,
        received,
        secret,
        promise,
        Visit(id="here", customer_id=hers.id, shop_id=shop_of(hers), staff_id=who.id, at=NOON),
        key,
        coat,
        navy,
        level,
        hold,
        *messages(kind, hers, who),
    ]


def stopped(hers: Customer) -> Consent:
    return Consent(
        id="stop", customer_id=hers.id, purpose=ConsentPurpose.ALL, state=ConsentState.REFUSED, at=NOON, source="staff",
        wording="x", recorded_by=COLLEAGUE.id,
    )  # fmt: skip


def prepare(engine: Engine, clock: Clock, hers: Customer, who: Staff, kind: str = "") -> None:
    """Write all that a command of a kind, or any endpoint, may name; what she sent lies sealed as the worker keeps it."""
    write(engine, clock, HEAD_OFFICE, COLLEAGUE, *records(kind, hers, who))
    with transaction(engine) as conn:
        values = {"content": VAULT.seal("attachment", "sent", b"%PDF-1.7"), "media_type": "application/pdf"}
        values |= {"channel": "line", "remote_id": ""}
        conn.execute(
            insert(attachments).values(id="sent", message_id="received", tries=0, at=NOON, due_at=None, **values)
        )


def flag_of_a_colleague(engine: Engine) -> str:
    """Return the name of a flag that begins with the latest thing a colleague did."""
    with reading(engine) as conn:
        query = select(func.max(audit.c.row_id)).where(audit.c.staff_id == COLLEAGUE.id)
        return f"off_shift:{conn.scalar(query)}"


def command(kind: str, hers: Customer, who: Staff) -> Command:
    """Return one command of a kind on this customer, or for her shop where it is about a shop."""
    her, here = {"customer_id": hers.id}, {"shop_id": GINZA.id}
    made: dict[str, Command] = {
        "record_view": RecordView(**her, how="search"),
        "check_in": CheckIn(visit_id="visit", **her, **here, source="staff"),
        "register_customer": RegisterCustomer(customer_id="new", **here, family_name="山本"),
        "log_interaction": LogInteraction(interaction_id="note", **her, **here, text="青がお好き"),
        "queue_message": QueueMessage(
            message_id="new", **her, **here, channel=Channel.EMAIL, cause=Cause.AFTER_VISIT,
            subject="先日のご来店の御礼", body="ありがとうございました。",
        ),
        "cancel_message": CancelMessage(message_id="mine", **her),
        "approve_message": ApproveMessage(message_id="asked", **her),
        "return_message": ReturnMessage(message_id="asked", **her, comment="短く"),
        "assign_follow_up": AssignFollowUp(
            follow_up_id="free", **her, assignee_id=who.id if who.role is not Role.HEAD_OFFICE else STYLIST.id
        ),
        "close_follow_up": CloseFollowUp(follow_up_id="free", **her, outcome="done"),
        "put_off_follow_up": PutOffFollowUp(
            follow_up_id="free", **her, seen_due_at=NOON, due_at=NOON + timedelta(days=1)
        ),
        "join_call": JoinCall(appointment_id="meeting", **her, action="join"),
        "pause_sending": PauseSending(pause_id="new", shop_id=shop_of(hers)),
        "resume_sending": ResumeSending(pause_id="pause", shop_id=shop_of(hers)),
        "stop_contact": StopContact(stop_id="stop", **her, **here, why="ご希望"),
        "reveal_contact": RevealContact(**her, field="phone", purpose="search"),
        "review_access": ReviewAccess(flag_id="off_shift:1", word="確認しました"),
        "unlock_pin": UnlockPin(locked_staff_id=COLLEAGUE.id),
        "take_over_conversation": TakeOverConversation(**her, **here, to_staff_id=COLLEAGUE.id),
        "open_slip": OpenSlip(
            slip_id="new", **her, **here, slip_kind=SlipKind.ALTERATION, owner_id=COLLEAGUE.id, due_on=date(2026, 12, 1)
        ),
        "move_slip": MoveSlip(
            slip_id="slip", **her, from_state=SlipState.RECEIVED, to_state=SlipState.UNDER_WAY
        ),
        "assign_slip": AssignSlip(
            slip_id="slip", **her, due_on=date(2026, 12, 2),
            owner_id=COLLEAGUE.id if shop_of(hers) == GINZA.id else STYLIST.id,
        ),
        "note_belonging": NoteBelonging(belonging_id="new", **her, **here, name="紺のコート"),
        "place_hold": PlaceHold(
            hold_id="new", way=HoldWay.KEEP, variant_id="navy", shop_id=shop_of(hers), for_shop_id=shop_of(hers),
            until=NOON + timedelta(days=1),
        ),
        "move_hold": MoveHold(hold_id="hold", seen=HoldState.HELD, to=HoldState.RELEASED),
        "amend_hold": AmendHold(hold_id="hold", until=NOON + timedelta(days=2)),
        "make_promise": MakePromise(
            promise_id="new", **her, **here, what=Promised.PHOTO, due_on=NOON.date(), to_staff_id=who.id
        ),
        "change_tray": ChangeTray(visit_id="here", **her, product_id="coat", how="tried"),
        "flag_gift": FlagGift(order_id="order", **her, variant_id="navy", gift=True),
        "note_answer": NoteAnswer(visit_id="here", **her, question=Asked.BIRTHDAY),
        "note_companions": NoteCompanions(visit_id="here", **her, companions=(Companion.MOTHER,)),
        "hand_over_visit": HandOverVisit(
            visit_id="here", **her, from_staff_id=who.id,
            to_staff_id=who.id if who.role is not Role.HEAD_OFFICE else STYLIST.id,
        ),
        "drop_visit_draft": DropVisitDraft(visit_id="here", **her),
        "close_visit": CloseVisit(visit_id="here", **her),
        "attach_receipt": AttachReceipt(visit_id="here", **her, number="1001"),
        "plan_follow_up": PlanFollowUp(
            visit_id="here", follow_up_id=follow_up_id(hers.id, "after_visit:here"), **her, cause=Cause.AFTER_VISIT,
            evidence=Reason(code="after_visit"), due_at=NOON, take=True,
        ),
        "keep_promise": KeepPromise(promise_id="promise", **her),
        "pass_promise": PassPromise(
            promise_id="promise", **her, from_staff_id=who.id,
            to_staff_id=who.id if who.role is not Role.HEAD_OFFICE else STYLIST.id,
        ),
        "withdraw_promise": WithdrawPromise(promise_id="promise", **her, reason="ご要望がなくなったため"),
        "resume_contact": ResumeContact(stop_id="stop", **her, **here, word="また案内がほしい"),
    }  # fmt: skip
    return made[kind]


__all__ = ["BY_ROLE", "HERS", "VAULT", "YUMI", "command", "prepare", "stopped"]
