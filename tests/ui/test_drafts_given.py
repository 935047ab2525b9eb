"""A note that was begun goes with the visit: the colleague finds the words, on whichever tablet, with who began them."""

from datetime import timedelta

import flet as ft
import pytest

from clienteling.actions.visit import hand_over
from sync.model.commands import LogInteraction
from sync.model.commands_visits import DropVisitDraft, HandOverVisit
from sync.model.customer import Visit, VisitDraft, VisitSource
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import DRESS, GINZA, MINORU, MISAKI, NOW, SASAKI

WORDS = "紺のMをお探し。内緒のご旅行"
BEGUN = VisitDraft(begun_by=MISAKI, text=WORDS, tags=("fitting",), product_ids=(DRESS,))
NOTE, VISIT = f"/customers/{SASAKI}/note", f"/customers/{SASAKI}/visit"
BY_MISAKI = "高橋(美)さんから引き継いだ下書き"


def visit(staff_id: str, draft: VisitDraft | None = None) -> Visit:
    return Visit(
        id="visit-here", customer_id=SASAKI, shop_id=GINZA, staff_id=staff_id, at=NOW, source=VisitSource.SCAN,
        draft=draft, handed_by=MISAKI if draft is not None else None, handed_at=NOW if draft is not None else None,
    )  # fmt: skip


def here(staff_id: str, draft: VisitDraft | None = None) -> FakeDevice:
    """A tablet that holds the visit, as the server sent it."""
    device = FakeDevice()
    device.cache.put(visit(staff_id, draft))
    return device


async def _write_note(screen: Screen) -> None:
    await screen.sign_in()
    await screen.go(NOTE)
    await screen.tap("ご試着")
    await screen.type("メモ", WORDS)


async def _confidential(screen: Screen) -> None:
    switch = next(one for one in screen.controls if isinstance(one, ft.Switch))
    await screen.session.dispatch_event(switch._i, "change", True)
    await screen.sees("下書きとして残りません")


@pytest.mark.parametrize("back", [False, True])
def test_the_words_go_with_the_visit(back: bool) -> None:
    """Said before the colleague is chosen; the writer holds them no more, unless the hand-over is taken back."""
    device = here(MISAKI)

    async def steps(screen: Screen) -> None:
        await _write_note(screen)
        await screen.go(VISIT)
        await screen.tap("引き継ぐ")
        await screen.sees("書きかけのメモも一緒に引き継がれます")
        await screen.tap("高橋(実)")
        await screen.until(lambda: len(device.commands(HandOverVisit)) == 1)
        (given,) = device.commands(HandOverVisit)
        assert given.draft == VisitDraft(begun_by=MISAKI, text=WORDS, tags=("fitting",))
        await screen.until(lambda: device.drafts.of(MISAKI, NOW) == [])
        await screen.sees("高橋(美)さんの書きかけのメモがあります")
        if back:
            device.cache.put(visit(MISAKI))
            await screen.tap("元に戻す")
            await screen.until(lambda: [one.staff_id for one in device.drafts.of(MISAKI, NOW)] == [MISAKI])
            await screen.go(NOTE)
            await screen.sees(WORDS)
            await screen.sees("下書きの続き")

    drive(steps, device)


def test_whoever_takes_the_visit_over_goes_on_with_the_note() -> None:
    """On the same tablet too the words come with the visit, in their writer's name."""
    device = here(MISAKI)

    async def steps(screen: Screen) -> None:
        await _write_note(screen)
        await screen.go("/")
        await screen.sign_in(MINORU)
        screen.tablet.run(hand_over, screen.tablet, visit(MISAKI), MINORU)
        await screen.until(lambda: len(device.commands(HandOverVisit)) == 1)
        assert device.commands(HandOverVisit)[0].draft == VisitDraft(begun_by=MISAKI, text=WORDS, tags=("fitting",))
        await screen.go(NOTE)
        await screen.sees(WORDS)
        await screen.sees(BY_MISAKI)

    drive(steps, device)


def test_a_colleague_on_another_tablet_goes_on_with_it_and_saves_it() -> None:
    """Tag, words and product are in the form; what is added is the colleague's draft, and the saved note says what it was."""
    device = here(MINORU, BEGUN)

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go(VISIT)
        await screen.sees("高橋(美)さんの書きかけのメモがあります")
        await screen.go(NOTE)
        await screen.sees(WORDS)
        await screen.sees(BY_MISAKI)
        assert device.drafts.all() == []
        await screen.type("メモ", f"{WORDS}。Mをお試し")
        await screen.tap("サイズ")
        assert [one.staff_id for one in device.drafts.all()] == [MINORU]
        await screen.go(VISIT)
        await screen.go(NOTE)
        await screen.sees(f"{WORDS}。Mをお試し")
        await screen.tap("メモを保存")
        await screen.until(lambda: len(device.commands(LogInteraction)) == 1)

    drive(steps, device)
    (saved,) = device.commands(LogInteraction)
    assert (saved.text, saved.tags, saved.product_ids) == (f"{WORDS}。Mをお試し", ("fitting", "size"), (DRESS,))
    assert saved.visit_id == "visit-here"
    assert device.drafts.all() == []


def test_what_was_continued_goes_on_in_the_name_of_who_began_it() -> None:
    """Handed on again, the words are those of now and still say whose they were."""
    device = here(MINORU, BEGUN)

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go(NOTE)
        await screen.sees(WORDS)
        await screen.type("メモ", "紺のMに決まりそう")
        screen.tablet.run(hand_over, screen.tablet, visit(MINORU, BEGUN), MISAKI)
        await screen.until(lambda: len(device.commands(HandOverVisit)) == 1)

    drive(steps, device)
    given = device.commands(HandOverVisit)[0].draft
    assert given == BEGUN.model_copy(update={"text": "紺のMに決まりそう"})


