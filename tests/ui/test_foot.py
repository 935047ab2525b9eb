"""The foot of a form comes after its fields."""

import flet as ft
import pytest

from tests.ui.harness import Screen, drive
from tests.ui.sample import SASAKI


@pytest.mark.parametrize("size", [(1180, 820), (820, 1180), (412, 915)])
@pytest.mark.parametrize(
    ("form", "saves"), [("note", "Save the note"), ("slip", "Save the slip")], ids=["note", "slip"]
)
def test_save_comes_after_the_last_field(form: str, saves: str, size: tuple[int, int]) -> None:
    """However the tablet is held, whoever goes through a form by Tab or with the thumb meets everything there is to fill in before
    the button that saves it."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/{form}")
        await screen.until(lambda: screen.find(saves, "click"))
        order, found = screen.controls, screen.find(saves, "click")
        assert found is not None
        save = order.index(found)
        fields = [at for at, one in enumerate(order) if isinstance(one, ft.TextField)]
        assert len(fields) > 1
        assert save > max(fields)

    drive(steps, language="en", size=size)
