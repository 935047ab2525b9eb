"""The queue, appointments and calls, and the state of sync."""

from datetime import timedelta

from clienteling.queries.home import today
from clienteling.queries.queue import load_queue
from clienteling.ui.screens.queue_detail import may_cancel
from sync.client.types import RefusedCommand
from sync.model.commands import ApproveMessage, AssignFollowUp, CancelMessage, CloseFollowUp, JoinCall, ReturnMessage
from sync.model.customer import Appointment, Call, Channel
from sync.model.outreach import Cause, FollowUp, FollowUpState, Message, MessageState, Purpose, Reason
from sync.model.shop import Staff
from sync.policy.playbook import load_playbook
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, INOUE, MINORU, MISAKI, MORI, NOW, SASAKI, SUZUKI
from tests.unit.policy.build import TOKYO


def waiting() -> FakeDevice:
    """A shop in which a part-timer's message waits for approval and one follow-up is overdue."""
    device = FakeDevice()
    device.cache.put(
        Message(
            id="draft-1", customer_id=SASAKI, channel=Channel.LINE, cause=Cause.RETURNED, purpose=Purpose.RELATIONSHIP,
            shop_id=GINZA, staff_id=SUZUKI, state=MessageState.AWAITING_APPROVAL, body="佐々木様 先日はありがとうございました",
            at=NOW - timedelta(hours=2), state_at=NOW - timedelta(hours=2), follow_up_id="fu-1",
        )
    )  # fmt: skip
    first = device.cache.record("follow_up", "fu-1")
    second = device.cache.record("follow_up", "fu-2")
    assert isinstance(first, FollowUp)
    assert isinstance(second, FollowUp)
    device.cache.put(
        first.model_copy(
            update={"state": FollowUpState.AWAITING_APPROVAL, "message_id": "draft-1", "assignee_id": SUZUKI}
        )
    )
    device.cache.put(second.model_copy(update={"due_at": NOW - timedelta(days=2)}))
    return device


def test_a_manager_sees_the_whole_queue() -> None:
    """Waiting, overdue and due are counted, and the most pressing is open with its words."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.sees("フォローの管理 — 銀座本店")
        await screen.sees("承認待ち 1")
        await screen.sees("期限切れ 1")
        await screen.sees("佐々木様 先日はありがとうございました")
        await screen.sees("最も古いもの 2時間前")

    drive(steps, waiting())


def test_the_queue_and_the_day_are_in_the_order_of_the_policy() -> None:
    """What is weak and was due weeks ago stands behind today's, on both screens; what is out of time stands on neither."""
    device = FakeDevice()
    for record in list(device.cache.records("follow_up")):
        assert isinstance(record, FollowUp)
        device.cache.put(record.model_copy(update={"state": FollowUpState.DONE}))
    since, until = NOW - timedelta(days=21), NOW + timedelta(days=20)
    for name, customer, cause, strength, due, end in (
        ("weak", SASAKI, Cause.RANK, 0.45, since, until),
        ("today", INOUE, Cause.AFTER_VISIT, 0.4, NOW, NOW + timedelta(days=5)),
        ("over", SASAKI, Cause.WEB_UP, 0.7, since, NOW),
    ):
        device.cache.put(
            FollowUp(
                id=name, customer_id=customer, shop_id=GINZA, cause=cause, evidence=Reason(code=cause.value), due_at=due,
                created_at=since, stale_after=end, strength=strength,
            )
        )  # fmt: skip
    manager = device.cache.record("staff", MINORU)
    assert isinstance(manager, Staff)
    queue = load_queue(device.cache, GINZA, manager, NOW, TOKYO)
    assert [one.follow_up.id for one in queue.lines] == ["today", "weak"]
    day = today(device, staff_id=MINORU, shop_id=GINZA, zone=TOKYO, now=NOW, playbook=load_playbook())
    assert [one.follow_up.id for one in day.todos] == ["today", "weak"]


def test_a_manager_approves() -> None:
    """One tap lets the message go, and can be taken back for ten seconds."""
    device = waiting()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.tap("承認して送る")
        await screen.until(lambda: device.commands(ApproveMessage))
        assert device.commands(ApproveMessage)[0].message_id == "draft-1"
        assert device.ways(ApproveMessage) == [(MINORU, 10.0)]

    drive(steps, device)


