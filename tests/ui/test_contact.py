"""Noting a meeting, and writing to her."""

from datetime import timedelta

from sync.model.commands import LogInteraction, QueueMessage
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Feeling
from sync.model.outreach import Cause, FollowUp, FollowUpState, Message, MessageState, Purpose, Reason
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, INOUE, MINORU, MISAKI, NAKAMURA, NOW, SASAKI, SUZUKI


def test_a_note_is_two_taps_and_a_text() -> None:
    """Tag, feeling and words become one note, held for ten seconds so that it can be taken back."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.tap("ご試着")
        await screen.tap("お喜び")
        await screen.type("メモ", "ネイビーのMがよくお似合いでした")
        await screen.tap("メモを保存")
        await screen.until(lambda: device.commands(LogInteraction))
        note = device.commands(LogInteraction)[0]
        assert (note.tags, note.feeling, note.text) == (("fitting",), Feeling.HAPPY, "ネイビーのMがよくお似合いでした")
        assert device.ways(LogInteraction) == [(MISAKI, 10.0)]
        await screen.sees("メモを保存しました")
        await screen.tap("元に戻す")
        await screen.until(lambda: device.recalled)

    drive(steps, device)


def test_an_empty_note_says_what_is_missing() -> None:
    """Nothing is saved, and the screen says what a note needs."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.tap("メモを保存")
        await screen.sees("いずれかを入れてください")
        assert not device.commands(LogInteraction)

    drive(steps, device)


def test_a_message_is_filled_previewed_and_queued() -> None:
    """The template holds her name and mine, the preview shows the sender as LINE will, and sending queues just that."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.sees("高橋(美)（銀座本店） from アオバ")
        await screen.sees("送れます")
        shown = list(screen.words)
        await screen.tap("送る")
        await screen.until(lambda: device.commands(QueueMessage))
        message = device.commands(QueueMessage)[0]
        assert message.channel is Channel.LINE
        assert message.body.startswith("佐々木様")
        assert shown.count(message.body) == 2, "once in the field and once in the preview, to the letter"
        assert device.ways(QueueMessage) == [(MISAKI, 10.0)]

    drive(steps, device)


def test_what_may_not_be_sent_says_why() -> None:
    """Without consent for a channel the button is dead and the reason stands beside it."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.tap("メール")
        await screen.sees("いまは送れません")
        await screen.sees("同意")
        assert screen.find("送る", "click") is None, "there is no living button to send it with"

    drive(steps, device)


def test_who_may_only_draft_asks_for_approval() -> None:
    """A part-timer's message waits for the manager, and the screen says so before it is sent."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(SUZUKI)
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.sees("店長の承認のあとに送ります")
        await screen.tap("承認を依頼する")
        await screen.until(lambda: device.commands(QueueMessage))

    drive(steps, device)


def test_her_message_is_answered_as_a_reply() -> None:
    """Her words stand above the answer, and the cause is a reply, which no cap binds."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{NAKAMURA}/message?cause=reply")
        await screen.sees("土曜の午後に伺えます")
        await screen.tap("送る")
        await screen.until(lambda: device.commands(QueueMessage))
        assert device.commands(QueueMessage)[0].cause is Cause.REPLY
        assert device.commands(QueueMessage)[0].in_reply_to == "msg-1"

    drive(steps, device)


def test_an_opt_out_stops_every_channel() -> None:
    """A refusal of everything leaves no way to write to her."""
    device = FakeDevice()
    device.cache.put(
        Consent(
            id="con-stop", customer_id=SASAKI, purpose=ConsentPurpose.ALL, state=ConsentState.REFUSED,
            at=NOW - timedelta(days=1), source="opt_out_link",
        )
    )  # fmt: skip

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.sees("いまは送れません")

    drive(steps, device)


def test_a_hasty_second_tap_sends_once() -> None:
    """Two taps that come before the screen has changed are one message, and one note."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.tap_twice("送る")
        await screen.sees("送信します。10秒のあいだ取り消せます")
        assert len(device.commands(QueueMessage)) == 1
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.tap("ご試着")
        await screen.tap_twice("メモを保存")
        await screen.sees("メモを保存しました")
        assert len(device.commands(LogInteraction)) == 1

    drive(steps, device)


def test_what_was_taken_back_is_on_the_screen_again() -> None:
    """Undo opens the message with the words as they were, so that they can be changed and sent."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.type("本文", "佐々木様 またお目にかかれますように")
        await screen.tap("送る")
        await screen.tap("元に戻す")
        await screen.until(lambda: device.recalled)
        await screen.sees("取り消しました")
        await screen.sees("佐々木様 またお目にかかれますように")
        assert screen.tablet.session.route == f"/customers/{SASAKI}/message"
        await screen.tap("送る")
        await screen.until(lambda: len(device.commands(QueueMessage)) == 2)
        assert device.commands(QueueMessage)[1].body == "佐々木様 またお目にかかれますように"

    drive(steps, device)


def test_words_begun_wait_for_their_writer() -> None:
    """Looking something up in between loses no note; a colleague who signs in finds none of it."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.type("メモ", "袖丈を2cm詰めたい")
        await screen.go("/search")
        await screen.sees("どなたをお探しですか")
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.sees("袖丈を2cm詰めたい")
        await screen.go("/")
        await screen.sign_in(SUZUKI)
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.sees("お客様のご様子")
        assert not screen.shows("袖丈を2cm詰めたい")

    drive(steps)


def test_what_was_sent_back_goes_on_in_its_own_words() -> None:
    """The writer finds her words and what the manager wants; what she sends is the same message, not a second one."""
    device = FakeDevice()
    device.cache.put(
        Message(
            id="draft-1", customer_id=SASAKI, channel=Channel.LINE, cause=Cause.RETURNED, purpose=Purpose.RELATIONSHIP,
            shop_id=GINZA, staff_id=SUZUKI, state=MessageState.RETURNED, body="佐々木様 お待ちしています",
            at=NOW - timedelta(hours=2), state_at=NOW, follow_up_id="fu-1",
            reason=Reason(code="returned", params={"comment": "ご予約のお礼も", "staff_id": MINORU}),
        )
    )  # fmt: skip
    waiting = device.cache.record("follow_up", "fu-1")
    assert isinstance(waiting, FollowUp)
    changed = {"state": FollowUpState.RETURNED, "message_id": "draft-1", "assignee_id": SUZUKI}
    device.cache.put(waiting.model_copy(update=changed))

    async def steps(screen: Screen) -> None:
        await screen.sign_in(SUZUKI)
        await screen.go(f"/customers/{SASAKI}/message?cause=returned&follow_up=fu-1")
        await screen.sees("ご予約のお礼も")
        await screen.sees("佐々木様 お待ちしています")
        await screen.tap("承認を依頼する")
        await screen.until(lambda: device.commands(QueueMessage))
        again = device.commands(QueueMessage)[0]
        assert (again.message_id, again.follow_up_id) == ("draft-1", "fu-1")

    drive(steps, device)


def test_a_follow_up_opens_with_its_own_reason() -> None:
    """From the list of today one writes for the reason that stands there, whatever else there would be to write about."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{INOUE}/message?follow_up=fu-2")
        await screen.tap("送る")
        await screen.until(lambda: device.commands(QueueMessage))
        sent = device.commands(QueueMessage)[0]
        assert (sent.cause, sent.follow_up_id) == (Cause.AFTER_PURCHASE, "fu-2")

    drive(steps, device)
