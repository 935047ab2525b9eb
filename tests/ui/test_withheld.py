"""What is withheld on the screen: that there is something, the way to it for whoever may see it, and what it says offline."""

from dataclasses import replace
from datetime import timedelta

from sync.model.commands import LogInteraction
from sync.model.customer import Consent, ConsentPurpose, ConsentState, Interaction
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, MINORU, MISAKI, NOW, SASAKI

HERS = f"/customers/{SASAKI}"
WORDS = "ご家族のご不幸とのこと"
ONLY = "理由を見られるのは、記入した本人と店長・本部だけです。"


def holding(writer: str) -> FakeDevice:
    """A device with a stop and a confidential note by somebody, both without their words."""
    device = FakeDevice()
    stop = Consent(
        id="stop-1", customer_id=SASAKI, purpose=ConsentPurpose.ALL, state=ConsentState.REFUSED,
        at=NOW - timedelta(days=2), source="staff", recorded_by=writer,
    )  # fmt: skip
    note = Interaction(
        id="note-1", customer_id=SASAKI, shop_id=GINZA, staff_id=writer, at=NOW - timedelta(hours=3), confidential=True
    )
    device.cache.put(stop)
    device.cache.put(note)
    device.withheld = {"stop-1": {"wording": WORDS}, "note-1": {"text": "内々のお話"}}
    return device


def test_its_writer_sees_it_on_asking() -> None:
    """The words come from the server when asked for, in the name of who asks, and not before."""
    device = holding(MISAKI)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"{HERS}/contact")
        await screen.sees(ONLY)
        assert not screen.shows(WORDS)
        await screen.tap("内容を見る")
        await screen.sees(WORDS)
        assert device.revealed == [(SASAKI, "stop-1", MISAKI)]

    drive(steps, device)


def test_a_colleague_has_no_button() -> None:
    """Who may not see it is told whom to ask, and the server is not asked."""
    device = holding(MINORU)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"{HERS}/contact")
        await screen.sees(ONLY)
        assert screen.find("内容を見る", "click") is None
        assert device.revealed == []

    drive(steps, device)


def test_without_a_connection() -> None:
    """It lies on the server: that is said, and one may try again."""
    device = holding(MISAKI)
    device.state = replace(device.state, online=False)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"{HERS}/contact")
        await screen.tap("内容を見る")
        await screen.sees("サーバーにつながっていないため、表示できません。")
        assert screen.find("内容を見る", "click") is not None

    drive(steps, device)


def test_a_confidential_note_is_marked() -> None:
    """In her history it is there, without its words; the note's form says who will read them."""
    device = holding(MISAKI)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(HERS)
        await screen.sees("責任者限り")
        await screen.go(f"{HERS}/note")
        await screen.sees("責任者限りにする")

    drive(steps, device)
    assert device.commands(LogInteraction) == []
