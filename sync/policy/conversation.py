"""Whose a customer's messages are: that of whoever wrote last, unless a manager has given them to somebody."""

from collections.abc import Iterable
from datetime import datetime

from sync.model.base import Record
from sync.model.customer import Conversation, Customer
from sync.model.outreach import Direction, FollowUp, FollowUpState, Message

_OPEN = (FollowUpState.OPEN, FollowUpState.RETURNED)


def holder(customer: Customer, partner: Message | None) -> str | None:
    """Return the id of whom her words are for, or None for whoever is there.

    `partner` is the message of ours that she answers, or the last. What a manager said holds until somebody else than the
    person it was taken from has written to her since: then she answers that person.
    """
    said = customer.conversation
    if said is None:
        return partner.staff_id if partner is not None else customer.person_in_charge_id
    since = partner is not None and (partner.sent_at or partner.at) > said.at
    if since and partner is not None and partner.staff_id not in (None, said.taken_from):
        return partner.staff_id
    return said.staff_id


def last_of_ours(messages: Iterable[Message]) -> Message | None:
    """Return the last message that we sent her, or None."""
    sent = (one for one in messages if one.direction is Direction.OUT and one.sent_at is not None)
    return max(sent, key=lambda one: one.sent_at or one.at, default=None)


def taken_over(customer: Customer, from_id: str | None, to_id: str, *, by: str, at: datetime) -> Customer:
    """Return the customer with her conversation in other hands."""
    said = Conversation(staff_id=to_id, taken_from=from_id, by=by, at=at)
    return customer.model_copy(update={"conversation": said})


def handed_over(
    messages: Iterable[Message], follow_ups: Iterable[FollowUp], from_id: str | None, to_id: str, shop_id: str
) -> list[Record]:
    """Return what changes hands with it: her messages that nobody has answered, and the open follow-ups of that shop."""
    every = list(messages)
    answered = {one.in_reply_to for one in every if one.direction is Direction.OUT}
    moved: list[Record] = [
        one.model_copy(update={"staff_id": to_id})
        for one in every
        if one.direction is Direction.IN and one.staff_id == from_id and one.id not in answered
    ]
    moved += [
        one.model_copy(update={"assignee_id": to_id})
        for one in follow_ups
        if one.assignee_id == from_id and one.state in _OPEN and one.shop_id == shop_id
    ]
    return moved
