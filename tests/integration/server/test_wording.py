"""The server reads what a tablet sends: no language without words, and nothing that the brand guide stops."""

import pytest
from sqlalchemy import Engine

from sync.model.catalogue import Product
from sync.model.customer import Channel
from sync.model.outreach import Cause, Direction, Message, MessageState, Purpose
from tests.integration.server.asked import message
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MISAKI, NOON, YUMI, MovableClock, write


def speaks(engine: Engine, clock: MovableClock, language: str) -> None:
    write(engine, clock, YUMI.model_copy(update={"language": language}))


def test_none_in_her_language_means_none_sent(retailer: Engine, device: Device, clock: MovableClock) -> None:
    """Whoever reads Chinese, where we have no Chinese words, is not written to: typed freely or not."""
    speaks(retailer, clock, "zh")
    outcome = device.do(message(body="谢谢您的光临。"), MISAKI.id)
    assert not outcome.accepted
    assert outcome.reason is not None
    assert (outcome.reason.code, outcome.reason.params) == ("no_template", {"language": "zh"})
    speaks(retailer, clock, "en-GB")
    assert device.do(message(subject="Thank you", body="Thank you for coming in."), MISAKI.id).accepted


def test_what_she_wrote_herself_is_answered(retailer: Engine, device: Device, clock: MovableClock) -> None:
    """An answer goes in any language: she began, and silence would be worse."""
    speaks(retailer, clock, "zh")
    hers = Message(
        id="hers", customer_id=YUMI.id, direction=Direction.IN, channel=Channel.EMAIL, cause=Cause.REPLY,
        purpose=Purpose.REPLY, shop_id=GINZA.id, state=MessageState.RECEIVED, body="请问", at=NOON, state_at=NOON,
    )  # fmt: skip
    write(retailer, clock, hers)
    outcome = device.do(message(cause=Cause.REPLY, body="谢谢您的来信。", in_reply_to="hers"), MISAKI.id)
    assert outcome.accepted, outcome.reason


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"body": "先日ご覧になったコートが届きました。"}, ["watching"]),
        ({"body": "八か月ぶりのご来店、ありがとうございました。"}, ["counting_absence"]),
        ({"body": "12,800円のお品でございます。"}, ["lock_screen"]),
        ({"body": "佐藤様、ウールコートが届きました。", "product_ids": ("coat",)}, ["lock_screen"]),
        ({"subject": "ウールコートのご案内", "product_ids": ("coat",)}, ["lock_screen"]),
        ({"body": "有効期限の近い500ポイントがございます。"}, ["shops_talk"]),
    ],
)
def test_words_that_never_go_are_refused(
    retailer: Engine, device: Device, clock: MovableClock, changes: dict[str, object], found: list[str]
) -> None:
    """What the tablet would not let go is not let go by another tablet either; the answer names the rule, not the words."""
    write(retailer, clock, Product(id="coat", code="C", name="ウールコート", category="coat"))
    outcome = device.do(message(**changes), MISAKI.id)
    assert not outcome.accepted
    assert outcome.reason is not None
    assert (outcome.reason.code, outcome.reason.params) == ("wording", {"found": found})