def test_a_manager_sends_back_with_a_comment() -> None:
    """Sending back asks what should be different, and does not go without."""
    device = waiting()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.tap("差し戻す")
        await screen.type("直してほしい点", "お直しの件にもふれてください")
        await screen.tap("差し戻す")
        await screen.until(lambda: device.commands(ReturnMessage))
        assert device.commands(ReturnMessage)[0].comment == "お直しの件にもふれてください"

    drive(steps, device)


def test_a_manager_gives_it_to_someone_else() -> None:
    """The colleagues of this shop are offered."""
    device = waiting()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.tap("担当を変更")
        await screen.tap("鈴木")
        await screen.until(lambda: device.commands(AssignFollowUp))
        assert device.commands(AssignFollowUp)[0].assignee_id == SUZUKI

    drive(steps, device)


def test_others_see_their_own_and_approve_nothing() -> None:
    """Who is no manager sees her own waiting draft, without the buttons of a manager."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(SUZUKI)
        await screen.go("/queue")
        await screen.sees("店長の承認を待っています")
        assert screen.find("承認して送る", "on_click") is None
        assert not any("井上" in words for words in screen.words)

    drive(steps, waiting())


def test_a_follow_up_is_ticked_off() -> None:
    """Done by other means is one tap."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/queue")
        await screen.tap("ほかの方法で対応済み")
        await screen.until(lambda: device.commands(CloseFollowUp))
        assert device.commands(CloseFollowUp)[0].outcome == "done"

    drive(steps, device)


def test_a_stylist_enters_the_room_of_a_call() -> None:
    """Her appointments of today; the room shows who is in it; entering tells the customer's page."""
    device = FakeDevice()
    one = device.cache.record("appointment", "app-2")
    assert isinstance(one, Appointment)
    device.cache.put(one.model_copy(update={"call": Call(room_id="room", token="t" * 22)}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MORI)
        await screen.go("/appointments")
        await screen.sees("オンライン相談")
        assert not any("石田" in words for words in screen.words), "another's appointment in the shop"
        await screen.go("/appointments/app-2")
        await screen.sees("小林 結衣 様：まだ入室していません")
        await screen.tap("入室する")
        await screen.until(lambda: device.commands(JoinCall))
        assert device.commands(JoinCall)[0].action == "join"
        device.cache.put(one.model_copy(update={"call": Call(room_id="room", token="t" * 22, customer_joined_at=NOW)}))
        device.changed()
        await screen.sees("小林 結衣 様：10:32に入室")

    drive(steps, device)


def test_what_was_refused_is_read_and_put_away() -> None:
    """The corner leads to what was not accepted, with the reason in words, until somebody has read it."""
    device = FakeDevice()
    refusal = RefusedCommand("c-1", "queue_message", INOUE, Reason(code="wrong_state", params={}), NOW)
    device.become(refused=(refusal,))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/sync")
        await screen.sees("受け付けられなかったもの")
        await screen.sees("すでに別のスタッフが対応したか、状態が変わっています")
        await screen.tap("確認しました：井上 香織 様・メッセージ")
        await screen.until(lambda: not device.state.refused)
        await screen.sees_no("受け付けられなかったもの")

    drive(steps, device)


def test_the_next_one_does_not_slip_under_the_finger() -> None:
    """After a decision no other follow-up takes the place of the one that has gone; a hasty second tap decides nothing."""
    device = waiting()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.tap_twice("承認して送る")
        await screen.until(lambda: device.commands(ApproveMessage))
        first = device.cache.record("follow_up", "fu-1")
        assert isinstance(first, FollowUp)
        draft = device.cache.record("message", "draft-1")
        assert isinstance(draft, Message)
        device.cache.put(first.model_copy(update={"state": FollowUpState.DONE}))
        device.cache.put(draft.model_copy(update={"state": MessageState.SENT}))
        device.changed()
        await screen.sees("次のフォローを見る")
        assert len(device.commands(ApproveMessage)) == 1
        await screen.tap("次のフォローを見る")
        await screen.sees("ほかの方法で対応済み")

    drive(steps, device)


def test_a_message_of_ones_own_accord_waits_in_the_queue_too() -> None:
    """What a part-timer wrote without any follow-up behind it is there for the manager, and can be sent back."""
    device = FakeDevice()
    device.cache.put(
        Message(
            id="own-1", customer_id=INOUE, channel=Channel.LINE, cause=Cause.AFTER_VISIT, purpose=Purpose.RELATIONSHIP,
            shop_id=GINZA, staff_id=SUZUKI, state=MessageState.AWAITING_APPROVAL, body="井上様 ありがとうございました",
            at=NOW - timedelta(minutes=5), state_at=NOW - timedelta(minutes=5),
        )
    )  # fmt: skip

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.sees("承認待ち 1")
        await screen.sees("井上様 ありがとうございました")
        await screen.tap("承認して送る")
        await screen.until(lambda: device.commands(ApproveMessage))
        assert device.commands(ApproveMessage)[0].message_id == "own-1"

    drive(steps, device)


def test_a_message_that_waits_can_be_kept_from_going() -> None:
    """Its writer, or a manager, takes a planned message back before its time; a colleague cannot."""
    device = FakeDevice()
    planned = Message(
        id="later-1", customer_id=INOUE, channel=Channel.LINE, cause=Cause.AFTER_PURCHASE, purpose=Purpose.RELATIONSHIP,
        shop_id=GINZA, staff_id=MISAKI, state=MessageState.QUEUED, body="井上様", at=NOW, state_at=NOW,
        send_after=NOW + timedelta(hours=12), follow_up_id="fu-2",
    )  # fmt: skip
    device.cache.put(planned)
    follow_up = device.cache.record("follow_up", "fu-2")
    assert isinstance(follow_up, FollowUp)
    device.cache.put(follow_up.model_copy(update={"state": FollowUpState.SCHEDULED, "message_id": "later-1"}))
    colleague = Staff(id="other", code="x", family_name="田中", given_name="葵", shop_id=GINZA)
    assert not may_cancel(planned, colleague)
    assert not may_cancel(planned.model_copy(update={"state": MessageState.SENT}), colleague)

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MISAKI)
        await screen.go("/queue")
        await screen.tap("送信予約 1")
        await screen.tap("送信を取りやめる")
        await screen.until(lambda: device.commands(CancelMessage))
        assert device.commands(CancelMessage)[0].message_id == "later-1"
        await screen.sees("送信を取りやめました")

    drive(steps, device)


