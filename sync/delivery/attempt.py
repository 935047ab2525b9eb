"""One attempt to send one message: the body of the workflow's only step, free of the workflow engine.

    begin   the attempt is committed, and with it that the provider may now be asked
    send    the provider is asked, once
    record  what it answered is committed

The process may die between any two of them, and the step then runs again. If the attempt had begun, nobody knows
whether the provider was asked: where it takes a key only once it is asked again under the same key, elsewhere the
message ends as UNKNOWN. A message is lost or doubled in neither case. It may have died for long: an attempt that begins,
or is repeated, in the quiet hours waits for their end.
"""

from collections.abc import Callable

from sync.delivery import base
from sync.delivery.holding import Holding
from sync.errors import ClientelingError
from sync.ids import derived_id
from sync.model.outreach import MessageState
from sync.ports import MAY_HAVE_GONE, AttemptStore, Begun, Claimed, Outgoing, Receipt

Compose = Callable[[Claimed, str], Outgoing]
"""Makes what a channel sends of a claimed message and its idempotency key."""


def idempotency_key(message_id: str) -> str:
    """Return the UUID under which a provider knows this message: the same at each attempt, so that a provider that
    understands it accepts the message once."""
    return derived_id("send", message_id)


def run_attempt(
    message_id: str,
    number: int,
    *,
    store: AttemptStore,
    channels: base.Channels,
    compose: Compose,
    holding: Holding | None = None,
) -> str:
    """Run attempt `number` of a message to its end and return the state it came to.

    Returns "over" where the attempt had its outcome already, or the message may not go (any more, or not yet).
    """
    begun = store.begin(message_id, number)
    if begun is None:
        return "over"
    receipt = _ask(begun, channels, compose, holding)
    store.record(message_id, receipt, number)
    return receipt.state.value


def _ask(begun: Begun, channels: base.Channels, compose: Compose, holding: Holding | None) -> Receipt:
    message = begun.claimed.message
    channel = channels.get(message.channel)
    if channel is None:
        return base.failed(base.NOT_SET_UP, channel=message.channel.value)
    if begun.repeated and not (channel.repeatable and begun.may_repeat):
        return base.unknown(interrupted=True)
    if begun.wait_seconds is not None:
        return base.again(base.NO_ANSWER, begun.wait_seconds)
    try:
        outgoing = compose(begun.claimed, idempotency_key(message.id))
    except ClientelingError as error:
        # e.g. a footer that lacks what the law asks for: such a message must not go, now or at a second try
        return base.failed("not_complete", **error.params)
    # One that may be there already is asked after at once: only the answer tells whether it went.
    held = None if begun.repeated or holding is None else holding.hold(message)
    if held is not None:
        return held
    receipt = channel.send(outgoing)
    if holding is not None:
        holding.note(message, receipt)
    return _still_open(receipt) if begun.repeated else receipt


def _still_open(receipt: Receipt) -> Receipt:
    """Return the receipt of an attempt that had been cut short and was made again. Where it is to be made once more, for example
    because the provider was too busy to look, it stays open whether the message went the first time."""
    if receipt.state is not MessageState.QUEUED or receipt.reason is None:
        return receipt
    reason = receipt.reason.model_copy(update={"params": {**receipt.reason.params, MAY_HAVE_GONE: True}})
    return receipt.model_copy(update={"reason": reason})
