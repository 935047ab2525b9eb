"""The words of a message on the screen: the brand guide, homonyms, claims, whose voice, and the preview."""

from datetime import timedelta

import pytest

from sync.model.commands import QueueMessage
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Customer, Visit
from sync.model.holds import Hold, HoldState, HoldWay
from sync.model.outreach import Cause, Direction, FollowUp, Message, MessageState, Purpose, Reason
from sync.model.shop import RetailerSettings
from sync.model.slip import Slip, SlipKind, SlipState
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import DRESS, GINZA, MISAKI, NAKAMURA, NOW, SASAKI

LETTER = "佐々木様\n\n銀座本店の高橋でございます。先日はご来店くださいまして、誠にありがとうございました。\n\n{}\n\nお待ちしております。"


def agreed(device: FakeDevice, purpose: ConsentPurpose, channel: Channel, who: str = SASAKI) -> None:
    device.cache.put(
        Consent(
            id=f"con-{purpose}-{channel}", customer_id=who, channel=channel, purpose=purpose,
            state=ConsentState.GRANTED, at=NOW - timedelta(days=300), source="import",
        )
    )  # fmt: skip


def test_what_never_goes_is_mended_in_one_tap() -> None:
    """ご覧になった stops the message and says why; one tap writes what the house would, and it can go."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.type("本文", LETTER.format("ご覧になったお品につきまして、ご案内申し上げます。"))
        await screen.sees("「ご覧になった」は見ていたことが伝わります")
        assert screen.find("送る", "click") is None, "there is no living button to send it with"
        await screen.tap("「お好みに合いそうな」に直す")
        await screen.sees("言葉づかい 良し")
        await screen.tap("送る")
        await screen.until(lambda: device.commands(QueueMessage))
        assert "お好みに合いそうなお品" in device.commands(QueueMessage)[0].body

    drive(steps, device)


def test_another_of_her_name_has_to_be_told_apart() -> None:
    """The same name in another spelling: kana and last visit stand there, and sending waits for the tick."""
    device = FakeDevice()
    device.cache.put(
        Customer(
            id="other", member_number="A2001", family_name="佐々木", given_name="みどり", family_kana="ササキ",
            given_kana="ミドリ",
        )
    )  # fmt: skip
    device.cache.put(Visit(id="vis-other", customer_id="other", shop_id=GINZA, at=NOW - timedelta(days=40)))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.sees("同じお名前のお客様がいらっしゃいます")
        await screen.sees("佐々木 みどり 様（ササキ ミドリ）")
        await screen.sees("A1001 · 前回 昨日")
        await screen.sees("別の方：佐々木 みどり 様（ササキ ミドリ）")
        await screen.sees("A2001 · 前回 10月11日(日)")
        assert screen.find("送る", "click") is None
        await screen.check("この方へのご連絡で間違いありません")
        await screen.until(lambda: screen.find("送る", "click"))
        await screen.tap("送る")
        await screen.until(lambda: device.commands(QueueMessage))

    drive(steps, device)


def test_nobody_is_asked_where_the_name_is_hers_alone() -> None:
    """Without a homonym there is nothing to confirm."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.sees("送れます")
        assert not screen.shows("同じお名前")

    drive(steps)


