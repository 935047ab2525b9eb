"""Which function carries out which command."""

from collections.abc import Callable
from typing import Any

from sync.model.base import Record
from sync.model.commands import Envelope, Outcome
from sync.model.customer import Interaction, Visit
from sync.model.outreach import Message
from sync.model.promise import Promise
from sync.model.slip import Slip
from sync.server.commands.access import review_access
from sync.server.commands.approvals import approve_message, return_message
from sync.server.commands.base import Context
from sync.server.commands.calls import join_call
from sync.server.commands.contact import resume_contact, stop_contact
from sync.server.commands.follow_ups import assign_follow_up, close_follow_up, put_off_follow_up
from sync.server.commands.holds import amend_hold, move_hold, place_hold
from sync.server.commands.interactions import log_interaction
from sync.server.commands.messages import cancel_message, queue_message
from sync.server.commands.pauses import pause_sending, resume_sending
from sync.server.commands.promises import keep_promise, make_promise, pass_promise, withdraw_promise
from sync.server.commands.register import register_customer
from sync.server.commands.slips import assign_slip, move_slip, note_belonging, open_slip
from sync.server.commands.staff import take_over_conversation, unlock_pin
from sync.server.commands.visit_steps import (
    attach_receipt,
    change_tray,
    close_visit,
    drop_visit_draft,
    flag_gift,
    hand_over_visit,
    note_answer,
    note_companions,
    plan_follow_up,
)
from sync.server.commands.visits import check_in, record_view, reveal_contact

Handler = Callable[[Context, Envelope, Any], Outcome]

HANDLERS: dict[str, Handler] = {
    "record_view": record_view,
    "reveal_contact": reveal_contact,
    "check_in": check_in,
    "register_customer": register_customer,
    "log_interaction": log_interaction,
    "queue_message": queue_message,
    "cancel_message": cancel_message,
    "approve_message": approve_message,
    "return_message": return_message,
    "assign_follow_up": assign_follow_up,
    "close_follow_up": close_follow_up,
    "put_off_follow_up": put_off_follow_up,
    "join_call": join_call,
    "pause_sending": pause_sending,
    "resume_sending": resume_sending,
    "stop_contact": stop_contact,
    "resume_contact": resume_contact,
    "review_access": review_access,
    "unlock_pin": unlock_pin,
    "take_over_conversation": take_over_conversation,
    "open_slip": open_slip,
    "move_slip": move_slip,
    "assign_slip": assign_slip,
    "note_belonging": note_belonging,
    "place_hold": place_hold,
    "move_hold": move_hold,
    "amend_hold": amend_hold,
    "make_promise": make_promise,
    "keep_promise": keep_promise,
    "pass_promise": pass_promise,
    "withdraw_promise": withdraw_promise,
    "change_tray": change_tray,
    "flag_gift": flag_gift,
    "note_answer": note_answer,
    "note_companions": note_companions,
    "hand_over_visit": hand_over_visit,
    "drop_visit_draft": drop_visit_draft,
    "close_visit": close_visit,
    "attach_receipt": attach_receipt,
    "plan_follow_up": plan_follow_up,
}

MAKES: dict[str, type[Record]] = {
    "check_in": Visit,
    "log_interaction": Interaction,
    "queue_message": Message,
    "open_slip": Slip,
    "make_promise": Promise,
}
"""Of which kind a command makes a new record; its id is the command's field of the kind's name with `_id`."""
