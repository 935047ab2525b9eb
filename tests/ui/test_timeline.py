"""The history of a customer: every kind in one list, filtered, made as far as it is looked at, and with tact."""

import re
from datetime import timedelta

import flet as ft

from clienteling.queries.timeline import timeline
from sync.model.customer import BrowseEvent, Channel, Interaction, WebActivity
from sync.model.outreach import Cause, Message, MessageState, Purpose
from sync.model.slip import Slip, SlipKind, SlipState, SlipStep
from sync.policy.facts import facts_from
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import DRESS, GINZA, MISAKI, NAKAMURA, NOW, SASAKI, customers

WHOLE = f"/customers/{SASAKI}/timeline"


def look(number: int, minutes: float, category: str) -> WebActivity:
    return WebActivity(
        id=f"look-{number}", customer_id=SASAKI, at=NOW - timedelta(minutes=minutes), event=BrowseEvent.PRODUCT_VIEWED,
        product_id=DRESS, category=category,
    )  # fmt: skip


def note(number: int) -> Interaction:
    return Interaction(
        id=f"note-{number:04}", customer_id=SASAKI, shop_id=GINZA, staff_id=MISAKI, at=NOW - timedelta(days=number + 1),
        text=f"メモ{number}",
    )  # fmt: skip


def test_browsing_is_one_entry_a_session_of_categories_and_never_of_items() -> None:
    """Half an hour of silence ends a session; what is older than 30 days is not told."""
    looks = [
        look(1, 10, "dress"),
        look(2, 25, "coat"),
        look(3, 30, "dress"),
        look(4, 70, "bag"),
        look(5, 60 * 24 * 31, "knit"),
    ]
    entries = timeline(facts_from([customers()[0], *looks]), NOW)
    assert [(one.what, one.categories, one.count) for one in entries] == [
        ("web", ("dress", "coat"), 3), ("web", ("bag",), 1)
    ]  # fmt: skip
    assert all(not one.text for one in entries)


def test_a_complaint_stands_in_it_without_its_words() -> None:
    """Its steps are told, and nothing of what it is about."""
    step = SlipStep(state=SlipState.RECEIVED, at=NOW, by=MISAKI)
    complaint = Slip(
        id="s", customer_id=SASAKI, shop_id=GINZA, slip_kind=SlipKind.COMPLAINT, owner_id=MISAKI, at=NOW,
        due_on=NOW.date(), text="内緒", steps=(step,),
    )  # fmt: skip
    [entry] = timeline(facts_from([customers()[0], complaint]), NOW)
    assert (entry.what, entry.tags, entry.text) == ("slip", ("received",), "")


def test_one_kind_alone_and_all_again() -> None:
    """A tap on a kind leaves its entries only; a tap on all brings the rest back."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(WHOLE)
        await screen.sees("袖丈")
        await screen.tap("ご購入")
        await screen.sees_no("袖丈")
        await screen.sees("リネンワンピース")
        await screen.tap("すべて")
        await screen.sees("袖丈")

    drive(steps, FakeDevice())


def test_only_as_much_is_made_as_is_looked_at() -> None:
    """Of thousands of entries a page is made; more as the end comes near, each once."""
    device = FakeDevice()
    for number in range(2000):
        device.cache.put(note(number))

    def made(screen: Screen) -> int:
        return sum(1 for word in screen.words if re.search(r"メモ\d", word))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(WHOLE)
        await screen.sees("メモ5")
        first = made(screen)
        assert 0 < first <= 60
        [shown] = [one for one in screen.controls if isinstance(one, ft.ListView)]
        near_the_end = {
            "event_type": "update", "pixels": 3000.0, "min_scroll_extent": 0.0, "max_scroll_extent": 3200.0,
            "viewport_dimension": 700.0,
        }  # fmt: skip
        for _ in range(3):  # several notices of one stretch of scrolling
            await screen.session.dispatch_event(shown._i, "scroll", near_the_end)
        await screen.until(lambda: made(screen) > first, "more is made")
        assert made(screen) <= first + 20

    drive(steps, device)


def test_an_answer_says_what_it_answers() -> None:
    """Beside our message stand her words that it answers."""
    device = FakeDevice()
    device.cache.put(
        Message(
            id="answer", customer_id=NAKAMURA, channel=Channel.LINE, cause=Cause.REPLY, purpose=Purpose.REPLY, shop_id=GINZA,
            staff_id=MISAKI, state=MessageState.DELIVERED, body="お待ちしております", at=NOW, state_at=NOW, in_reply_to="msg-1",
        )
    )  # fmt: skip

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{NAKAMURA}/timeline")
        await screen.sees("「土曜の午後に伺えます」へのお返事")

    drive(steps, device)