def test_the_last_one_has_to_be_true_and_no_first_word() -> None:
    """残り1点 is held back while two are free in the shop, and while it would be the first that she hears from us."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.type("商品名・JANで探す", "リネン")
        await screen.tap("リネンワンピースを加える")
        await screen.type("本文", LETTER.format("残り1点でございます。"))
        await screen.sees("店頭の在庫は1点ではありません")
        assert screen.find("送る", "click") is None
        held = Hold(
            id="h", variant_id="v-dress-m", shop_id=GINZA, for_shop_id=GINZA, way=HoldWay.KEEP, state=HoldState.HELD,
            by=MISAKI, at=NOW, until=NOW + timedelta(days=2), state_at=NOW,
        )  # fmt: skip
        device.cache.put(held)
        device.changed()
        await screen.sees("最初のご連絡では「残り1点」とお伝えしません")

    drive(steps, device)


def test_what_waits_for_her_stands_in_the_words() -> None:
    """From the follow-up of a hold: to whom it is held for, with the piece chosen and named by its colour and size; and from
    that of a slip, what the slip names. Another that waits for her is not mixed in."""
    device = FakeDevice()
    navy = device.cache.rows["variant", "v-dress-m"]
    device.cache.put(navy.model_copy(update={"id": "v-dress-l", "size": "L"}))
    device.cache.put(
        Slip(
            id="slip", customer_id=NAKAMURA, shop_id=GINZA, slip_kind=SlipKind.ALTERATION, state=SlipState.READY,
            owner_id=MISAKI, at=NOW, due_on=NOW.date(), item="ワンピース", variant_id="v-dress-m",
        )
    )  # fmt: skip
    told = {
        "fu-m": (SASAKI, Cause.HOLD_READY, Reason(code="hold_ready", params={"variant_id": "v-dress-m"})),
        "fu-l": (SASAKI, Cause.HOLD_READY, Reason(code="hold_ready", params={"variant_id": "v-dress-l"})),
        "fu-s": (NAKAMURA, Cause.ALTERATION_READY, Reason(code="slip_ready", params={"slip_id": "slip"})),
    }
    for id_, (customer_id, cause, evidence) in told.items():
        device.cache.put(
            FollowUp(
                id=id_, customer_id=customer_id, shop_id=GINZA, assignee_id=MISAKI, cause=cause, evidence=evidence,
                due_at=NOW, created_at=NOW,
            )
        )  # fmt: skip

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        for follow_up, size in (("fu-m", "M"), ("fu-l", "L")):
            await screen.go(f"/customers/{SASAKI}/message?cause=hold_ready&follow_up={follow_up}")
            await screen.sees(f"・リネンワンピース（ネイビー {size}）")
        assert not screen.shows("リネンワンピース（ネイビー M）")
        await screen.tap("送る")
        await screen.until(lambda: device.commands(QueueMessage))
        [command] = device.commands(QueueMessage)
        assert (command.customer_id, command.product_ids, command.follow_up_id) == (SASAKI, (DRESS,), "fu-l")
        await screen.go(f"/customers/{NAKAMURA}/message?cause=alteration_ready&follow_up=fu-s")
        await screen.sees("リネンワンピース（ネイビー M）")

    drive(steps, device)


def test_products_lead_to_a_page_of_theirs() -> None:
    """What is chosen is named in the letter where its words ask for it, and the preview ends with the link to it."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message?cause=after_visit")
        await screen.sees("送れます")
        assert not screen.shows("お品のご案内\nhttps://")
        await screen.type("商品名・JANで探す", "リネン")
        await screen.tap("リネンワンピースを加える")
        await screen.sees("お品のご案内\nhttps://shop.example.jp/p/")
        await screen.sees("ご案内いたしましたリネンワンピース")

    drive(steps)


def test_points_are_the_shops_talk() -> None:
    """What expires is told by the shop: no name of a person stands in it, over it, or in the preview."""
    device = FakeDevice()
    agreed(device, ConsentPurpose.CAMPAIGN, Channel.LINE)
    device.cache.put(
        FollowUp(
            id="fu-p", customer_id=SASAKI, shop_id=GINZA, assignee_id=MISAKI, cause=Cause.POINTS_EXPIRE,
            evidence=Reason(code="points_expire"), due_at=NOW, created_at=NOW,
        )
    )  # fmt: skip

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message?cause=points_expire&follow_up=fu-p")
        await screen.sees("アオバ 銀座本店 from アオバ")
        await screen.sees("銀座本店の名前で送ります")
        await screen.sees("現在のポイント：1,280ポイント")
        bodies = [said for said in screen.words if "ポイントの有効期限" in said and said.startswith("佐々木様")]
        assert bodies
        assert not any("高橋" in body for body in bodies)

    drive(steps, device)


def test_a_mail_is_shown_with_header_and_footer() -> None:
    """From with the company, subject, where an answer goes, and the footer apart from the words."""
    device = FakeDevice()
    agreed(device, ConsentPurpose.RELATIONSHIP, Channel.EMAIL)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.tap("メール")
        for said in (
            "高橋(美) / 株式会社アオバ 銀座本店",
            "c***@mail.example",
            "ご返信は担当者に届きます",
            "ロック画面",
        ):
            await screen.sees(said)
        assert any(said.startswith("-- ") and "配信停止" in said for said in screen.words)
        await screen.type("件名", "リネンのワンピース 12,800円")
        await screen.sees("「12,800円」はロック画面に出ます")

    drive(steps, device)


