"""ご連絡を控える on the screen: what follows from it, who may end it, and what it looks like meanwhile."""

from datetime import timedelta

from sync.model.commands import ResumeContact, StopContact
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState
from sync.model.outreach import Cause, Message, MessageState, Purpose, Reason
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, MINORU, MISAKI, NOW, SASAKI

HERS = f"/customers/{SASAKI}"


def stopped(source: str) -> FakeDevice:
    device = FakeDevice()
    device.cache.put(
        Consent(
            id="stop-1", customer_id=SASAKI, purpose=ConsentPurpose.ALL, state=ConsentState.REFUSED,
            at=NOW - timedelta(days=2), source=source, recorded_by=MINORU,
            wording="" if source == "staff" else "配信停止のページから",
        )
    )  # fmt: skip
    return device


def message(state: MessageState, **more: object) -> Message:
    fields = {
        "id": "m-1", "customer_id": SASAKI, "channel": Channel.LINE, "cause": Cause.AFTER_VISIT,
        "purpose": Purpose.RELATIONSHIP, "shop_id": GINZA, "staff_id": MISAKI, "state": state, "body": "お礼",
        "at": NOW - timedelta(hours=2), "state_at": NOW - timedelta(hours=1),
    }  # fmt: skip
    return Message.model_validate(fields | more)


def test_it_says_what_follows_and_keeps_why() -> None:
    """The message that waits is named; without a reason it does not go; then nobody writes from the profile."""
    device = FakeDevice()
    device.cache.put(message(MessageState.QUEUED, send_after=NOW + timedelta(hours=3)))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(HERS)
        await screen.tap("ご連絡を控える…")
        await screen.sees("LINE・メール・SMS・アプリは、お返事も含め、どの店舗からも一切送れなくなります。")
        await screen.sees("送信待ちの1件を取り消し、理由を残します")
        await screen.sees("LINE・ご来店のお礼・今日 13:32")
        assert screen.find("ご連絡を控える", "click") is None, "not without a reason"
        await screen.tap("お客様のご希望")
        await screen.tap("ご連絡を控える")
        await screen.until(lambda: device.commands(StopContact))
        assert device.commands(StopContact)[0].why == "お客様のご希望"
        assert device.ways(StopContact) == [(MISAKI, 3.0)]
        await screen.sees("高橋(美)・今日 10:32に設定")
        await screen.tap("元に戻す")
        await screen.until(lambda: device.recalled)

    drive(steps, device)


def test_a_colleague_ends_it_by_the_customers_word_alone() -> None:
    """A manager needs none where staff had entered it."""
    device = stopped("staff")

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"{HERS}/contact")
        await screen.sees("理由を見られるのは、記入した本人と店長・本部だけです。")
        await screen.sees("店長は、なくても再開できます")
        assert screen.find("ご連絡を再開する", "click") is None
        await screen.type("お客様のお言葉", "また案内がほしい")
        await screen.tap("ご連絡を再開する")
        await screen.until(lambda: device.commands(ResumeContact))
        first = device.commands(ResumeContact)[0]
        assert (first.stop_id, first.word) == ("stop-1", "また案内がほしい")
        await screen.at(HERS)
        await screen.sign_in(MINORU)
        await screen.go(f"{HERS}/contact")
        await screen.tap("ご連絡を再開する")
        await screen.until(lambda: len(device.commands(ResumeContact)) == 2)

    drive(steps, device)


def test_what_the_customer_stopped_no_manager_opens_alone() -> None:
    """It says so, and the button waits for words."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go(f"{HERS}/contact")
        await screen.sees("お客様ご自身による停止です。")
        assert screen.find("ご連絡を再開する", "click") is None

    drive(steps, stopped("opt_out_link"))


def test_how_far_a_message_came() -> None:
    """Sent, arrived, its page opened, each with its time; one that was cancelled says why."""
    device = FakeDevice()
    opened = {"sent_at": NOW - timedelta(hours=2), "opened_at": NOW - timedelta(minutes=5)}
    device.cache.put(message(MessageState.DELIVERED, **opened))
    reason = Reason(code="do_not_contact", params={"at": NOW.isoformat(), "source": "staff"})
    device.cache.put(message(MessageState.CANCELLED, id="m-2", reason=reason))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(HERS)
        for station in ("送信 08:32", "→ お届け 09:32", "→ 開かれました 10:27"):
            await screen.sees(station)
        await screen.sees("ご連絡を控えています（今日から）")

    drive(steps, device)


def test_the_profile_offers_no_message_that_cannot_go() -> None:
    """Where contact is stopped the profile says so, who set it and when, and has no way to a form that would refuse; the note and the
    promise stay. Without a stop the way is there."""

    async def refused(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(HERS)
        await screen.sees("ご連絡を控えています")
        await screen.sees("すべてのご連絡を停止中")
        assert not screen.shows("SMS · 停止をご希望")  # staff entered it: whether the customer wishes it nobody knows
        assert screen.find("接客メモ", "click") is not None
        assert screen.find("メッセージを書く", "click") is None

    async def open_to_all(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(HERS)
        await screen.until(lambda: screen.find("メッセージを書く", "click"))
        await screen.sees("SMS · 同意未確認")

    drive(refused, stopped("staff"))
    drive(open_to_all)


def test_no_copy_of_why_staff_entered_it_is_shown() -> None:
    """Should a record come with its reason, the profile and the form show that there is one, and not the words."""
    device = stopped("staff")
    kept = device.cache.record("consent", "stop-1")
    assert isinstance(kept, Consent)
    device.cache.put(kept.model_copy(update={"wording": "ご家族のご不幸"}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        for address in (HERS, f"{HERS}/contact"):
            await screen.go(address)
            await screen.sees("理由を見られるのは、記入した本人と店長・本部だけです。")
            assert not screen.shows("ご家族のご不幸")

    drive(steps, device)
