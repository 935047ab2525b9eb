"""What there is to do in practice: holds, requests, slips, promises, appointments, follow-ups, and a customer who came back."""

from datetime import datetime, timedelta

from sync.model.base import Record
from sync.model.customer import (
    Appointment,
    AppointmentKind,
    Channel,
    Visit,
    VisitSource,
)
from sync.model.holds import Hold, HoldState, HoldWay
from sync.model.outreach import Cause, FollowUp, Message, MessageState, Purpose, Reason
from sync.model.promise import Promise, Promised
from sync.model.slip import Slip, SlipKind, SlipState


def day(now: datetime, shop_id: str, staff_id: str, *, variant_id: str = "", other_shop_id: str = "") -> list[Record]:
    """Return a day's work over the invented customers. Without a `variant_id` of the house nothing is held, without another shop
    nothing is asked for."""
    first, second, third = "practice-1", "practice-2", "practice-3"
    wrote, came, today = now - timedelta(days=4), now - timedelta(minutes=30), now.date()
    made: list[Record] = [
        Slip(
            id=f"{first}-slip", customer_id=first, shop_id=shop_id, slip_kind=SlipKind.ALTERATION, state=SlipState.READY,
            owner_id=staff_id, at=wrote, due_on=today, item="練習のワンピース",
        ),
        Slip(
            id=f"{second}-slip", customer_id=second, shop_id=shop_id, slip_kind=SlipKind.SPECIAL_ORDER, owner_id=staff_id,
            at=wrote, due_on=today, item="練習のコート",
        ),
        Promise(
            id=f"{second}-promise", customer_id=second, shop_id=shop_id, what=Promised.PHOTO, due_on=today, owner_id=staff_id,
            made_by=staff_id, at=wrote,
        ),
        Appointment(
            id=f"{second}-appointment", customer_id=second, shop_id=shop_id, staff_id=staff_id, booked_at=wrote,
            appointment_kind=AppointmentKind.STORE, at=now + timedelta(hours=1), subject="練習のご予約",
        ),
        FollowUp(
            id=f"{first}-follow-up", customer_id=first, shop_id=shop_id, assignee_id=staff_id, cause=Cause.AFTER_VISIT,
            evidence=Reason(code="after_visit", params={"at": (now - timedelta(days=20)).isoformat(), "shop_id": shop_id}),
            due_at=now, created_at=wrote,
        ),
        Message(
            id=f"{third}-message", customer_id=third, channel=Channel.EMAIL, cause=Cause.AFTER_PURCHASE,
            purpose=Purpose.RELATIONSHIP, shop_id=shop_id, staff_id=staff_id, state=MessageState.DELIVERED, body="練習のお礼状です。",
            at=wrote, sent_at=wrote, state_at=wrote,
        ),
        Visit(
            id=f"{third}-visit-today", customer_id=third, shop_id=shop_id, staff_id=staff_id, at=came, source=VisitSource.STAFF
        ),
    ]  # fmt: skip
    if variant_id:
        until = now + timedelta(days=1)
        made.append(
            Hold(
                id=f"{first}-hold", variant_id=variant_id, shop_id=shop_id, for_shop_id=shop_id, for_customer_id=first,
                way=HoldWay.KEEP, state=HoldState.HELD, by=staff_id, at=wrote, until=until, state_at=wrote,
            )
        )  # fmt: skip
        if other_shop_id:
            made.append(
                Hold(
                    id="practice-request", variant_id=variant_id, shop_id=shop_id, for_shop_id=other_shop_id,
                    way=HoldWay.SEND, state=HoldState.ASKED, by=None, at=came, until=until, state_at=came,
                )
            )  # fmt: skip
    return made
