"""A text of which nobody knows whether it went: Twilio is asked after it, and it is never sent again."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.delivery.asking_after import AskingAfter
from sync.delivery.sms import SmsChannel
from sync.model.outreach import MessageState
from sync.ports import ChannelEvent, Unresolved
from tests.conformance.channels.sides import SIDES, Side
from tests.integration.sandbox.conftest import Served


@pytest.fixture
def side(served: Served) -> Side:
    """The text channel and its stand-in."""
    return SIDES["sms"](served)


def lost(side: Side, **fields: object) -> Unresolved:
    values = {
        "message_id": "m1",
        "to": side.to,
        "body": "お直しができあがりました。",
        "since": datetime.now(UTC),
    } | fields
    return Unresolved.model_validate(values)


def find(side: Side, unresolved: Unresolved) -> ChannelEvent | None:
    assert isinstance(side.channel, SmsChannel)
    return side.channel.find(unresolved)


def test_what_was_accepted_without_an_answer_is_found(side: Side) -> None:
    """Twilio accepted and the answer was lost: asked after it, it shows the text with its state and its id."""
    side.order("timeout_after")
    sent = side.outgoing(body="お直しができあがりました。\n株式会社エルム", status_url="")
    assert side.channel.send(sent).state is MessageState.UNKNOWN
    found = find(side, lost(side))
    assert found is not None
    assert (found.type, found.message_id) == ("state", "m1")
    assert found.state in (MessageState.SENT, MessageState.DELIVERED)  # as far as it has come by then
    assert found.provider_id.startswith("SM")
    assert len(side.inbox()) == 1
    later = find(side, lost(side))
    assert later is not None
    assert later.state is MessageState.DELIVERED


def test_what_was_never_accepted_is_not_found(side: Side) -> None:
    """Nothing arrived there: nothing is found, and nothing is sent to find out."""
    side.order("timeout_before")
    assert side.channel.send(side.outgoing()).state is MessageState.UNKNOWN
    assert find(side, lost(side)) is None
    assert side.inbox() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"body": "別の言葉"},
        {"to": "+819033330000"},
        {"since": datetime.now(UTC) - timedelta(hours=3)},
        {"since": datetime.now(UTC) + timedelta(hours=3)},
    ],
    ids=["other words", "another number", "long before", "long after"],
)
def test_another_text_is_not_taken_for_it(side: Side, fields: dict[str, object]) -> None:
    """Words, number and time must fit."""
    side.channel.send(side.outgoing(body="お直しができあがりました。", status_url=""))
    assert find(side, lost(side, **fields)) is None


def test_the_same_words_of_another_message_are_not_taken_for_it(side: Side) -> None:
    """A text that is known to be another message's is passed over."""
    receipt = side.channel.send(side.outgoing(body="お直しができあがりました。", status_url=""))
    assert find(side, lost(side)) is not None
    assert find(side, lost(side, taken=(receipt.provider_id,))) is None


def test_it_is_asked_less_and_less_often(side: Side) -> None:
    """After a minute, then each time after as long as it has been unknown: not at every round."""
    began = now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    asked: list[float] = []

    class Nobody:
        def find(self, unresolved: Unresolved) -> ChannelEvent | None:
            asked.append((now - began).total_seconds() / 60)
            return None

    missing = lost(side, since=began)

    def unresolved(since: datetime, before: datetime) -> list[Unresolved]:
        return [missing] if since <= missing.since <= before else []

    ask = AskingAfter(Nobody(), unresolved, lambda event: None, lambda: now)
    for _ in range(300):
        ask()
        now += timedelta(minutes=1)
    assert asked == [1, 2, 4, 8, 16, 32, 64, 128, 256]
