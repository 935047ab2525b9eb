"""Every look at a customer's records is put on record, once, whichever way it came about."""

import pytest

from sync.model.commands import RecordView
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import KOBAYASHI, SASAKI


def views(device: FakeDevice) -> list[tuple[str, str]]:
    return [(one.customer_id, one.how) for one in device.commands(RecordView)]


@pytest.mark.parametrize(
    ("address", "whom", "how"),
    [
        (f"/customers/{SASAKI}", SASAKI, "link"),
        (f"/customers/{SASAKI}/note", SASAKI, "link"),
        (f"/customers/{SASAKI}/message", SASAKI, "link"),
        (f"/customers/{SASAKI}/message?follow_up=fu-1", SASAKI, "follow_up"),
        ("/appointments/app-2", KOBAYASHI, "call"),
    ],
)
def test_an_address_leaves_a_trace(address: str, whom: str, how: str) -> None:
    """A profile, note, message or call opened by its address is a look like any other."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(address)
        await screen.until(lambda: views(device) == [(whom, how)], "the view is on record")

    drive(steps, device)


def test_going_on_from_her_profile_is_the_same_look() -> None:
    """From a hit to her profile, to a note and back: one look; away and back by the address: another one."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.type("お名前・かな・電話・会員番号", "佐々木")
        await screen.tap("佐々木 みどり 様 ササキ ミドリ")
        await screen.sees("お声がけの前に")
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.sees("お客様のご様子")
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("お声がけの前に")
        assert views(device) == [(SASAKI, "search")]
        await screen.go("/queue")
        await screen.sees("期限")
        await screen.go(f"/customers/{SASAKI}")
        await screen.until(lambda: len(views(device)) == 2, "the second look")
        assert views(device)[1] == (SASAKI, "link")

    drive(steps, device)


def test_an_address_before_sign_in_shows_nothing() -> None:
    """Her name is not on the screen, nothing is read of her, and nobody is said to have looked."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("高橋")
        assert not screen.shows("佐々木")
        assert views(device) == []

    drive(steps, device)


def test_a_customer_who_is_not_here_is_no_look() -> None:
    """An address of somebody whom this tablet does not hold leaves nothing for the server to refuse."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/customers/nobody")
        await screen.sees("ほかの店舗のお客様かもしれません")
        assert views(device) == []

    drive(steps, device)
