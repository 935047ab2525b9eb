"""Replies that ask us to stop, and whom a reply reaches while the person it answers is not at work."""

import json
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from sync.delivery.line import LineChannel
from sync.model.customer import Channel, ConsentPurpose, ConsentState
from sync.model.outreach import MessageState
from sync.model.shop import Shift
from sync.policy.consent import standing
from sync.sandbox.line import signature
from sync.server.repository.delivery import Delivery
from sync.server.webhooks import router
from tests.integration.delivery.house import CUSTOMER, SHOP, STAFF, MovableClock, get, message, put
from tests.integration.delivery.test_events import consents, event, received, sent


def stopped(engine: Engine, channel: Channel) -> bool:
    return standing(consents(engine, "reply"), channel, ConsentPurpose.ALL) is ConsentState.REFUSED


def test_a_clear_request_stops_at_once_and_is_acknowledged(
    store: Delivery, engine: Engine, clock: MovableClock
) -> None:
    """What waits for her there is cancelled, other channels go on, her words are in the timeline with a mark, and she is
    told by the token of her own message."""
    waiting, mail = message(Channel.LINE), message(Channel.EMAIL)
    put(engine, clock, waiting, mail)
    said = event(sender=CUSTOMER.line_user_id, text="配信停止をお願いします。", answer_token="rt")
    told = store.apply_event(said)
    assert told is not None
    assert (told.text, told.answer_token) == ("LINEでのご連絡を停止いたしました。", "rt")
    assert stopped(engine, Channel.LINE)
    assert not stopped(engine, Channel.EMAIL)
    assert get(engine, waiting.id).state is MessageState.CANCELLED
    assert get(engine, mail.id).state is MessageState.QUEUED
    [reply] = received(engine)
    assert (reply.body, reply.reason and reply.reason.code) == ("配信停止をお願いします。", "asked_to_stop")
    assert store.apply_event(said) is None


def test_an_unclear_one_is_for_a_person(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Nothing is stopped and nobody answers by machine; whoever reads it sees that it may be meant so."""
    assert store.apply_event(event(sender=CUSTOMER.line_user_id, text="メールはもう結構です")) is None
    [reply] = received(engine)
    assert reply.reason is not None
    assert reply.reason.code == "may_ask_to_stop"
    assert consents(engine, "reply") == []


@pytest.mark.parametrize(("sender", "told"), [(CUSTOMER.email, CUSTOMER.email), ("Other@example.jp", "")])
def test_only_her_own_address_is_told(
    store: Delivery, engine: Engine, clock: MovableClock, sender: str, told: str
) -> None:
    """By mail the token proves that the answer is to ours, so it counts; a forged sender gets no mail from us."""
    _, token = sent(store, engine, clock, Channel.EMAIL)
    said = store.apply_event(
        event(channel=Channel.EMAIL, sender=sender, recipient=f"reply+{token}@reply.example.jp", text="停止")
    )
    assert said is not None
    assert said.to == told
    assert stopped(engine, Channel.EMAIL)


def shift(day: int, *, hour: int = 0) -> Shift:
    """Return her shift of a day, counted from today, beginning so many hours from noon."""
    starts = MovableClock()() + timedelta(days=day, hours=hour)
    return Shift(
        id=f"shift-{day}", staff_id=STAFF.id, shop_id=SHOP.id, starts_at=starts, ends_at=starts + timedelta(hours=8)
    )


@pytest.mark.parametrize(
    ("shifts", "hers"),
    [
        ([], True),
        ([shift(0, hour=-1)], True),
        ([shift(0, hour=2)], True),
        ([shift(0, hour=4)], False),
        ([shift(0, hour=-9)], False),
        ([shift(-1), shift(1)], False),
        ([shift(-60)], True),
    ],
    ids=["no plan", "at work", "soon", "later today", "gone home", "day off", "an old plan"],
)
def test_out_of_her_shift_it_is_the_shops(
    store: Delivery, engine: Engine, clock: MovableClock, shifts: list[Shift], hers: bool
) -> None:
    """A reply waits for the person if she is at work or comes within three hours; else it stands in the shop's inbox."""
    sent(store, engine, clock, Channel.LINE)
    put(engine, clock, *shifts)
    store.apply_event(event(sender=CUSTOMER.line_user_id, text="ありがとうございます！"))
    [reply] = received(engine)
    assert (reply.shop_id, reply.staff_id) == (SHOP.id, STAFF.id if hers else None)


def test_line_is_answered_by_the_token_of_her_message(store: Delivery, engine: Engine) -> None:
    """From LINE's signed webhook to LINE's reply, over the server's own route; a second delivery of the same event is
    taken and answered no more."""
    asked: list[httpx.Request] = []

    def provider(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"sentMessages": [{"id": "1"}]})

    channel = LineChannel(api="https://api.line.me", token="t", secret="s", transport=httpx.MockTransport(provider))
    app = FastAPI()
    app.include_router(router([channel], store))
    happened = {
        "type": "message",
        "webhookEventId": "01HXYZ",
        "timestamp": 1,
        "replyToken": "token-of-hers",
        "source": {"type": "user", "userId": CUSTOMER.line_user_id},
        "message": {"type": "text", "id": "1", "text": "配信停止"},
    }
    body = json.dumps({"destination": "U0", "events": [happened]}).encode()
    with TestClient(app) as client:
        for _ in range(2):
            headers = {"x-line-signature": signature("s", body)}
            assert client.post("/webhooks/line", content=body, headers=headers).status_code == 200
    [request] = asked
    assert request.url.path == "/v2/bot/message/reply"
    said = json.loads(request.content)
    assert said["replyToken"] == "token-of-hers"
    assert said["messages"] == [{"type": "text", "text": "LINEでのご連絡を停止いたしました。"}]
    assert stopped(engine, Channel.LINE)
