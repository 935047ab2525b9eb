"""わたしの成果: whom one's messages brought back, shared, without a rank."""

from datetime import timedelta

import pytest

from sync.model.customer import Channel, Visit
from sync.model.outreach import Cause, Message, MessageState, Purpose
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, INOUE, MINORU, MISAKI, NOW, SUZUKI


def _letter(number: int, days: float, *, name: str = MISAKI, by: str | None = None) -> Message:
    at = NOW - timedelta(days=days)
    return Message(
        id=f"led-{number}", customer_id=INOUE, channel=Channel.LINE, cause=Cause.AFTER_PURCHASE, purpose=Purpose.RELATIONSHIP,
        shop_id=GINZA, staff_id=name, written_by=by, state=MessageState.DELIVERED, body="…", at=at, sent_at=at, state_at=at,
    )  # fmt: skip


def _device(*, days: float = 1) -> FakeDevice:
    """Minoru wrote in Misaki's name, and Suzuki received the customer."""
    device = FakeDevice()
    device.cache.put(_letter(1, days + 3, by=MINORU))
    device.cache.put(
        Visit(id="came", customer_id=INOUE, shop_id=GINZA, staff_id=SUZUKI, at=NOW - timedelta(days=days, hours=2))
    )
    return device


@pytest.mark.parametrize("size", [(1180, 820), (412, 915)])
def test_one_tap_from_home_and_offline(size: tuple[int, int]) -> None:
    """From home in one tap, without a network: who came, after which message, and together with whom."""
    device = _device()
    device.become(online=False)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.tap("わたしの成果")
        await screen.sees("井上 香織 様")
        await screen.sees("今週 1名")
        await screen.sees("のご連絡のあと")
        await screen.sees("さんと一緒に")
        await screen.sees("ご連絡がなくてもお越しになったかどうかは分かりません")

    drive(steps, device, size=size)


@pytest.mark.parametrize("who", [MISAKI, MINORU, SUZUKI])
def test_everybody_with_a_part_has_it(who: str) -> None:
    """In whose name it went, who wrote it and who received the customer see the same result."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(who)
        await screen.go("/results")
        await screen.sees("井上 香織 様")

    drive(steps, _device())


def test_last_week_stands_below() -> None:
    """On a Monday there is more to see than an empty page: what came of the week before."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/results")
        await screen.sees("先週")
        await screen.sees("今週はまだいらっしゃいません")
        assert screen.words.index("先週") > screen.words.index("今週はまだいらっしゃいません")

    drive(steps, _device(days=7))


def test_nobody_yet_says_what_leads_there() -> None:
    """An empty page says how it fills, in days, and leads to the follow-ups."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/results")
        await screen.sees("14日以内に")
        await screen.tap("フォローを見る")
        await screen.at("/queue")

    drive(steps)


def test_english_words() -> None:
    """The same in English."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/results")
        await screen.sees("Came back this week")
        await screen.sees("Together with")

    drive(steps, _device(), language="en")
