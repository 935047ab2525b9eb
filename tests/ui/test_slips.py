"""Slips on the tablet: taken on in few taps, brought on from the list, and a complaint that tells no colleague its words."""

import re
from datetime import date, timedelta

import pytest

from clienteling.routes import ROUTES
from sync.model.commands_goods import AssignSlip, MoveSlip, OpenSlip
from sync.model.slip import Slip, SlipKind, SlipState
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import DRESS, GINZA, MINORU, MISAKI, NOW, OMOTE, SASAKI, SUZUKI

TODAY = date(2026, 11, 20)


def slip(number: int, kind: SlipKind = SlipKind.ALTERATION, days: int = 0, **more: object) -> Slip:
    fields = {
        "owner_id": MISAKI,
        "shop_id": GINZA,
        "item": f"紺のコート{number}",
        "due_on": TODAY + timedelta(days=days),
    }
    if kind is SlipKind.COMPLAINT:
        fields["item"] = ""
    return Slip.model_validate(
        {
            "id": f"slip-{number}",
            "customer_id": SASAKI,
            "slip_kind": kind,
            "at": NOW - timedelta(days=3),
            **fields,
            **more,
        }
    )


def holding(*slips: Slip) -> FakeDevice:
    device = FakeDevice()
    for one in slips:
        device.cache.put(one)
    return device


def test_an_alteration_of_a_purchase_in_three_taps() -> None:
    """Kind, piece, save: the day that is usual is set already; it stands on the profile at once and can be taken back."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/slip")
        await screen.tap("お直し")
        await screen.tap("リネンワンピース")
        await screen.tap("承る")
        await screen.sees("承り票を作成しました")
        [command] = device.commands(OpenSlip)
        assert (command.slip_kind, command.item, command.order_id, command.variant_id) == (
            SlipKind.ALTERATION, "リネンワンピース", "ord-1", "v-dress-m"
        )  # fmt: skip
        assert (command.due_on, command.owner_id) == (TODAY + timedelta(days=7), MISAKI)
        await screen.sees("承り 1")
        await screen.tap("元に戻す")
        await screen.until(lambda: device.recalled, "taken back")

    drive(steps, device)


def test_nothing_is_taken_on_without_saying_what() -> None:
    """Without a kind, or without a word about what is to be done, the screen says what is missing."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/slip")
        await screen.tap("承る")
        await screen.sees("種類を選んでください")
        await screen.tap("お申し出")
        await screen.tap("承る")
        await screen.sees("お客様のお言葉をご記入ください")
        assert device.commands(OpenSlip) == []

    drive(steps, device)


def test_the_list_goes_by_due_date_and_says_what_to_do_next() -> None:
    """What is overdue comes first, what waits to be fetched last, another shop's and what is done not at all."""
    device = holding(
        slip(1, days=5),
        slip(2, days=-1),
        slip(3, state=SlipState.READY),
        slip(4, days=-9, state=SlipState.DONE),
        slip(5, shop_id=OMOTE),
    )

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/slips")
        await screen.sees("本日中 1件、お渡し待ち 1件")
        shown = [word for word in screen.words if word.startswith("紺のコート")]
        assert shown == ["紺のコート2", "紺のコート1", "紺のコート3"]

    drive(steps, device)


@pytest.mark.parametrize(("who", "seen"), [(SUZUKI, 1), (MISAKI, 2), (MINORU, 2)])
def test_what_is_to_be_seen_to_is_what_one_can_bring_on(who: str, seen: int) -> None:
    """A complaint that is due counts for who sees to it and for a manager; for a colleague, who cannot move it on, it stands
    in the list and presses nobody."""
    device = holding(slip(1), slip(2, SlipKind.COMPLAINT))

    async def steps(screen: Screen) -> None:
        await screen.sign_in(who)
        await screen.sees(f"本日中 {seen}件")
        await screen.go("/slips")
        await screen.sees(f"本日中 {seen}件、お渡し待ち 0件")
        await screen.sees("高橋(美)さんが対応しています")

    drive(steps, device)


def test_nothing_presses_where_only_a_colleagues_complaint_is_due() -> None:
    """The card at home says so rather than counting what this person cannot do."""
    device = holding(slip(1, SlipKind.COMPLAINT))

    async def steps(screen: Screen) -> None:
        await screen.sign_in(SUZUKI)
        await screen.sees("本日期限のものはありません")

    drive(steps, device)


def test_ready_is_said_to_be_proposed_and_not_sent() -> None:
    """One tap brings it on from the state that was seen; the notice says that nothing goes out by itself."""
    device = holding(slip(1, state=SlipState.UNDER_WAY))

    async def steps(screen: Screen) -> None:
        await screen.sign_in(SUZUKI)
        await screen.go("/slips")
        await screen.tap("仕上がりました")
        await screen.sees("自動では送信しません")
        [command] = device.commands(MoveSlip)
        assert (command.from_state, command.to_state) == (SlipState.UNDER_WAY, SlipState.READY)
        await screen.sees("お渡ししました")

    drive(steps, device)


