"""Which of the messages that are due a worker claims, and how many ahead."""

from collections.abc import Collection, Sequence

from sync.model.customer import Channel
from sync.policy.pacing import Due
from sync.server.turns import LOOK_SECONDS, Turns

FAST = dict.fromkeys((Channel.LINE, Channel.SMS), 1000.0)


class Post:
    """Messages that are due, and those claimed that still wait."""

    def __init__(self, due: Sequence[Due], claimed: int = 0) -> None:
        self.due, self.claimed, self.asked, self.seconds = list(due), claimed, 0, 0.0

    def waiting(self, limit: int, without: Collection[Channel]) -> Sequence[Due]:
        self.asked += 1
        return [each for each in self.due if each.channel not in without][:limit]

    def turns(self, most: int) -> Turns:
        return Turns(self.waiting, lambda limit: min(self.claimed, limit), FAST, lambda: self.seconds, most=most)


def ids(chosen: Sequence[Due]) -> list[str]:
    return [each.id for each in chosen]


def letters(*names: str, channel: Channel = Channel.LINE) -> list[Due]:
    return [Due(name, "ginza", channel) for name in names]


def awake(_: Channel) -> bool:
    return False


def test_no_more_is_claimed_than_can_be_sent_soon() -> None:
    """What waits claimed already counts: together they are never more than the most, and with none free nothing is claimed."""
    post = Post(letters("1", "2", "3", "4"), claimed=3)
    turns = post.turns(most=5)
    assert ids(turns.next(awake)) == ["1", "2"]
    post.claimed = 5
    assert ids(turns.next(awake)) == []
    post.claimed = 0
    assert ids(turns.next(awake)) == ["3", "4"]


def test_a_channel_that_rests_gives_nothing() -> None:
    """While a provider rests its messages stay, and those of another go."""
    post = Post([*letters("1"), *letters("2", channel=Channel.SMS)])
    turns = post.turns(most=9)
    assert ids(turns.next(lambda channel: channel is Channel.LINE)) == ["2"]


def test_what_could_not_be_claimed_is_passed_over_until_forgiven() -> None:
    """One message that fails holds up none behind it, and gets its chance again."""
    post = Post(letters("1", "2"))
    turns = post.turns(most=1)
    assert ids(turns.next(awake)) == ["1"]
    turns.leave_out("1")
    post.seconds += LOOK_SECONDS
    assert ids(turns.next(awake)) == ["2"]
    turns.forgive()
    post.seconds += LOOK_SECONDS
    assert ids(turns.next(awake)) == ["1"]


def test_the_queue_is_not_asked_at_every_tick() -> None:
    """What was found is good for a moment; only where all of it went, or that moment is over, is it asked again."""
    post = Post(letters("1", "2", "3"))
    turns = post.turns(most=1)
    turns.next(awake)
    turns.next(awake)
    assert post.asked == 1
    post.seconds += LOOK_SECONDS
    turns.next(awake)
    assert post.asked == 2
