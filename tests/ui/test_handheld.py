"""On a handheld (412 by 915) what stands side by side on a tablet comes one after the other."""

from functools import partial

import flet as ft
import pytest

from clienteling.routes import ROUTES
from tests.ui.harness import Screen, drive, names, walk
from tests.ui.sample import MINORU, SASAKI

SIZE = (412, 915)


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ("/", "会員コードを読み取る"),
        ("/search", "どなたをお探しですか"),
        ("/scan", "カメラを使わずに"),
        ("/register", "姓（必須）"),
        (f"/customers/{SASAKI}", "お声がけの前に"),
        (f"/customers/{SASAKI}/note", "お客様のご様子"),
        (f"/customers/{SASAKI}/message", "お客様にはこう見えます"),
        ("/appointments", "石田 恵 様"),
        ("/appointments/app-2", "オンライン相談"),
        ("/sync", "サーバーにつながっています"),
    ],
)
def test_every_screen_and_every_place_can_be_reached(route: str, words: str) -> None:
    """Each screen is drawn, with the bar of places at its foot."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(route)
        await screen.sees(words)
        for place in ("今日", "お客様", "読み取り", "フォロー", "予約", "表示とサインアウト"):
            assert screen.find(place, "tap"), place

    drive(steps, size=SIZE)


def test_the_queue_shows_the_list_then_one_of_it() -> None:
    """A tap opens a follow-up over the list; one way back leads to the list again."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.sees("井上 香織 様")
        assert not screen.shows("担当を変更")
        await screen.tap("井上 香織 様 その後いかがですか")
        await screen.sees("担当を変更")
        assert not screen.shows("佐々木 みどり 様")
        await screen.tap("一覧に戻る")
        await screen.sees("佐々木 みどり 様")

    drive(steps, size=SIZE)


def test_signing_in_shows_the_names_then_the_pad() -> None:
    """The pad takes the place of the names; another name can be chosen after all."""

    async def steps(screen: Screen) -> None:
        await screen.tap("高橋(美) 販売スタッフ")
        await screen.sees("高橋(美)さんのPIN")
        assert not screen.shows("鈴木")
        await screen.tap("ほかの名前を選ぶ")
        await screen.sees("鈴木")

    drive(steps, size=SIZE)


WAYS = {
    "/": ["今日"],
    "/scan": ["読み取り"],
    "/search": ["お客様"],
    "/register": ["お客様", "はじめてのお客様を登録"],
    "/products": ["お客様", "商品"],
    "/queue": ["フォロー"],
    "/appointments": ["予約"],
    "/holds": ["今日", "お取り置き"],
    "/slips": ["今日", "承り票"],
    "/promises": ["今日", "お約束帳"],
    "/results": ["今日", "わたしの成果"],
    "/me": ["表示とサインアウト"],
    "/practice": ["表示とサインアウト", "練習モード"],
    "/sync": ["同期の状態"],
    "/access": ["同期の状態", "気になる閲覧"],
    "/fleet": ["同期の状態", "店舗の端末"],
}


def _at(screen: Screen, place: str) -> bool:
    return screen.tablet.session.route == place


def test_every_place_is_two_taps_away() -> None:
    """Whatever screen one is on, every list and every setting is reached by at most two taps: what has no place in the bar
    is on the home screen. Only forms lie deeper."""
    places = {route.pattern for route in ROUTES if "{" not in route.pattern} - {"/fleet/add", "/register/phone"}
    assert set(WAYS) == places
    assert max(map(len, WAYS.values())) == 2

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        for place, taps in WAYS.items():
            await screen.go("/sync" if place == "/practice" else "/practice")  # no place of the bar
            for name in taps:
                await screen.tap(name)
            await screen.until(partial(_at, screen, place), place)

    drive(steps, size=SIZE)


def test_a_title_has_its_line_to_itself_where_there_is_more_to_do_than_to_go_back() -> None:
    """Beside a button of its screen a title would have no room on a handheld: the button stands on a line below it."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/register")
        await screen.sees("姓（必須）")
        rows = [one for one in screen.controls if isinstance(one, ft.Row)]

        def beside(words: str) -> set[int]:
            return {row._i for row in rows if any(words in said for one in walk(row) for said in names(one))}

        assert beside("はじめてのお客様")
        assert beside("お客様のスマートフォンで")
        assert not beside("はじめてのお客様") & beside("お客様のスマートフォンで")

    drive(steps, size=SIZE)


def test_every_place_of_the_bar_is_named_in_english_too() -> None:
    """English words are wider: a little smaller they all stand there, and the person by the initial alone."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.until(lambda: screen.find("Scan", "tap"), "the bar")
        said = {one.value: one for one in screen.controls if isinstance(one, ft.Text)}
        assert {"Today", "Customers", "Follow-ups", "Appointments"} <= set(said)

    drive(steps, size=SIZE, language="en")


def test_a_device_on_a_handheld_has_its_button_below_its_name() -> None:
    """Beside a long button a name would stand a few letters to a line."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/fleet")
        await screen.sees("レジ横の利用を停止")
        rows = [one for one in screen.controls if isinstance(one, ft.Row)]
        beside = [
            row
            for row in rows
            if {"レジ横", "レジ横の利用を停止"} <= {said for one in walk(row) for said in names(one)}
        ]
        assert beside == []

    drive(steps, size=SIZE)
