"""What each command will do to the records, shown at once while the server has not said so itself.

Pure: records in, records out. An effect reads the records as they stand (the server's, under the effects of earlier
commands) and changes nothing where the server's record has moved past it, so applying one again is harmless.
"""

from sync.client import effects_goods as goods
from sync.client.effect_parts import Read as Read
from sync.client.effect_parts import get as _get
from sync.client.effect_parts import with_ as _with
from sync.client.effects_follow_ups import DRAFTS, assigned, closed, put_off
from sync.client.effects_messages import message_step, queued
from sync.client.effects_visits import draft_saved, gift, plan, promise, promise_step, visit_step
from sync.client.outbox import Pending
from sync.ids import derived_id
from sync.model import commands as c
from sync.model import commands_goods as g
from sync.model import commands_visits as v
from sync.model.base import Record
from sync.model.customer import (
    Appointment,
    AppointmentState,
    Consent,
    ConsentPurpose,
    ConsentState,
    Customer,
    Interaction,
    Visit,
    VisitSource,
)
from sync.model.holds import Hold
from sync.model.outreach import FollowUpState, Message, MessageState
from sync.model.shop import Pause, PauseScope
from sync.model.slip import Slip
from sync.policy import holds
from sync.policy.conversation import taken_over
from sync.policy.slips import ENDED

_UNSENT = (MessageState.AWAITING_APPROVAL, MessageState.RETURNED, MessageState.QUEUED)


def effect_of(pending: Pending, read: Read) -> list[Record]:
    """Return the records that the command makes or changes, whole."""
    command = pending.command
    match command:
        case c.CheckIn():
            return [_visit(pending, command)]
        case c.RegisterCustomer():
            return _registration(pending, command)
        case c.LogInteraction():
            return [_interaction(pending, command), *draft_saved(pending, command, read)]
        case c.QueueMessage():
            return queued(pending, command, read)
        case c.CancelMessage():
            return message_step(pending, command.message_id, read, _UNSENT, MessageState.CANCELLED, FollowUpState.OPEN)
        case c.ApproveMessage():
            waiting = (MessageState.AWAITING_APPROVAL,)
            return message_step(
                pending, command.message_id, read, waiting, MessageState.QUEUED, FollowUpState.SCHEDULED
            )
        case c.ReturnMessage():
            waiting = (MessageState.AWAITING_APPROVAL,)
            return message_step(
                pending,
                command.message_id,
                read,
                waiting,
                MessageState.RETURNED,
                FollowUpState.RETURNED,
                command.comment,
            )
        case c.AssignFollowUp():
            return assigned(pending, command, read)
        case c.CloseFollowUp():
            return closed(pending, command, read)
        case c.PutOffFollowUp():
            return put_off(command, read)
        case c.JoinCall():
            return _call(pending, command, read)
        case c.PauseSending():
            return [_pause(pending, command)]
        case c.ResumeSending():
            pause = _get(read, Pause, command.pause_id)
            if pause is None or pause.ended_at is not None or pause.by is None:
                return []
            return [_with(pause, ended_at=max(pause.since, pending.device_time))]
        case c.StopContact():
            return [_stop(pending, command)]
        case c.ResumeContact():
            return []  # nobody is written to on the strength of what the server has not said yet
        case c.TakeOverConversation():
            return _taken_over(pending, command, read)
        case g.OpenSlip():
            return [goods.slip(pending, command)]
        case g.MoveSlip():
            return goods.slip_moved(pending, command, read)
        case g.AssignSlip():
            slip = _get(read, Slip, command.slip_id)
            if slip is None or slip.state in ENDED:
                return []
            return [_with(slip, owner_id=command.owner_id, due_on=command.due_on)]
        case g.NoteBelonging():
            return [goods.belonging(pending, command)]
        case g.PlaceHold():
            return [goods.hold(pending, command)]
        case g.MoveHold():
            return goods.hold_moved(pending, command, read)
        case g.AmendHold():
            hold = _get(read, Hold, command.hold_id)
            if hold is None or hold.state in holds.ENDED:
                return []
            return [_with(hold, until=command.until, for_customer_id=command.for_customer_id)]
        case v.MakePromise():
            return promise(pending, command)
        case v.KeepPromise() | v.PassPromise() | v.WithdrawPromise():
            return promise_step(pending, command, read)
        case (
            v.ChangeTray()
            | v.NoteAnswer()
            | v.NoteCompanions()
            | v.HandOverVisit()
            | v.DropVisitDraft()
            | v.CloseVisit()
            | v.AttachReceipt()
        ):
            return visit_step(pending, command, read)
        case v.FlagGift():
            return gift(command, read)
        case v.PlanFollowUp():
            return plan(pending, command, read)
        case c.RecordView() | c.RevealContact() | c.ReviewAccess() | c.UnlockPin():
            return []


def makes(command: c.AnyCommand) -> tuple[str, str] | None:
    """Return kind and id of the record that the command brings into being, or None where it changes one."""
    match command:
        case c.CheckIn():
            return "visit", command.visit_id
        case c.RegisterCustomer():
            return "customer", command.customer_id
        case c.LogInteraction():
            return "interaction", command.interaction_id
        case c.QueueMessage():
            return "message", command.message_id
        case c.PauseSending():
            return "pause", command.pause_id
        case c.StopContact():
            return "consent", command.stop_id
        case g.OpenSlip():
            return "slip", command.slip_id
        case g.PlaceHold():
            return "hold", command.hold_id
        case v.MakePromise():
            return "promise", command.promise_id
        case v.PlanFollowUp():
            return "follow_up", command.follow_up_id
    return None