def in_misakis_name() -> FakeDevice:
    """A shop in which what a part-timer wrote in Misaki's name waits."""
    device = waiting()
    draft = device.cache.record("message", "draft-1")
    assert isinstance(draft, Message)
    device.cache.put(draft.model_copy(update={"staff_id": MISAKI, "written_by": SUZUKI}))
    return device


def test_what_is_in_her_name_waits_for_her() -> None:
    """Her day shows it, her queue opens it, and she lets it go without being a manager."""
    device = in_misakis_name()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MISAKI)
        await screen.go("/")
        await screen.sees("ご自身の名前の確認待ち")
        await screen.sees("鈴木が、ご自身の名前で書きました")
        await screen.tap("佐々木 様: 読む")
        await screen.sees("佐々木様 先日はありがとうございました")
        await screen.sees("LINE・鈴木が作成")
        await screen.sees("高橋(美)の名前で送ります")
        await screen.tap("承認して送る")
        await screen.until(lambda: device.commands(ApproveMessage))
        assert device.commands(ApproveMessage)[0].message_id == "draft-1"

    drive(steps, device)


def test_its_writer_sees_for_whom_it_waits() -> None:
    """Neither on the writer's day nor in the writer's hands: the person or a manager reads it; taking it back is left."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(SUZUKI)
        await screen.go("/")
        await screen.sees_no("ご自身の名前の確認待ち")
        await screen.go("/queue")
        await screen.sees("先に高橋(美)か店長の確認が必要です。")
        assert screen.find("承認して送る", "click") is None

    drive(steps, in_misakis_name())


def test_a_manager_sees_whose_name_and_whose_words_it_is() -> None:
    """Both names stand beside the words, and the manager may decide too."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.sees("高橋(美)の名前で送ります")
        await screen.until(lambda: screen.find("承認して送る", "click"))

    drive(steps, in_misakis_name())


def test_who_may_take_a_message_back() -> None:
    """Its writer, the person in whose name it is, a manager; nobody else."""
    device = in_misakis_name()
    draft = device.cache.record("message", "draft-1")
    assert isinstance(draft, Message)
    people = {one.id: one for one in device.cache.staff()}
    assert [who for who in (SUZUKI, MISAKI, MINORU, MORI) if may_cancel(draft, people[who])] == [SUZUKI, MISAKI, MINORU]
