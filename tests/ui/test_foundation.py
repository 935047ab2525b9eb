"""The foundation: sessions open, the guard holds, words are said in both languages."""

import asyncio

from tests.ui.harness import opened


def test_a_session_opens_on_the_sign_in_screen() -> None:
    """A fresh session shows the staff of the shop."""

    async def run() -> None:
        async with opened() as screen:
            await screen.sees("高橋")
            await screen.sign_in()
            await screen.sees("home")

    asyncio.run(run())