def is_shown(command: c.AnyCommand, made: Record) -> bool:
    """Say whether the server's record is what the command made, rather than an earlier draft that it replaces."""
    return not (isinstance(command, c.QueueMessage) and isinstance(made, Message) and made.state in DRAFTS)


def changes(command: c.AnyCommand) -> tuple[str, str] | None:
    """Return kind and id of the record that the command changes, or None where it makes one or touches none."""
    match command:
        case c.CancelMessage() | c.ApproveMessage() | c.ReturnMessage():
            return "message", command.message_id
        case c.AssignFollowUp() | c.CloseFollowUp() | c.PutOffFollowUp():
            return "follow_up", command.follow_up_id
        case c.JoinCall():
            return "appointment", command.appointment_id
        case c.ResumeSending():
            return "pause", command.pause_id
        case c.ResumeContact():
            return "consent", command.stop_id
        case c.TakeOverConversation():
            return "customer", command.customer_id
        case g.MoveSlip() | g.AssignSlip():
            return "slip", command.slip_id
        case g.NoteBelonging():
            return "belonging", command.belonging_id
        case g.MoveHold() | g.AmendHold():
            return "hold", command.hold_id
        case v.KeepPromise() | v.PassPromise() | v.WithdrawPromise():
            return "promise", command.promise_id
        case (
            v.ChangeTray()
            | v.NoteAnswer()
            | v.NoteCompanions()
            | v.HandOverVisit()
            | v.DropVisitDraft()
            | v.CloseVisit()
            | v.AttachReceipt()
        ):
            return "visit", command.visit_id
        case v.FlagGift():
            return "order", command.order_id
    return None


def _visit(pending: Pending, command: c.CheckIn) -> Visit:
    return Visit(
        id=command.visit_id,
        customer_id=command.customer_id,
        shop_id=command.shop_id,
        staff_id=pending.staff_id,
        at=pending.device_time,
        source=VisitSource(command.source),
    )


def _registration(pending: Pending, command: c.RegisterCustomer) -> list[Record]:
    records: list[Record] = [
        Customer(
            id=command.customer_id,
            member_number="",
            family_name=command.family_name,
            given_name=command.given_name,
            family_kana=command.family_kana,
            given_kana=command.given_kana,
            phone=command.phone,
            email=command.email,
            member_since=pending.device_time.date(),
            home_shop_id=command.shop_id,
            registered_by=pending.staff_id,
        )
    ]
    records += [
        Consent(
            id=derived_id("consent", "registration", command.customer_id, channel.value),
            customer_id=command.customer_id,
            channel=channel,
            purpose=ConsentPurpose.RELATIONSHIP,
            state=ConsentState.GRANTED,
            at=pending.device_time,
            source="registration",
            wording_version=command.wording_version,
            signature=command.signature,
            recorded_by=pending.staff_id,
        )
        for channel in dict.fromkeys(command.consents)
    ]
    return records


def _interaction(pending: Pending, command: c.LogInteraction) -> Interaction:
    return Interaction(
        id=command.interaction_id,
        customer_id=command.customer_id,
        shop_id=command.shop_id,
        staff_id=pending.staff_id or "",
        at=pending.device_time,
        text="" if command.confidential else command.text,  # as it comes back: it is not kept on a tablet
        tags=command.tags,
        product_ids=command.product_ids,
        feeling=command.feeling,
        confidential=command.confidential,
    )


def _call(pending: Pending, command: c.JoinCall, read: Read) -> list[Record]:
    appointment = _get(read, Appointment, command.appointment_id)
    if appointment is None or appointment.call is None:
        return []
    call = appointment.call
    if command.action == "join":
        joined = call.staff_joined_at or pending.device_time
        return [_with(appointment, call=call.model_copy(update={"staff_joined_at": joined, "ended_at": None}))]
    ended = call.model_copy(update={"ended_at": call.ended_at or pending.device_time})
    return [_with(appointment, call=ended, state=AppointmentState.DONE)]


def _taken_over(pending: Pending, command: c.TakeOverConversation, read: Read) -> list[Record]:
    customer = _get(read, Customer, command.customer_id)
    if customer is None or pending.staff_id is None:
        return []
    given = command.from_staff_id, command.to_staff_id
    return [taken_over(customer, *given, by=pending.staff_id, at=pending.device_time)]


def _pause(pending: Pending, command: c.PauseSending) -> Pause:
    return Pause(
        id=command.pause_id,
        scope=PauseScope.SHOP,
        value=command.shop_id,
        since=pending.device_time,
        by=pending.staff_id,
        reason=command.reason,
    )


def _stop(pending: Pending, command: c.StopContact) -> Consent:
    return Consent(
        id=command.stop_id,
        customer_id=command.customer_id,
        purpose=ConsentPurpose.ALL,
        state=ConsentState.REFUSED,
        at=pending.device_time,
        source="staff",  # why is not kept on a tablet
        recorded_by=pending.staff_id,
    )