def test_a_colleague_sees_only_that_a_complaint_is_handled_and_by_whom() -> None:
    """No words, no way to them and no way to move it on; its owner has all three."""
    device = holding(slip(1, SlipKind.COMPLAINT))
    device.withheld = {"slip-1": {"text": "二度目のほつれ"}}

    async def colleague(screen: Screen) -> None:
        await screen.sign_in(SUZUKI)
        await screen.go(f"/customers/{SASAKI}?tab=slips")
        await screen.sees("高橋(美)さんが対応しています")
        assert screen.find("内容を見る", "click") is None
        assert screen.find("解決しました", "click") is None

    async def owner(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}?tab=slips")
        await screen.tap("内容を見る")
        await screen.sees("二度目のほつれ")
        await screen.tap("対応を始める")
        await screen.until(lambda: device.commands(MoveSlip), "begun")
        assert device.commands(MoveSlip)[0].to_state is SlipState.UNDER_WAY
        await screen.sees("解決しました")

    drive(colleague, device)
    drive(owner, device)


WORDS = "二度目のほつれ"
KNOWN = {"customer_id": SASAKI, "appointment_id": "app-2", "product_id": DRESS}
EVERYWHERE = [
    re.sub(r"\{(\w+)\}", lambda part: KNOWN.get(part[1], "none"), one.pattern)
    for one in ROUTES
    if not one.pattern.startswith("/fleet")
]


def test_no_screen_says_more_of_a_complaint_than_who_sees_to_it() -> None:
    """Every screen there is, as a colleague opens it, though the tablet held the words: nowhere are they said. That somebody is
    on it stands where the customer is met: on the profile and what else is told there, as a row of the search, and above a message."""
    device = holding(slip(1, SlipKind.COMPLAINT, text=WORDS))

    async def steps(screen: Screen) -> None:
        await screen.sign_in(SUZUKI)
        tabs = [f"/customers/{SASAKI}?tab={tab}" for tab in ("slips", "history", "belongings")]
        for address in [*EVERYWHERE, *tabs]:
            await screen.go(address)
            await screen.settles(3)
            assert not screen.shows(WORDS), address
        for address in (f"/customers/{SASAKI}", f"/customers/{SASAKI}/message"):
            await screen.go(address)
            await screen.sees("お申し出：高橋(美)さんが対応中")
        await screen.go("/search")
        await screen.type("お名前・かな・電話・会員番号", "佐々木")
        await screen.sees("お申し出：高橋(美)さんが対応中")
        assert not screen.shows(WORDS)

    drive(steps, device)


def test_a_manager_gives_a_slip_to_somebody_else() -> None:
    """The day stays as it was promised."""
    device = holding(slip(1, SlipKind.COMPLAINT))

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/slips")
        await screen.tap("その他…")
        await screen.tap("鈴木")
        await screen.until(lambda: device.commands(AssignSlip), "given")
        [command] = device.commands(AssignSlip)
        assert (command.owner_id, command.due_on) == (SUZUKI, TODAY)

    drive(steps, device)


def test_an_empty_list_says_where_slips_begin() -> None:
    """Nothing in hand is said, with what to do."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/slips")
        await screen.sees("承っているものはありません")
        assert screen.find("探す", "click") is not None

    drive(steps, FakeDevice())


def test_offline_it_says_that_it_is_saved_here() -> None:
    """Without a network the words tell saved here from sent; the screen goes on."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        device.become(online=False)
        await screen.go(f"/customers/{SASAKI}/slip")
        await screen.tap("お取り寄せ")
        await screen.type("お品物", "とても長い名前の" * 12)
        await screen.tap("承る")
        await screen.sees("この端末に保存しました")
        await screen.sees("承り 1")

    drive(steps, device)


def test_in_english_too() -> None:
    """The same list in English, without a word of Japanese that is ours."""
    device = holding(slip(1, days=2), slip(2, SlipKind.COMPLAINT, days=9))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/slips")
        await screen.sees("Nothing pressing today; 0 waiting to be fetched")
        await screen.sees("Within a week")
        await screen.sees("Begin the alteration")
        await screen.sees("It is being handled. Only who sees to it and managers read what it is about.")

    drive(steps, device, language="en")


def test_what_cannot_be_read_says_so_and_tries_again() -> None:
    """An error of the device is said with what is safe, and one tap reads anew."""
    device = FakeDevice()
    whole = device.cache

    class Torn(type(whole)):  # type: ignore[misc]  # the same cache, which cannot read slips
        def records(self, kind: str, since: object = None, until: object = None) -> list[object]:
            if kind == "slip":
                raise OSError
            found: list[object] = super().records(kind, since, until)
            return found

    device.cache = Torn(whole.rows.values())

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/slips")
        await screen.sees("もう一度")
        device.cache = whole
        whole.put(slip(1))
        await screen.tap("もう一度")
        await screen.sees("紺のコート1")

    drive(steps, device)
