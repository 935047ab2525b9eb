"""Telephone and mail are masked on every screen until somebody taps, and the tap is on record."""

from sync.model.commands import RevealContact
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import INOUE, SASAKI

NUMBER, MASKED = "090-1111-2222", "090-****-2222"


def reveals(device: FakeDevice) -> list[tuple[str, str, str]]:
    return [(one.customer_id, one.field, one.purpose) for one in device.commands(RevealContact)]


def test_a_number_is_masked_until_it_is_revealed() -> None:
    """One tap shows it, in the name of who is signed in and for what the profile was opened; another hides it again."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.type("お名前・かな・電話・会員番号", "佐々木")
        await screen.tap("佐々木 みどり 様 ササキ ミドリ")
        await screen.sees(MASKED)
        await screen.sees("c***@mail.example")
        assert not screen.shows(NUMBER)
        assert reveals(device) == []
        await screen.tap("電話番号を表示")
        await screen.sees(NUMBER)
        assert reveals(device) == [(SASAKI, "phone", "search")]
        assert not screen.shows("c1001@mail.example")
        await screen.tap("電話番号を隠す")
        await screen.sees(MASKED)
        assert not screen.shows(NUMBER)

    drive(steps, device)


def test_it_is_masked_again_after_the_profile_was_left() -> None:
    """Away and back, or on to another customer: masked; the second reveal is on record as well."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.tap("電話番号を表示")
        await screen.sees(NUMBER)
        await screen.go(f"/customers/{INOUE}")
        await screen.sees("090-****-3333")
        assert not screen.shows("090-2222-3333")
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees(MASKED)
        assert not screen.shows(NUMBER)
        await screen.tap("電話番号を表示")
        await screen.sees(NUMBER)
        assert [one[0] for one in reveals(device)] == [SASAKI, SASAKI]

    drive(steps, device)


def test_it_is_masked_for_the_next_person() -> None:
    """Who switches in while the profile is open sees it masked."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.tap("メールアドレスを表示")
        await screen.sees("c1001@mail.example")
        screen.tablet.session.staff_id = None
        await screen.until(lambda: not screen.shows("c1001@mail.example"), "nothing of the customer is left")
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("c***@mail.example")
        assert not screen.shows("c1001@mail.example")

    drive(steps, device)


def test_a_search_shows_no_number() -> None:
    """The end of a telephone number finds the customer; neither number nor address stands in the hit."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.type("お名前・かな・電話・会員番号", "2222")
        await screen.sees("佐々木 みどり 様")
        assert not screen.shows(NUMBER)
        assert not screen.shows("mail.example")

    drive(steps, device)
