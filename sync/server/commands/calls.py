"""The room of a video appointment: `join_call`."""

from sync.model.commands import Envelope, JoinCall, Outcome
from sync.model.customer import Appointment, AppointmentKind, AppointmentState, Call
from sync.server.commands.base import Context, Refusal, accepted


def join_call(context: Context, envelope: Envelope, command: JoinCall) -> Outcome:
    """Note that staff entered, or ended, the room. Entering opens the room, and its link, where there was none yet."""
    customer = context.customer(command.customer_id)
    appointment = context.own(Appointment, command.appointment_id, customer)
    if appointment.appointment_kind is not AppointmentKind.VIDEO:
        raise Refusal("no_video")
    if appointment.staff_id != context.staff.id and not context.house.reaches(context.staff, appointment.shop_id):
        raise Refusal("not_here", staff_id=context.staff.id)
    if appointment.state is AppointmentState.CANCELLED:
        raise Refusal("wrong_state", what="appointment", state=appointment.state.value)
    tools = context.tools
    call = appointment.call or Call(room_id=tools.new_id(), token=tools.new_token())
    update: dict[str, object] = {}
    if command.action == "join":
        call = call.model_copy(update={"staff_joined_at": call.staff_joined_at or context.now, "ended_at": None})
    else:
        call = call.model_copy(update={"ended_at": call.ended_at or context.now})
        update["state"] = AppointmentState.DONE
    if appointment.staff_id is None:
        update["staff_id"] = context.staff.id
    context.records.put(appointment.model_copy(update=update | {"call": call}))
    context.audit(f"call_{command.action}", customer.id, appointment.id, purpose="appointment")
    return accepted(envelope)
