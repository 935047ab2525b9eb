"""What every channel promises of one attempt, held against the stand-ins over real connections."""

from pathlib import Path

import pytest

from sync.clock import system_clock
from sync.delivery import base
from sync.model.customer import Channel
from sync.model.outreach import MessageState, Reason
from sync.ports import Outgoing
from sync.server.channels import make_channels
from sync.settings import ServerSettings
from tests.conformance.channels.sides import SIDES, Side, nowhere


def test_an_accepted_message_arrives_in_the_persons_name(side: Side) -> None:
    """The receipt says SENT and the phone shows the words, unchanged."""
    receipt = side.channel.send(side.outgoing())
    assert (receipt.state, receipt.reason) == (MessageState.SENT, None)
    [letter] = side.inbox()
    assert letter["text"].replace("\r\n", "\n").strip() == "佐々木様\n\nお直しができあがりました。髙橋"
    if side.name != "sms":
        assert "髙橋（銀座本店）" in letter["subject" if side.name == "app" else "from"]
        assert receipt.provider_id or side.name == "email"


def test_a_refused_message_has_failed(side: Side) -> None:
    """A refusal is final and says so by a code; nothing of the address is in it."""
    receipt = side.channel.send(side.outgoing(to=side.nobody))
    assert receipt.state is MessageState.FAILED
    assert receipt.reason is not None
    assert receipt.reason.code == (base.ADDRESS_GONE if side.name == "app" else base.REFUSED)
    assert side.nobody not in repr(receipt)
    assert side.inbox() == []


def test_a_throttled_message_waits_for_another_attempt(side: Side) -> None:
    """Too many requests: QUEUED, and the next attempt is accepted once."""
    side.order("429")
    receipt = side.channel.send(side.outgoing())
    assert receipt.state is MessageState.QUEUED
    assert receipt.reason is not None
    assert receipt.reason.code == base.THROTTLED
    assert side.channel.send(side.outgoing()).state is MessageState.SENT
    assert len(side.inbox()) == 1


def test_a_provider_in_trouble(side: Side) -> None:
    """A provider's own error, in its own form, means that it did not accept; only LINE says that it may have."""
    side.order("500")
    receipt = side.channel.send(side.outgoing())
    assert receipt.state is side.after_500
    open_still = receipt.reason is not None and receipt.reason.code == base.NO_ANSWER
    assert open_still is (side.channel.repeatable or receipt.state is MessageState.UNKNOWN)
    assert side.inbox() == []


@pytest.mark.parametrize(("fault", "arrived"), [("timeout_before", 0), ("timeout_after", 1)])
def test_silence_after_the_request_left(side: Side, fault: str, arrived: int) -> None:
    """No answer: where keys are known the attempt is made again under its key and counts once; elsewhere it is unknown
    and stays so. The two cases look the same from here."""
    side.order(fault)
    receipt = side.channel.send(side.outgoing())
    assert receipt.reason is not None
    assert receipt.reason.code == base.NO_ANSWER
    assert len(side.inbox()) == arrived
    if side.channel.repeatable:
        assert receipt.state is MessageState.QUEUED
        assert side.channel.send(side.outgoing()).state is MessageState.SENT
        assert len(side.inbox()) == 1
    else:
        assert receipt.state is MessageState.UNKNOWN


def test_the_same_key_is_taken_once(side: Side) -> None:
    """A repeatable channel accepts a second attempt of the same message without a second message."""
    if not side.channel.repeatable:
        assert side.name in ("sms", "email", "app")
        return
    first, second = side.channel.send(side.outgoing(1)), side.channel.send(side.outgoing(1))
    assert (first.state, second.state) == (MessageState.SENT, MessageState.SENT)
    assert second.provider_id
    assert side.channel.send(side.outgoing(2)).state is MessageState.SENT
    assert len(side.inbox()) == 2


@pytest.mark.parametrize("name", SIDES)
def test_nobody_there(name: str, side: Side) -> None:
    """A connection that cannot be opened carried nothing: another attempt."""
    receipt = nowhere(name).send(side.outgoing(to="hana@example.jp" if name == "email" else side.to))
    assert receipt.state is MessageState.QUEUED
    assert receipt.reason is not None
    assert receipt.reason.code == base.NOT_REACHED


@pytest.mark.parametrize("body", ["あ" * 5001, "😀" * 2501])
def test_a_text_that_is_too_long_is_not_sent(side: Side, body: str) -> None:
    """Over the provider's limit in UTF-16 units: FAILED before anything is asked. Mail has no such limit."""
    receipt = side.channel.send(side.outgoing(body=body))
    if side.name == "email":
        assert receipt.state is MessageState.SENT
    else:
        assert receipt.state is MessageState.FAILED
        assert receipt.reason is not None
        assert receipt.reason.code == base.TOO_LONG
        assert side.inbox() == []


@pytest.mark.parametrize("name", list(Channel))
def test_a_channel_that_is_not_set_up_says_so(name: Channel, tmp_path: Path) -> None:
    """With the settings as they come no provider is asked, for ever or once: the message failed, and says why."""
    channel = make_channels(ServerSettings(data=tmp_path), system_clock)[name]
    values = {"message_id": "m1", "idempotency_key": "k", "to": "x", "sender_name": "髙橋", "account": "エルム"}
    receipt = channel.send(Outgoing.model_validate(values | {"body": "お直しができあがりました"}))
    assert receipt.state is MessageState.FAILED
    assert receipt.reason == Reason(code=base.NOT_SET_UP, params={"channel": name.value})


def test_pictures_only_where_they_are_supported(side: Side) -> None:
    """A channel without pictures says so instead of leaving them out in silence."""
    receipt = side.channel.send(side.outgoing(images=("https://elm.example/a.png",)))
    assert receipt.state is (MessageState.SENT if side.name == "line" else MessageState.FAILED)