def test_ones_own_note_is_not_written_over() -> None:
    """Who has begun one already sees the colleague's beside it, and adds it in one tap."""
    device = here(MINORU)

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go(NOTE)
        await screen.type("メモ", "お急ぎのご様子")
        device.cache.put(visit(MINORU, BEGUN))
        device.changed()
        await screen.sees(BY_MISAKI)
        await screen.sees("お急ぎのご様子")
        await screen.sees(WORDS)
        assert screen.find("引き継ぎ分を破棄", "click") is not None, "named apart from one's own"
        await screen.tap("自分のメモに加える")
        await screen.sees(f"{WORDS}\nお急ぎのご様子")
        await screen.sees_no("自分のメモに加える")
        await screen.tap("メモを保存")
        await screen.until(lambda: len(device.commands(LogInteraction)) == 1)

    drive(steps, device)
    (saved,) = device.commands(LogInteraction)
    assert (saved.text, saved.visit_id) == (f"{WORDS}\nお急ぎのご様子", "visit-here")


def test_ones_own_note_that_did_not_take_it_in_leaves_it() -> None:
    """Saved without the colleague's words, it does not end them: they are in the form next."""
    device = here(MINORU)

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go(NOTE)
        await screen.type("メモ", "お急ぎのご様子")
        device.cache.put(visit(MINORU, BEGUN))
        device.changed()
        await screen.sees("自分のメモに加える")
        await screen.tap("メモを保存")
        await screen.until(lambda: len(device.commands(LogInteraction)) == 1)
        await screen.go(NOTE)
        await screen.sees(WORDS)

    drive(steps, device)
    assert [(one.text, one.visit_id) for one in device.commands(LogInteraction)] == [("お急ぎのご様子", None)]


@pytest.mark.parametrize("touched", [False, True])
def test_one_tap_lets_it_go_and_one_brings_it_back(touched: bool) -> None:
    """The server is told that the words are wanted no more; with the way back they stand there again."""
    device = here(MINORU, BEGUN)

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go(NOTE)
        await screen.sees(WORDS)
        if touched:
            await screen.type("メモ", f"{WORDS}と")
        await screen.tap("下書きを破棄")
        await screen.sees_no(WORDS)
        await screen.sees("下書きを破棄しました")
        assert len(device.commands(DropVisitDraft)) == 1
        assert device.drafts.all() == []
        device.cache.put(visit(MINORU, BEGUN))
        await screen.tap("元に戻す")
        await screen.sees(f"{WORDS}と" if touched else WORDS)
        await screen.sees(BY_MISAKI)

    drive(steps, device)


def test_a_confidential_note_does_not_go_along() -> None:
    """Said before and after; the command holds no word of it, and its writer still finds it here."""
    device = here(MISAKI)

    async def steps(screen: Screen) -> None:
        await _write_note(screen)
        await _confidential(screen)
        await screen.go(VISIT)
        await screen.tap("引き継ぐ")
        await screen.sees("責任者限りのメモは引き継がれません。この端末で保存してください")
        await screen.tap("高橋(実)")
        await screen.sees("責任者限りのメモはこの端末に残ります")
        assert device.commands(HandOverVisit)[0].draft is None
        await screen.go(NOTE)
        await screen.sees(WORDS)

    drive(steps, device)


def test_words_that_became_confidential_go_no_further() -> None:
    """A note that goes on with a colleague's takes that away with it."""
    device = here(MINORU, BEGUN)

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go(NOTE)
        await screen.sees(WORDS)
        await _confidential(screen)
        screen.tablet.run(hand_over, screen.tablet, visit(MINORU, BEGUN), MISAKI)
        await screen.until(lambda: len(device.commands(HandOverVisit)) == 1)

    drive(steps, device)
    assert device.commands(HandOverVisit)[0].draft == VisitDraft()


def test_nothing_else_sends_a_draft() -> None:
    """Without a note that was begun, a hand-over carries none; a message that was begun stays its writer's."""
    device = here(MISAKI)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.type("本文", "佐々木様、紺のワンピースが入りました。")
        await screen.go(VISIT)
        await screen.tap("引き継ぐ")
        await screen.tap("高橋(実)")
        await screen.until(lambda: len(device.commands(HandOverVisit)) == 1)
        assert len(device.drafts.of(MISAKI, NOW)) == 1

    drive(steps, device)
    assert device.commands(HandOverVisit)[0].draft is None


@pytest.mark.parametrize(("who", "hours"), [(MISAKI, 0), (MINORU, 10)])
def test_nobody_else_and_nobody_after_closing_time_sees_it(who: str, hours: float) -> None:
    """Only who looks after the customer finds it, and at closing time it is over on a tablet without a network too."""
    device = here(MINORU, BEGUN)

    async def steps(screen: Screen) -> None:
        await screen.sign_in(who)
        await screen.go(NOTE)
        await screen.sees("メモを保存")
        assert not screen.shows(WORDS)
        assert not screen.shows(BY_MISAKI)
        await screen.go(VISIT)
        await screen.sees("佐々木 みどり 様の接客")
        assert screen.shows("書きかけのメモがあります") == (hours == 0)

    drive(steps, device, clock=lambda: NOW + timedelta(hours=hours))
