"""Several messages approved at once: what it says before, what it does, and what became of each."""

from datetime import timedelta

from sync.client.types import RefusedCommand
from sync.model.commands import ApproveMessage
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState
from sync.model.outreach import Cause, Message, MessageState, Purpose, Reason
from sync.model.shop import LineQuota, RetailerSettings
from sync.policy.playbook import Playbook, load_playbook
from tests.ui.fake import FakeDevice, MemoryCache
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, INOUE, KOBAYASHI, MINORU, MISAKI, NOW, SASAKI, SUZUKI, WATANABE, everything

ALL = "承認待ちをすべて選ぶ（4件）"


class Priced(MemoryCache):
    """A house that knows its prices."""

    def playbook(self) -> Playbook:
        return load_playbook().model_copy(update={"sms_part_yen": 10.0, "line_extra_yen": 3.0})


def waiting() -> FakeDevice:
    """Two LINE messages and a long text message wait, and one LINE message to somebody who never agreed to any."""
    device = FakeDevice(Priced(everything()))
    people = [(SASAKI, Channel.LINE), (INOUE, Channel.LINE), (KOBAYASHI, Channel.SMS), (WATANABE, Channel.LINE)]
    for number, (customer_id, channel) in enumerate(people):
        device.cache.put(
            Message(
                id=f"draft-{number}", customer_id=customer_id, channel=channel, cause=Cause.AFTER_VISIT,
                purpose=Purpose.RELATIONSHIP, shop_id=GINZA, staff_id=SUZUKI, state=MessageState.AWAITING_APPROVAL,
                body="ありがとうございました。" * 10, at=NOW - timedelta(hours=number + 1), state_at=NOW,
            )
        )  # fmt: skip
    device.cache.put(Consent(id="con-sms", customer_id=KOBAYASHI, channel=Channel.SMS, purpose=ConsentPurpose.RELATIONSHIP, state=ConsentState.GRANTED, at=NOW - timedelta(days=9), source="import"))  # fmt: skip
    return device


def quota(device: FakeDevice, **month: int) -> None:
    retailer = device.cache.retailer()
    assert isinstance(retailer, RetailerSettings)
    told = LineQuota(at=NOW - timedelta(hours=1), **month)
    device.cache.put(retailer.model_copy(update={"line_quota": told}))


def test_it_says_what_goes_and_what_it_costs() -> None:
    """By channel, with the parts and price of text messages, the month of LINE and what lies beyond, and who gets none."""
    device = waiting()
    quota(device, limit=1000, used=999, kept=0)

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.tap(ALL)
        await screen.sees("4件を選択中")
        await screen.sees("今月の残り 1通（今日 09:32 現在）")
        await screen.sees("うち1通は今月の枠外")
        await screen.sees("LINEのまま送る場合は約3円")
        await screen.sees("合わせて3通分 · 約30円")
        await screen.sees("33円")
        await screen.sees("送れない1件（承認待ちに残ります）")
        await screen.sees("渡辺 直子 様")
        assert not device.commands(ApproveMessage), "nothing goes before it was confirmed"
        await screen.check("佐々木 みどり 様を選ぶ", on=False)
        await screen.sees("3件を選択中")
        await screen.sees_no("今月の枠外")

    drive(steps, device)


def test_it_approves_each_and_tells_what_became_of_it() -> None:
    """What the gate holds back is not asked for; all can be taken back at once; what the server refuses says why."""
    device = waiting()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.tap(ALL)
        await screen.sees("今月のLINEの残り通数は")
        await screen.tap_twice("3件を承認して送る")
        await screen.sees("3件を承認しました")
        assert sorted(one.message_id for one in device.commands(ApproveMessage)) == ["draft-0", "draft-1", "draft-2"]
        assert {hold for _, _, hold in device.submitted} == {10.0}
        refused = RefusedCommand(
            "command-1", "approve_message", None, Reason(code="cap", params={"days": 7, "most": 1, "count": 1}), NOW
        )
        device.become(refused=(refused,))
        await screen.sees("7日に1回までのご連絡です")
        await screen.tap("元に戻す")
        await screen.until(lambda: len(device.recalled) == 3)
        await screen.tap("閉じる")
        await screen.sees(ALL)

    drive(steps, device)


def test_who_is_no_manager_selects_nothing() -> None:
    """Others decide about their own, one by one."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MISAKI)
        await screen.go("/queue")
        await screen.sees("自分のフォロー")
        assert not screen.shows("すべて選ぶ")

    drive(steps, waiting())
