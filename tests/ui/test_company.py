"""The company's account on the sign-in screen."""

from clienteling.actions.company import LOGIN, welcome
from clienteling.came import Failed, SignedIn
from sync.model.shop import Role
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, MISAKI


def test_nobody_is_offered_what_there_is_not() -> None:
    """Without an identity provider there is only name and PIN."""

    async def steps(screen: Screen) -> None:
        await screen.sees("スタッフを選んでください")
        assert not screen.shows("会社のアカウント")

    drive(steps)


def test_the_way_there_and_why_it_came_to_nothing() -> None:
    """The button leads to the provider; what went wrong is said in words that help."""

    async def steps(screen: Screen) -> None:
        welcome(screen.tablet, None)
        await screen.sees("会社のアカウントでログイン")
        welcome(screen.tablet, Failed("unknown_person"))
        await screen.sees("このアカウントに当てはまるスタッフが登録されていません。")
        assert LOGIN == "/company/login"

    drive(steps)


def test_whom_the_provider_vouched_for_is_signed_in() -> None:
    """The first screen, as after a PIN."""

    async def steps(screen: Screen) -> None:
        welcome(screen.tablet, SignedIn(MISAKI))
        await screen.sees("会員コードを読み取る")
        assert screen.tablet.session.staff_id == MISAKI

    drive(steps)


def test_head_office_is_not_among_the_names() -> None:
    """It has no PIN on a shop's tablet, so its name is not offered; once in, it has what managers have."""
    device = FakeDevice()
    person = next(one for one in device.cache.staff() if one.id == MISAKI)
    device.cache.put(
        person.model_copy(
            update={"id": "hq-1", "code": "H1", "family_name": "本郷", "role": Role.HEAD_OFFICE, "shop_id": GINZA}
        )
    )

    async def steps(screen: Screen) -> None:
        await screen.sees("スタッフを選んでください")
        assert not screen.shows("本郷")
        welcome(screen.tablet, SignedIn("hq-1"))
        await screen.sees("会員コードを読み取る")
        await screen.go("/queue")
        await screen.sees("この店の送信を停止")

    drive(steps, device)
