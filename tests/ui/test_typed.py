"""Text fields: what is being typed is never taken back, what the app sets is set."""

from clienteling.ui.parts import field
from clienteling.ui.parts.typed import TypedField
from tests.ui.harness import Screen, drive
from tests.ui.sample import MISAKI

FIELD = "お名前・かな・電話・会員番号"


def value(screen: Screen, name: str) -> str | None:
    found = screen.find(name, "change")
    assert isinstance(found, TypedField)
    return found.value


def test_keys_that_come_while_the_screen_is_drawn_stay() -> None:
    """The browser has said "さ" and then "ささ"; the drawing for "さ" leaves "ささ" alone."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.until(lambda: screen.find(FIELD, "change"), "the search field")
        for _round in range(2):
            field = screen.find(FIELD, "change")
            assert field is not None
            screen.session.apply_patch(field._i, {"value": "さ"})
            await screen.session.dispatch_event(field._i, "change", "さ")
            screen.session.apply_patch(field._i, {"value": "ささ"})
            await screen.sees("ほかの店舗からも探す")
            assert value(screen, FIELD) == "ささ"
            await screen.session.dispatch_event(field._i, "change", "ささ")
            await screen.sees("ほかの店舗からも探す")
            assert value(screen, FIELD) == "ささ"
            await screen.type(FIELD, "")
            await screen.sees_no("ほかの店舗からも探す")
            assert value(screen, FIELD) == ""

    drive(steps)


def test_a_wrong_pin_is_cleared_although_it_was_typed() -> None:
    """What the app means to change is changed: after a wrong PIN the field is empty."""

    async def steps(screen: Screen) -> None:
        await screen.tap(screen.tablet.pulse.directory.name(MISAKI))
        await screen.type("PIN", "1")
        await screen.type("PIN", "")
        await screen.type("PIN", "1111")
        await screen.type("PIN", "111111")
        await screen.tap("サインイン")
        await screen.sees("PINが違います")
        await screen.until(lambda: value(screen, "PIN") == "", "an empty field")

    drive(steps)


def test_how_much_room_is_left_is_said_once_it_matters() -> None:
    """An empty field does not count to its limit; one that is nearly full does, and one without a limit never."""
    assert field("色", max_length=40).counter == ""
    assert field("色", value="紺" * 31, max_length=40).counter == ""
    assert field("色", value="紺" * 32, max_length=40).counter is None
    assert field("色", value="紺" * 32).counter is None