def test_a_text_message_is_counted_in_parts() -> None:
    """With its footer, as it will be paid for."""
    device = FakeDevice()
    agreed(device, ConsentPurpose.RELATIONSHIP, Channel.SMS)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.tap("SMS")
        await screen.sees("SMS 3通分")

    drive(steps, device)


def test_a_push_is_shown_as_the_phone_shows_it() -> None:
    """Under the app's name, with the person as title and no address to read; a house without an app sees nothing of it,
    whatever its customers have."""
    device, without = FakeDevice(), FakeDevice()
    for each in (device, without):
        agreed(each, ConsentPurpose.RELATIONSHIP, Channel.APP)
        [her] = [one for one in each.cache.of(Customer) if one.id == SASAKI]
        each.cache.put(her.model_copy(update={"app_token": "token"}))
    [house] = device.cache.of(RetailerSettings)
    device.cache.put(house.model_copy(update={"app_name": "アオバのアプリ"}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.tap("アプリ")
        await screen.until(lambda: screen.words.count("アオバのアプリ") == 2)  # on the lock screen, and opened
        assert screen.words.count("高橋(美)（銀座本店）") == 2
        assert not any("https://" in said or "配信停止" in said for said in screen.words)
        await screen.tap("送る")
        await screen.until(lambda: device.commands(QueueMessage))
        sent = device.commands(QueueMessage)[0]
        assert (sent.channel, sent.subject, sent.template) == (Channel.APP, "", "welcome_back_short")

    async def nothing(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.sees("送れます")
        assert not any("アプリ" in said for said in screen.words)

    drive(steps, device)
    drive(nothing, without)


def test_none_in_her_language_means_none_sent_but_an_answer() -> None:
    """Who reads Chinese is not written to; what she wrote herself can be answered in free words."""
    device = FakeDevice()
    for one in (SASAKI, NAKAMURA):
        customer = device.cache.record("customer", one)
        assert customer is not None
        device.cache.put(customer.model_copy(update={"language": "zh"}))
    device.cache.put(
        Message(
            id="msg-zh", customer_id=NAKAMURA, direction=Direction.IN, channel=Channel.LINE, cause=Cause.REPLY,
            purpose=Purpose.REPLY, shop_id=GINZA, staff_id=MISAKI, state=MessageState.RECEIVED, body="请问", at=NOW,
            state_at=NOW,
        )
    )  # fmt: skip

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.sees("お客様の言語のひな形がありません")
        await screen.go(f"/customers/{NAKAMURA}/message?cause=reply")
        await screen.sees("请问")
        await screen.type("本文", "谢谢您的来信。")
        await screen.tap("送る")
        await screen.until(lambda: device.commands(QueueMessage))
        assert device.commands(QueueMessage)[0].body == "谢谢您的来信。"

    drive(steps, device)


def test_what_cannot_be_sent_stands_below_and_says_why() -> None:
    """The reason of a follow-up that she has bought since is neither first nor chosen."""
    device = FakeDevice()
    device.cache.put(
        FollowUp(
            id="fu-old", customer_id=SASAKI, shop_id=GINZA, assignee_id=MISAKI, cause=Cause.CART_LEFT,
            evidence=Reason(code="cart_left"), due_at=NOW, created_at=NOW - timedelta(days=300),
        )
    )  # fmt: skip

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.sees("いまは送れません")
        await screen.sees("送れます")
        said = screen.words
        assert said.index("おかえりなさい") < said.index("いまは送れません") < said.index("お求め途中のお品")

    drive(steps, device)


def test_without_a_reason_it_says_so() -> None:
    """Somebody who never came, bought or answered: there is nothing to write for, and that is not for want of templates."""
    device = FakeDevice()
    device.cache.put(Customer(id="new", member_number="A9", family_name="新田", given_name="舞"))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/customers/new/message")
        await screen.sees("今日お送りする理由はありません")

    drive(steps, device)


@pytest.mark.parametrize("size", [(820, 1180), (390, 844)], ids=["portrait", "handheld"])
def test_in_one_column_the_words_come_before_the_products(size: tuple[int, int]) -> None:
    """Why, the words and whether they may go stand before what could be added; what she will see comes last."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message?cause=after_visit")
        await screen.sees("送れます")
        places = [
            screen.words.index(one)
            for one in (
                "ご連絡の理由",
                "言葉づかい 良し",
                "送れます",
                "文面に入れる商品 4点まで",
                "お客様にはこう見えます",
            )
        ]
        assert places == sorted(places)

    drive(steps, size=size)
